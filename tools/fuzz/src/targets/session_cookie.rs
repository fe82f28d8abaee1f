//! Only what was sealed here is a session, whatever else a `Cookie` header holds.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use api_types::{Profile, Scope, Session};
use wechat_login_proxy::login::clock::ManualClock;
use wechat_login_proxy::login::session::Sessions;

use super::proxy_config;

/// Stands in an input for a cookie that was really sealed.
const SEALED: &[u8] = b"{sealed}";

struct Fixture {
    sessions: Sessions,
    session: Session,
    /// Name, `=` and value.
    sealed: Vec<u8>,
}

thread_local! {
    static FIXTURE: Fixture = fixture();
}

fn fixture() -> Fixture {
    let clock = Arc::new(ManualClock::at(proxy_config::NOW));
    let sessions = Sessions::new(proxy_config::usual(), clock);
    let session = Session {
        account: "shop".to_owned(),
        appid: "wx00000000000000a1".to_owned(),
        openid: "oABCdefGHIjklMNOpqrSTUvwxYZ0".to_owned(),
        unionid: None,
        scope: Scope::Base,
        snapshot: false,
        profile: Some(Profile {
            nickname: "小明".to_owned(),
            headimgurl: String::new(),
        }),
        expires_at: proxy_config::NOW + 1,
    };
    let cookie = sessions.seal(&session).unwrap();
    Fixture {
        sealed: format!("{}={}", cookie.name(), cookie.value()).into_bytes(),
        session,
        sessions,
    }
}

/// The header's lines.
pub(super) fn run(input: &[u8]) {
    FIXTURE.with(|fixture| {
        let mut headers = Vec::new();
        let mut is_sealed = false;
        for line in input.split(|byte| *byte == b'\n') {
            let line = replace(line, SEALED, &fixture.sealed);
            if HeaderValue::from_bytes(&line).is_ok() {
                is_sealed |= holds(&line, &fixture.sealed);
                headers.push(line);
            }
        }
        let opened = fixture.sessions.open(headers.iter().map(Vec::as_slice));
        match opened {
            Some(opened) => assert_eq!(opened, fixture.session, "somebody else"),
            None => assert!(!is_sealed, "hidden by what stands around it"),
        }
    });
}

/// Whether one of the pairs is this one, blanks around it aside.
fn holds(line: &[u8], sealed: &[u8]) -> bool {
    let mut pairs = line.split(|byte| *byte == b';');
    pairs.any(|pair| pair.trim_ascii() == sealed)
}

fn replace(line: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(line.len() + by.len());
    let mut rest = line;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(by);
        rest = &rest[at + what.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}
