//! What a sealed cookie withstands.

use std::time::Duration;

use actix_web::test::TestRequest;
use api_types::{Profile, Scope};

use super::*;
use crate::clock::ManualClock;

const NOW: u64 = 1_800_000_000;
const OLD_KEY: &str = "old-0123456789abcdef0123456789abcdef";
const NEW_KEY: &str = "new-0123456789abcdef0123456789abcdef";

struct Fixture {
    sessions: Sessions,
    clock: Arc<ManualClock>,
}

fn fixture(keys: &str) -> Fixture {
    fixture_at("https://shop.example", "wx00000000000000a1", keys)
}

fn fixture_at(public_url: &str, appid: &str, keys: &str) -> Fixture {
    let toml = format!(
        "public_url = \"{public_url}\"\nsimulator = true\ndatabase_url = \"sqlite::memory:\"\nsession_keys = [{keys}]\n\
         [accounts.shop]\nappid = \"{appid}\"\nsecret = \"s\"\ntitle = \"t\"\n"
    );
    let config = Arc::new(Config::parse(&toml, []).unwrap());
    let clock = Arc::new(ManualClock::at(NOW));
    Fixture {
        sessions: Sessions::new(config, clock.clone()),
        clock,
    }
}

fn quoted(key: &str) -> String {
    format!("\"{key}\"")
}

fn session() -> Session {
    Session {
        account: "shop".to_owned(),
        appid: "wx00000000000000a1".to_owned(),
        openid: "oABCdefGHIjklMNOpqrSTUvwxYZ0".to_owned(),
        unionid: Some("oUVWxyz0123456789abcdefghijk".to_owned()),
        scope: Scope::Userinfo,
        snapshot: false,
        profile: Some(Profile {
            nickname: "小明".to_owned(),
            headimgurl: "https://thirdwx.qlogo.cn/a/132".to_owned(),
        }),
        expires_at: NOW + 100,
    }
}

fn open(sessions: &Sessions, cookies: &[Cookie<'static>]) -> Option<Session> {
    let request = cookies
        .iter()
        .fold(TestRequest::default(), |request, cookie| {
            let pair = format!("{}={}", cookie.name(), cookie.value());
            request.append_header(("Cookie", pair))
        });
    sessions.open(&request.to_http_request())
}

#[test]
fn a_sealed_session_opens_unchanged() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let cookie = sessions.seal(&session()).unwrap();
    assert_eq!(open(&sessions, &[cookie]), Some(session()));
}

#[test]
fn the_cookie_shows_nothing_of_the_session() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let cookie = sessions.seal(&session()).unwrap().to_string();
    assert!(!cookie.contains("oABC") && !cookie.contains("shop"));
}

#[test]
fn an_https_cookie_is_bound_to_the_host_and_hidden_from_scripts() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let cookie = sessions.seal(&session()).unwrap();
    assert_eq!(cookie.name(), "__Host-wechat_login");
    let text = cookie.to_string();
    assert!(
        text.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=100"),
        "{text}"
    );
}

#[test]
fn an_http_cookie_is_not_secure_and_has_no_host_prefix() {
    let key = quoted(NEW_KEY);
    let Fixture { sessions, .. } = fixture_at("http://127.0.0.1:8080", "wx00000000000000a1", &key);
    let cookie = sessions.seal(&session()).unwrap();
    assert_eq!(cookie.name(), "wechat_login");
    assert!(!cookie.to_string().contains("Secure"));
}

#[test]
fn removal_names_the_same_cookie() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    assert_eq!(
        sessions.removal().to_string(),
        "__Host-wechat_login=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );
}

#[test]
fn a_session_ends_at_its_expiry() {
    let Fixture { sessions, clock } = fixture(&quoted(NEW_KEY));
    let cookie = sessions.seal(&session()).unwrap();
    clock.advance(Duration::from_secs(99));
    assert!(open(&sessions, std::slice::from_ref(&cookie)).is_some());
    clock.advance(Duration::from_secs(1));
    assert!(open(&sessions, &[cookie]).is_none());
}

#[test]
fn an_old_key_opens_and_the_new_one_seals() {
    let before = fixture(&quoted(OLD_KEY)).sessions;
    let during = fixture(&format!("\"{NEW_KEY}\", \"{OLD_KEY}\"")).sessions;
    let after = fixture(&quoted(NEW_KEY)).sessions;

    let old_cookie = before.seal(&session()).unwrap();
    assert!(open(&during, std::slice::from_ref(&old_cookie)).is_some());
    assert!(open(&after, &[old_cookie]).is_none());

    let new_cookie = during.seal(&session()).unwrap();
    assert!(open(&after, &[new_cookie]).is_some());
}

#[test]
fn garbage_truncated_and_altered_cookies_are_no_session() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let sealed = sessions.seal(&session()).unwrap();
    let name = sealed.name().to_owned();
    let value = sealed.value().to_owned();
    let flipped = match value.chars().nth(40) {
        Some('A') => value.replacen('A', "B", 1),
        Some(letter) => value.replacen(letter, "A", 1),
        None => panic!("a sealed session is longer"),
    };
    let half = value[..value.len() / 2].to_owned();
    for wrong in [
        String::new(),
        "%00%ff".to_owned(),
        "x".repeat(4000),
        half,
        flipped,
    ] {
        let cookie = Cookie::new(name.clone(), wrong);
        assert!(open(&sessions, &[cookie]).is_none());
    }
}

#[test]
fn a_broken_cookie_of_the_same_name_does_not_hide_the_session() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let good = sessions.seal(&session()).unwrap();
    let broken = Cookie::new(good.name().to_owned(), "broken");
    assert!(open(&sessions, &[broken, good]).is_some());
}

#[test]
fn a_neighbouring_cookie_that_is_no_text_does_not_hide_the_session() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let good = sessions.seal(&session()).unwrap();
    let mut header = b"city=\xb1\xb1\xbe\xa9; ; nothing; ".to_vec();
    header.extend_from_slice(format!("{}={}", good.name(), good.value()).as_bytes());
    let value = actix_web::http::header::HeaderValue::from_bytes(&header).unwrap();
    let request = actix_web::test::TestRequest::default()
        .insert_header((COOKIE, value))
        .to_http_request();
    assert!(sessions.open(&request).is_some());
}

#[test]
fn a_session_of_an_account_with_another_appid_or_name_is_none() {
    let key = quoted(NEW_KEY);
    let cookie = fixture(&key).sessions.seal(&session()).unwrap();
    let other_appid = fixture_at("https://shop.example", "wx00000000000000a2", &key);
    assert!(open(&other_appid.sessions, &[cookie]).is_none());

    let renamed = Session {
        account: "gone".to_owned(),
        ..session()
    };
    let Fixture { sessions, .. } = fixture(&key);
    let cookie = sessions.seal(&renamed).unwrap();
    assert!(open(&sessions, &[cookie]).is_none());
}

#[test]
fn the_largest_session_fits_into_a_cookie() {
    let Fixture { sessions, .. } = fixture(&quoted(NEW_KEY));
    let largest = Session {
        openid: "o".repeat(128),
        unionid: Some("u".repeat(128)),
        account: "a".repeat(32),
        profile: Some(Profile {
            nickname: "🌸".repeat(128),
            headimgurl: format!("https://{}", "a".repeat(1016)),
        }),
        ..session()
    };
    // Browsers drop a cookie whose name, value and attributes exceed 4096 bytes.
    assert!(sessions.seal(&largest).unwrap().to_string().len() <= 4096);
}
