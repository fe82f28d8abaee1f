//! What is open with a simulator, with a test account, and for users.

use std::time::Duration;

use super::{KEY, assert_only_problem, parse, problems, sample, table};
use crate::config::PageOrigins;

#[test]
fn secrets_go_to_wechat_only_unless_a_simulator_is_declared() {
    for [line, problem] in table().hosts {
        let toml = format!("{line}\n{}", sample());
        assert_only_problem(&toml, &problem);
        assert_only_problem(&format!("simulator = true\n{toml}"), "");
    }
}

#[test]
fn what_is_right_on_a_laptop_is_refused_on_a_site() {
    let laptop = format!("simulator = true\n{}", sample());
    let plain_http = |text: &str| text.replace("https://shop.example", "http://127.0.0.1:8080");
    assert!(parse(&plain_http(&laptop)).is_ok());

    let dev = include_str!("../../../dev.toml");
    assert!(parse(dev).is_ok());
    let pretending = dev
        .replace("simulator = true", "")
        .replace("http://127.0.0.1:8080", "https://shop.example");
    assert!(
        problems(&pretending)
            .iter()
            .any(|it| it.starts_with("session_keys: holds the development key")),
        "{:?}",
        problems(&pretending)
    );
}

/// Real WeChat, so that nothing is open but plain http.
#[test]
fn a_test_account_may_use_plain_http_and_nothing_else_of_a_simulator() {
    let with = |line: &str| {
        let toml = sample().replace("https://shop.example", "http://192.168.1.20:8080");
        format!("test_account = true\n{line}\n{toml}")
    };
    let config = parse(&with("")).unwrap();
    assert!(config.test_account && !config.simulator);
    assert_eq!(config.shutdown.delay, Duration::from_secs(5));
    assert_eq!(config.page_origins(), PageOrigins::default());
    for [line, problem] in table().test_account {
        assert_only_problem(&with(&line), &problem);
    }
    let development = with("").replace(KEY, "development-only-not-a-secret-0123456789");
    assert_only_problem(&development, "session_keys: holds the development key");
    let off = with("").replace("test_account = true", "test_account = false");
    assert_only_problem(&off, "public_url: must begin with https://");
}
