//! What the simulator reads.

use actix_web::http::header::HeaderValue;
use reqwest::Url;

use crate::http::{Request, ask_simulator};
use crate::ours::foreign_bytes;
use crate::{lines, text};

/// The simulator decodes a query as the standard for forms has it.
///
/// Input: the query.
pub(super) fn simulator_query(input: &[u8]) {
    let raw = text(input);
    let ours = foreign_bytes::query(&raw);
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

const CODE: &str = "001e44d3e2972606638027b31e61a8dH";

/// A code goes to the host that was checked, with the parameters that were there and WeChat's two behind them.
///
/// Input, by lines: state, `redirect_uri`.
pub(super) fn simulator_redirect(input: &[u8]) {
    let input = text(input);
    let [state, redirect_uri] = lines(&input);
    let Some(redirect) = foreign_bytes::redirect(redirect_uri, CODE, state) else {
        return;
    };
    let own = parse(&redirect.unchanged);
    for address in [&redirect.granted, &redirect.refused, &redirect.unchanged] {
        let value = HeaderValue::from_str(address).unwrap();
        assert_eq!(value.to_str().unwrap(), address);
        let Some(url) = parse(address) else {
            // A host like 1.2.3.999 is one for us and none for browsers, which go nowhere then.
            assert!(own.is_none());
            continue;
        };
        let host = url.host_str().unwrap();
        let is_number = url.domain().is_none();
        assert!(
            is_number || host == redirect.host,
            "{host} is not {}",
            redirect.host
        );
        assert!(matches!(url.scheme(), "http" | "https"));
        assert_eq!((url.username(), url.password()), ("", None));
        let usual_port = if url.scheme() == "https" { 443 } else { 80 };
        assert_eq!(
            url.port_or_known_default(),
            redirect.port.or(Some(usual_port))
        );
    }
    let Some(own) = own else {
        return;
    };
    let granted = parse(&redirect.granted).unwrap();
    let refused = parse(&redirect.refused).unwrap();
    let pairs = |url: &Url| -> Vec<(String, String)> { url.query_pairs().into_owned().collect() };
    let with = |more: &[(&str, &str)]| {
        let mut all = pairs(&own);
        all.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        all
    };
    assert_eq!(pairs(&granted), with(&[("code", CODE), ("state", state)]));
    assert_eq!(pairs(&refused), with(&[("state", state)]));
    assert_eq!(granted.path(), own.path());
    assert_eq!(granted.fragment(), own.fragment());
}

fn parse(address: &str) -> Option<Url> {
    Url::parse(address).ok()
}

/// Those of the built-in accounts, and the browser's own machine.
const HOSTS: [&str; 13] = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "192.168.1.9",
    "books.example.com",
    "cafe.example.com",
    "www.example.com",
    "flowers.example.com",
    "www.books.example.com",
    "banned.example.com",
    "secure.example.com",
    "component.example.com",
    "open.weixin.qq.com",
];

/// Any request at all: the simulator answers, and sends codes to registered hosts alone.
///
/// Input: a request, see [`crate::http`].
pub(super) fn simulator_request(input: &[u8]) {
    let Some(request) = Request::parse(&text(input)) else {
        return;
    };
    if request.target.path() == "/_simulator/debugger/call" {
        // It asks its own address, which an application without a server has not.
        return;
    }
    let answer = ask_simulator(request);
    assert!(!answer.status.is_server_error(), "{}", answer.text());
    let location = answer.header("location");
    if let Ok(location) = Url::parse(location) {
        let host = location.host_str().unwrap_or_default();
        assert!(HOSTS.contains(&host), "sent to {location}");
        assert!(matches!(location.scheme(), "http" | "https"));
    } else {
        assert!(!location.starts_with("//"), "sent to {location}");
    }
}

/// Whatever a seed file holds, there is a world, or a list of what is wrong with it.
///
/// Input: the file.
pub(super) fn simulator_seed(input: &[u8]) {
    if let Err(problems) = foreign_bytes::seed(&text(input)) {
        let words = problems.to_string();
        assert!(!problems.0.is_empty() && !words.is_empty());
    }
}
