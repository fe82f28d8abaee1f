//! What a sealed cookie withstands.

use api_types::{Profile, Scope};

use super::*;
use crate::config::tests::config_with;
use crate::login::clock::ManualClock;

const NOW: u64 = 1_800_000_000;

fn sessions_at(public_url: &str) -> Sessions {
    let lines = format!("public_url = \"{public_url}\"\nsimulator = true");
    let config = Arc::new(config_with(&lines));
    Sessions::new(config, Arc::new(ManualClock::at(NOW)))
}

fn sessions() -> Sessions {
    sessions_at("https://shop.example")
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
    let sessions = sessions();
    let cookie = sessions.seal(&session()).unwrap().to_string();
    assert!(!cookie.contains("oABC") && !cookie.contains("shop"));
}

#[test]
fn a_cookie_is_bound_to_its_place_and_hidden_from_scripts_and_its_removal_names_the_same() {
    for (public_url, name, attributes) in [
        (
            "https://shop.example",
            "__Host-wechat_login",
            "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=",
        ),
        (
            "https://shop.example/h5",
            "__Secure-wechat_login",
            "; HttpOnly; SameSite=Lax; Secure; Path=/h5; Max-Age=",
        ),
        (
            "http://127.0.0.1/a/b/",
            "wechat_login",
            "; HttpOnly; SameSite=Lax; Path=/a/b; Max-Age=",
        ),
    ] {
        let sessions = sessions_at(public_url);
        let removal = sessions.removal().to_string();
        assert_eq!(removal, format!("{name}={attributes}0"));
        let sealed = sessions.seal(&session()).unwrap().to_string();
        assert!(sealed.starts_with(&format!("{name}=")), "{sealed}");
        assert!(sealed.ends_with(&format!("{attributes}100")), "{sealed}");
    }
}

/// The proxy's own host has no other application, whatever the path of the app's.
#[test]
fn the_cookie_of_an_api_on_another_host_is_for_all_of_that() {
    let mut config = Config::clone(&sessions_at("https://shop.example/h5").config);
    config
        .allowed_origins
        .push("https://shop.example".to_owned());
    let sessions = Sessions::new(Arc::new(config), Arc::new(ManualClock::at(NOW)));
    let removal = sessions.removal().to_string();
    assert!(removal.starts_with("__Host-wechat_login=;"), "{removal}");
    assert!(removal.contains("; Path=/;"), "{removal}");
}

#[test]
fn a_broken_cookie_of_the_same_name_does_not_hide_the_session() {
    let sessions = sessions();
    let good = sessions.seal(&session()).unwrap();
    let broken = Cookie::new(good.name().to_owned(), "broken");
    assert!(open(&sessions, &[broken, good]).is_some());
}

#[test]
fn the_largest_session_fits_into_a_cookie() {
    let sessions = sessions();
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
    // What `docs/en/http-api.md` says of tokens.
    assert!(sessions.seal_token(&largest).unwrap().len() <= 2800);
}
