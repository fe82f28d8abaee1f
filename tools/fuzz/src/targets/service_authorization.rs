//! `Authorization`: nobody but who shows the whole key is let in.

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;

use super::parts::text;
use crate::http::{Proxy, Request};

/// The header; `{key}` is a service key.
pub(super) fn run(input: &[u8]) {
    Proxy::with(|proxy| {
        let key = proxy.fill_in("{key}");
        let header = text(input).replace("{key}", &key);
        let Ok(value) = HeaderValue::from_str(&header) else {
            return;
        };
        let target = proxy.fill_in("/service/accounts/shop/users/{openid}");
        let request = Request::new(Method::GET, &target).with("authorization", value);
        let answer = proxy.ask(request);
        let shown = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let is_let_in =
            header.is_ascii() && shown.is_some_and(|(_, shown)| shown.trim_start() == key);
        assert_eq!(answer.status, if is_let_in { 200 } else { 401 });
        assert_eq!(answer.header("www-authenticate").is_empty(), is_let_in);
    });
}
