//! What a sealed cookie withstands.

use std::time::Duration;

use api_types::{Profile, Scope};

use super::*;
use crate::login::clock::ManualClock;

const NOW: u64 = 1_800_000_000;

struct Fixture {
    sessions: Sessions,
    clock: Arc<ManualClock>,
}

fn fixture() -> Fixture {
    fixture_at("https://shop.example")
}

fn fixture_at(public_url: &str) -> Fixture {
    let toml = format!(
        "public_url = \"{public_url}\"\nsimulator = true\ndatabase_url = \"sqlite::memory:\"\nsession_keys = [\"0123456789abcdef0123456789abcdef\"]\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n"
    );
    let config = Arc::new(Config::parse(&toml, []).unwrap());
    let clock = Arc::new(ManualClock::at(NOW));
    Fixture {
        sessions: Sessions::new(config, clock.clone()),
        clock,
    }
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
    let pairs = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
    let headers: Vec<String> = pairs.collect();
    sessions.open(headers.iter().map(String::as_bytes))
}

#[test]
fn the_cookie_shows_nothing_of_the_session() {
    let Fixture { sessions, .. } = fixture();
    let cookie = sessions.seal(&session()).unwrap().to_string();
    assert!(!cookie.contains("oABC") && !cookie.contains("shop"));
}

#[test]
fn an_https_cookie_is_bound_to_the_host_and_hidden_from_scripts() {
    let Fixture { sessions, .. } = fixture();
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
    let Fixture { sessions, .. } = fixture_at("http://127.0.0.1:8080");
    let cookie = sessions.seal(&session()).unwrap();
    assert_eq!(cookie.name(), "wechat_login");
    assert!(!cookie.to_string().contains("Secure"));
}

#[test]
fn removal_names_the_same_cookie() {
    for (public_url, name_and_end) in [
        (
            "https://shop.example",
            "__Host-wechat_login=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0",
        ),
        (
            "https://shop.example/h5",
            "__Secure-wechat_login=; HttpOnly; SameSite=Lax; Secure; Path=/h5; Max-Age=0",
        ),
        (
            "http://127.0.0.1/a/b/",
            "wechat_login=; HttpOnly; SameSite=Lax; Path=/a/b; Max-Age=0",
        ),
    ] {
        let Fixture { sessions, .. } = fixture_at(public_url);
        assert_eq!(sessions.removal().to_string(), name_and_end);
        let sealed = sessions.seal(&session()).unwrap().to_string();
        let (name, rest) = name_and_end.split_once('=').unwrap();
        assert!(sealed.starts_with(&format!("{name}=")), "{sealed}");
        let path = rest.split("; ").find(|it| it.starts_with("Path=")).unwrap();
        assert!(sealed.contains(&format!("; {path}; ")), "{sealed}");
    }
}

/// The proxy's own host has no other application, whatever the path of the app's.
#[test]
fn the_cookie_of_an_api_on_another_host_is_for_all_of_that() {
    let mut config = Config::clone(&fixture_at("https://shop.example/h5").sessions.config);
    config
        .allowed_origins
        .push("https://shop.example".to_owned());
    let sessions = Sessions::new(Arc::new(config), Arc::new(ManualClock::at(NOW)));
    let removal = sessions.removal().to_string();
    assert!(removal.starts_with("__Host-wechat_login=;"), "{removal}");
    assert!(removal.contains("; Path=/;"), "{removal}");
}

#[test]
fn a_session_ends_at_its_expiry() {
    let Fixture { sessions, clock } = fixture();
    let cookie = sessions.seal(&session()).unwrap();
    clock.advance(Duration::from_secs(99));
    assert!(open(&sessions, std::slice::from_ref(&cookie)).is_some());
    clock.advance(Duration::from_secs(1));
    assert!(open(&sessions, &[cookie]).is_none());
}

#[test]
fn a_broken_cookie_of_the_same_name_does_not_hide_the_session() {
    let Fixture { sessions, .. } = fixture();
    let good = sessions.seal(&session()).unwrap();
    let broken = Cookie::new(good.name().to_owned(), "broken");
    assert!(open(&sessions, &[broken, good]).is_some());
}

#[test]
fn the_largest_session_fits_into_a_cookie() {
    let Fixture { sessions, .. } = fixture();
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
    // What `docs/http-api.md` says of tokens.
    assert!(sessions.seal_token(&largest).unwrap().len() <= 2800);
}
