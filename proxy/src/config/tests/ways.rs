//! The way to WeChat: what is set, what the environment says, and whom nobody asks through a proxy.

use super::*;

const SET: &str = "wechat.proxy = \"http://10.0.0.9:3128\"\n";

fn way(lines: &str, variables: &[(&str, &str)]) -> String {
    let config = parse_with(&format!("{lines}{}", sample()), variables);
    config.unwrap().wechat.way.to_string()
}

#[test]
fn the_setting_comes_before_the_environment_and_that_before_nothing() {
    let https = ("HTTPS_PROXY", "http://10.0.0.1:3128");
    let small = ("https_proxy", "10.0.0.2");
    let all = ("ALL_PROXY", "socks5h://10.0.0.3");
    let http = ("HTTP_PROXY", "http://10.0.0.4:3128");
    let no = |hosts| ("NO_PROXY", hosts);
    for (lines, variables, expected) in [
        ("", &[][..], "directly"),
        ("", &[http], "directly"),
        (
            "",
            &[https, small, all],
            "through the proxy http://10.0.0.1:3128 (HTTPS_PROXY)",
        ),
        (
            "",
            &[small, all],
            "through the proxy http://10.0.0.2:80 (https_proxy)",
        ),
        (
            "",
            &[("HTTPS_PROXY", ""), all],
            "through the proxy socks5h://10.0.0.3:1080 (ALL_PROXY)",
        ),
        ("", &[https, no("weixin.qq.com")], "directly (NO_PROXY)"),
        (
            "",
            &[https, no("10.0.0.0/8, .qq.com")],
            "directly (NO_PROXY)",
        ),
        ("", &[https, no("*")], "directly (NO_PROXY)"),
        (
            "",
            &[https, no("open.weixin.qq.com")],
            "through the proxy http://10.0.0.1:3128 (HTTPS_PROXY)",
        ),
        (
            SET,
            &[https, no("*")],
            "through the proxy http://10.0.0.9:3128 (wechat.proxy)",
        ),
        (
            "wechat.proxy = \"none\"\n",
            &[https],
            "directly (wechat.proxy)",
        ),
        (
            "wechat = { relay = true, api_base = \"http://relay\" }\n",
            &[https, http],
            "through the proxy http://10.0.0.4:3128 (HTTP_PROXY)",
        ),
    ] {
        assert_eq!(way(lines, variables), expected, "{lines} {variables:?}");
    }
}

#[test]
fn this_machine_itself_is_asked_through_a_proxy_only_where_that_is_set() {
    let variables = [
        ("HTTP_PROXY", "http://10.0.0.1:3128"),
        ("ALL_PROXY", "http://10.0.0.1:3128"),
    ];
    for host in [
        "http://127.0.0.1:8082",
        "https://[::1]",
        "http://localhost:1",
        "http://a.localhost",
    ] {
        let base = format!("simulator = true\nwechat.api_base = \"{host}\"\n");
        assert_eq!(way(&base, &variables), "directly", "{host}");
        let set = way(&format!("{base}{SET}"), &variables);
        assert_eq!(set, "through the proxy http://10.0.0.9:3128 (wechat.proxy)");
    }
}

#[test]
fn a_variable_that_is_no_proxy_is_named_where_it_counts_and_not_quoted() {
    let wrong = ("HTTPS_PROXY", "http://user:p@ss/w#d@host:3128");
    let [problem] = problems_with(&sample(), &[wrong]).try_into().unwrap();
    assert!(
        problem.starts_with("HTTPS_PROXY: is not the address of a proxy"),
        "{problem}"
    );
    assert!(
        !problem.contains("w#d") && !problem.contains("p@ss"),
        "{problem}"
    );
    assert_eq!(
        way("", &[wrong, ("NO_PROXY", "weixin.qq.com")]),
        "directly (NO_PROXY)"
    );
    assert_eq!(
        way("wechat.proxy = \"none\"\n", &[wrong]),
        "directly (wechat.proxy)"
    );
}

#[test]
fn a_proxy_s_password_is_a_secret_like_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proxy");
    std::fs::write(&file, "http://user:pass-word@h:1\n").unwrap();
    let places = |lines: &str| {
        let toml = format!("{lines}\n{}", sample());
        let config = parse_with(&toml, &[]).unwrap();
        assert!(!format!("{config:?}").contains("pass-word"));
        let places = config.secret_places.into_iter();
        let ours = places.filter(|place| place.key.starts_with("wechat."));
        ours.map(|place| (place.key, place.file))
            .collect::<Vec<_>>()
    };
    let expected = |key: &str, file| vec![(key.to_owned(), file)];
    let given = places(&format!("wechat.proxy_file = {file:?}"));
    assert_eq!(given, expected("wechat.proxy", Some(file)));
    let given = places("wechat.proxy = \"http://user:pass-word@h:1\"");
    assert_eq!(given, expected("wechat.proxy", None));
    // Without a password it is none.
    assert_eq!(places("wechat.proxy = \"http://h:1\""), []);
}
