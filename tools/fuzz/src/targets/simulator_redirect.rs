//! A code goes to the host that was checked, with the parameters that were there and WeChat's two behind them.

use actix_web::http::header::HeaderValue;
use reqwest::Url;
use wechat_simulator::foreign_bytes::redirect;

use super::parts::{lines, text};

const CODE: &str = "001e44d3e2972606638027b31e61a8dH";

/// Lines: state, `redirect_uri`.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [state, redirect_uri] = lines(&input);
    let Some(redirect) = redirect(redirect_uri, CODE, state) else {
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
