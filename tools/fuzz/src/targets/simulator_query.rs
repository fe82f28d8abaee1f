//! The simulator decodes a query as the standard for forms has it.

use reqwest::Url;

use super::parts::text;

/// The query.
pub(super) fn run(input: &[u8]) {
    let raw = text(input);
    let ours = wechat_simulator::foreign_bytes::query(&raw);
    let mut url = Url::parse("http://h/").unwrap();
    // The parser of addresses encodes what cannot stand in one, which decodes to the same.
    url.set_query(Some(&raw));
    let kept: String = raw
        .chars()
        .filter(|it| !matches!(it, '\t' | '\n' | '\r'))
        .collect();
    if kept == raw {
        let theirs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(ours, theirs);
    }
}
