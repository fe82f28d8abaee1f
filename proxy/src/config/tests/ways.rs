//! The way to WeChat: what is set, what the environment says, and whom nobody asks through a proxy.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::super::forward_proxy::{Form, ForwardProxy};
use super::*;

#[derive(serde::Deserialize)]
struct Ways {
    whole: Vec<[String; 3]>,
    short: Vec<[String; 2]>,
    none: Vec<String>,
    ways: Vec<[String; 3]>,
}

fn table() -> Ways {
    toml::from_str(include_str!("ways.toml")).unwrap()
}

#[test]
fn an_address_is_read_in_one_way_or_not_at_all_and_shown_without_its_password() {
    let whole = |text: &str| ForwardProxy::parse(text, Form::Whole);
    let short = |text: &str| ForwardProxy::parse(text, Form::Short);
    let Ways { none, .. } = table();
    for [text, name, shown] in table().whole {
        let proxy = whole(&text).unwrap();
        assert_eq!(proxy.to_string(), name);
        let basic = format!("Basic {}", BASE64_STANDARD.encode(&shown));
        let expected = (!shown.is_empty()).then_some(basic);
        assert_eq!(proxy.authorization(), expected, "{text}");
        assert!(shown.is_empty() || !format!("{proxy:?}").contains(&shown));
        // What the library for HTTP is told means the same.
        assert_eq!(whole(&proxy.url_with_password()), Ok(proxy));
    }
    for [text, name] in table().short {
        assert_eq!(short(&text).unwrap().to_string(), name);
        assert!(whole(&text).is_err(), "{text}");
    }
    let long = format!("socks5://u:{}@h:1080", "a".repeat(256));
    for text in none.iter().chain([&long]) {
        assert!(whole(text).is_err() && short(text).is_err(), "{text}");
    }
}

#[test]
fn the_setting_comes_before_the_environment_and_that_before_nothing() {
    for [lines, variables, expected] in table().ways {
        let variables = variables.split_whitespace();
        let variables = variables.map(|it| it.split_once('=').unwrap());
        let variables: Vec<_> = variables.collect();
        let found = match parse_with(&format!("{lines}\n{}", sample()), &variables) {
            Ok(config) => config.wechat.way.to_string(),
            Err(problems) => problems.to_string(),
        };
        let is_way = !expected.contains(": is ");
        assert!(found.starts_with(&expected), "{expected}: {found}");
        assert!(!is_way || found == expected, "{expected}: {found}");
        assert!(!found.contains("w#d") && !found.contains('\n'), "{found}");
    }
}

#[test]
fn a_proxy_s_password_is_a_secret_like_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proxy");
    std::fs::write(&file, "http://user:pass-word@h:1\n").unwrap();
    for (lines, keys) in [
        (format!("proxy_file = {file:?}"), &["wechat.proxy"][..]),
        (
            "proxy = 'http://user:pass-word@h:1'".to_owned(),
            &["wechat.proxy"],
        ),
        // Without a password it is none.
        ("proxy = 'http://h:1'".to_owned(), &[]),
        ("proxy = 'none'".to_owned(), &[]),
        (
            format!("proxy = 'http://h:1'\nproxy_user = 'u'\nproxy_password_file = {file:?}"),
            &["wechat.proxy_user", "wechat.proxy_password"],
        ),
    ] {
        let config = parse(&format!("{}\n[wechat]\n{lines}", sample())).unwrap();
        assert!(!format!("{config:?}").contains("pass-word"));
        let places = config.secret_places.iter().map(|place| &*place.key);
        let ours: Vec<&str> = places.filter(|key| key.starts_with("wechat.")).collect();
        assert_eq!(ours, keys, "{lines}");
    }
}
