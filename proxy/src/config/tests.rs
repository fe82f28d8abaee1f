//! Configurations as operators write them, right and wrong.

mod accounts;
mod limits;
mod samples;

use std::time::Duration;

use login_store::DatabaseUrl;

use super::*;

const SECRET: &str = "simulator-secret-of-tests";

fn sample() -> String {
    format!(
        r#"
public_url = "https://shop.example"
database_url = "sqlite::memory:"
session_keys = ["0123456789abcdef0123456789abcdef"]

[accounts.shop]
appid = "wx00000000000000a1"
secret = "{SECRET}"
title = "山茶书店"
"#
    )
}

fn parse(toml: &str) -> Result<Config, Problems> {
    Config::parse(toml, [])
}

fn parse_with(toml: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Config::parse(toml, variables.iter().map(own))
}

/// The lines of all problems.
fn problems(toml: &str) -> Vec<String> {
    problems_with(toml, &[])
}

fn problems_with(toml: &str, variables: &[(&str, &str)]) -> Vec<String> {
    match parse_with(toml, variables) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.to_string().lines().map(str::to_owned).collect(),
    }
}

/// Asserts that `toml` has exactly one problem and that it begins like this.
#[track_caller]
fn assert_only_problem(toml: &str, beginning: &str) {
    let found = problems(toml);
    assert!(
        found.len() == 1 && found[0].starts_with(beginning),
        "expected {beginning:?}, found {found:#?}"
    );
}

#[test]
fn the_shortest_configuration_gets_the_defaults() {
    let config = parse(&sample()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(config.session_ttl, Duration::from_secs(12 * 3600));
    assert_eq!(config.default_account, "shop");
    assert!(config.require_wechat);
    assert!(config.public_url.is_https());
    assert_eq!(config.static_dir, None);
    assert_eq!(
        config.wechat.api_base.as_str(),
        "https://api.weixin.qq.com/"
    );
    assert_eq!(
        config.wechat.open_base.as_str(),
        "https://open.weixin.qq.com/"
    );
    assert_eq!(config.account("shop").unwrap().secret.expose(), SECRET);
}

#[test]
fn a_proxy_that_is_no_address_or_everybody_is_not_trusted() {
    let with = |list: &str| format!("trusted_proxies = {list}\n{}", sample());
    assert_only_problem(&with(r#"["127.0.0.1", "nginx"]"#), "trusted_proxies[1]: ");
    assert_only_problem(&with(r#"["10.0.0.0/33"]"#), "trusted_proxies[0]: ");
    assert_only_problem(&with(r#"["0.0.0.0/0"]"#), "trusted_proxies[0]: ");
    assert_only_problem(&with(r#"["::/0"]"#), "trusted_proxies[0]: ");
    assert!(parse(&with("[]")).unwrap().trusted_proxies.is_empty());
}

#[test]
fn an_origin_whose_cookies_could_not_work_is_not_allowed() {
    let with = |list: &str| format!("allowed_origins = {list}\n{}", sample());
    let config = parse(&with(
        r#"["https://www.shop.example", "https://m.shop.example:8443/"]"#,
    ))
    .unwrap();
    assert_eq!(
        config.allowed_origins,
        ["https://www.shop.example", "https://m.shop.example:8443"]
    );
    assert_only_problem(&with(r#"["http://shop.example"]"#), "allowed_origins[0]: ");
    assert_only_problem(
        &with(r#"["https://shop.example", "https://other.example"]"#),
        "allowed_origins[1]: ",
    );
    assert_only_problem(&with(r#"["*"]"#), "allowed_origins[0]: ");
    assert_only_problem(&with(r#"["null"]"#), "allowed_origins[0]: ");
    assert_only_problem(
        &with(r#"["https://shop.example/app"]"#),
        "allowed_origins[0]: ",
    );
}

#[test]
fn https_only_is_a_choice_and_needs_https() {
    let with = |days: &str| format!("hsts_max_age_days = {days}\n{}", sample());
    assert_eq!(parse(&sample()).unwrap().hsts_max_age_days, None);
    assert_eq!(parse(&with("180")).unwrap().hsts_max_age_days, Some(180));
    assert_eq!(parse(&with("0")).unwrap().hsts_max_age_days, Some(0));
    assert_only_problem(&with("731"), "hsts_max_age_days: ");
    let http = with("180").replace("https://shop.example", "http://shop.example");
    assert_only_problem(&format!("simulator = true\n{http}"), "hsts_max_age_days: ");
}

#[test]
fn kinds_of_backends_are_kinds() {
    let with = |list: &str| format!("backend_kinds = {list}\n{}", sample());
    assert_eq!(
        parse(&with(r#"["order", "refund"]"#))
            .unwrap()
            .backend_kinds
            .len(),
        2
    );
    assert_only_problem(&with(r#"["order", "Order"]"#), "backend_kinds[1]: ");
}

#[test]
fn every_problem_is_reported_at_once() {
    let toml = r#"
public_url = "shop.example"
listen = "localhost"
session_ttl_hours = 0
require_wechat = "yes"
default_acount = "shop"

[accounts.shop]
appid = "wx123"
title = ""
"#;
    let found = problems(toml);
    let keys: Vec<&str> = found
        .iter()
        .filter_map(|line| Some(line.split_once(": ")?.0))
        .collect();
    assert_eq!(
        keys,
        [
            "public_url",
            "listen",
            "database_url",
            "session_keys",
            "session_ttl_hours",
            "require_wechat",
            "accounts.shop.appid",
            "accounts.shop.secret",
            "accounts.shop.title",
            "default_acount",
        ],
        "{found:#?}"
    );
    assert_eq!(
        found[9],
        "default_acount: unknown key, did you mean default_account?"
    );
}

#[test]
fn an_environment_variable_replaces_a_key() {
    let config = parse_with(
        &sample(),
        &[
            (
                "WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET",
                "from-the-environment",
            ),
            ("WECHAT_LOGIN__SESSION_TTL_HOURS", "720"),
            ("WECHAT_LOGIN__REQUIRE_WECHAT", "false"),
            ("WECHAT_LOGIN_CONFIG", "is not ours"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(
        config.accounts["shop"].secret.expose(),
        "from-the-environment"
    );
    assert_eq!(config.session_ttl, Duration::from_secs(720 * 3600));
    assert!(!config.require_wechat);
}

#[test]
fn an_account_and_session_keys_can_come_from_the_environment_alone() {
    let keys = format!("{}, {}", "a".repeat(32), "b".repeat(32));
    let config = parse_with(
        "",
        &[
            ("WECHAT_LOGIN__PUBLIC_URL", "https://shop.example"),
            ("WECHAT_LOGIN__DATABASE_URL", "sqlite::memory:"),
            ("WECHAT_LOGIN__SESSION_KEYS", &keys),
            ("WECHAT_LOGIN__ACCOUNTS__SHOP__APPID", "wx00000000000000a1"),
            ("WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET", "s"),
            ("WECHAT_LOGIN__ACCOUNTS__SHOP__TITLE", "书店"),
        ],
    )
    .unwrap();
    assert_eq!(config.session_keys.len(), 2);
    assert_eq!(config.default_account, "shop");
}

#[test]
fn a_problem_of_the_environment_names_the_variable() {
    let found = problems_with(&sample(), &[("WECHAT_LOGIN__LISTN", "x")]);
    assert_eq!(
        found,
        ["listn (from WECHAT_LOGIN__LISTN): unknown key, did you mean listen?"]
    );
    let found = problems_with(&sample(), &[("WECHAT_LOGIN__REQUIRE_WECHAT", "1")]);
    assert!(
        found[0].contains("WECHAT_LOGIN__REQUIRE_WECHAT"),
        "{found:?}"
    );
}

#[test]
fn no_problem_quotes_a_secret() {
    let secret = "s3cret with-blank";
    let wrong_secret = sample().replace(SECRET, secret);
    let not_toml = sample().replace(&format!("\"{SECRET}\""), &format!("\"{secret}"));
    let wrong_type = sample().replace(&format!("\"{SECRET}\""), &format!("[\"{secret}\"]"));
    let short_key = sample().replace("0123456789abcdef0123456789abcdef", secret);
    let database = sample().replace(
        "sqlite::memory:",
        &format!("postgres://u:{secret}@h:port/d"),
    );
    let service_key = format!("{}[service_keys]\norders = \"{secret}\"\n", sample());
    for toml in [
        wrong_secret,
        not_toml,
        wrong_type,
        short_key,
        database,
        service_key,
    ] {
        let found = problems(&toml);
        assert!(!found.is_empty());
        assert!(!found.join("\n").contains("s3cret"), "{found:?}");
    }
}

#[test]
fn a_syntax_error_names_the_line() {
    let found = problems("public_url = \"https://shop.example\"\n\nlisten = = 1\n");
    assert!(
        found[0].starts_with("configuration file: line 3: "),
        "{found:?}"
    );
}

#[test]
fn session_keys_have_at_least_32_bytes() {
    let key = "0123456789abcdef0123456789abcdef";
    assert!(parse(&sample()).is_ok());
    assert_only_problem(
        &sample().replace(key, &key[1..]),
        "session_keys[0]: has 31 bytes",
    );
    assert_only_problem(
        &sample().replace(&format!("\"{key}\""), ""),
        "session_keys: missing",
    );
}

#[test]
fn session_ttl_is_1_to_720_hours() {
    let with = |hours: &str| format!("session_ttl_hours = {hours}\n{}", sample());
    assert!(parse(&with("1")).is_ok());
    assert!(parse(&with("720")).is_ok());
    for wrong in ["0", "721", "-1", "1.5"] {
        assert_only_problem(&with(wrong), "session_ttl_hours: must be a whole number");
    }
}

#[test]
fn public_url_is_an_origin() {
    let with = |url: &str| sample().replace("https://shop.example", url);
    assert!(parse(&with("https://shop.example/")).is_ok());
    for wrong in [
        "shop.example",
        "ftp://shop.example",
        "https://shop.example/app",
        "https://shop.example/?a",
        "https://u@shop.example",
        "http://shop.example",
        "",
    ] {
        assert_only_problem(&with(wrong), "public_url: ");
    }
}

#[test]
fn what_is_right_on_a_laptop_is_refused_on_a_site() {
    let site = sample();
    let laptop = format!("simulator = true\n{site}");
    let plain_http = |text: &str| text.replace("https://shop.example", "http://127.0.0.1:8080");
    assert_only_problem(&plain_http(&site), "public_url: must begin with https://");
    assert!(parse(&plain_http(&laptop)).is_ok());

    let dev = include_str!("../../dev.toml");
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

#[test]
fn a_secret_in_the_wrong_place_is_not_quoted() {
    let secret = "0123456789abcdef0123456789abcdef";
    let appid_line = "appid = \"wx00000000000000a1\"";
    let as_appid = sample().replace(appid_line, &format!("appid = \"{secret}\""));
    let secret_line = format!("secret = \"{SECRET}\"");
    let as_file = sample().replace(&secret_line, &format!("secret_file = \"{secret}\""));
    let as_password = sample().replace(
        "https://shop.example",
        &format!("ftp://u:{secret}@shop.example"),
    );
    for text in [as_appid, as_file, as_password] {
        let [problem] = problems(&text).try_into().unwrap();
        assert!(!problem.contains(secret), "{problem}");
    }
}

#[test]
fn secrets_go_to_wechat_only_unless_a_simulator_is_declared() {
    let with = |top: &str, host: &str| format!("{top}\n{}\n[wechat]\n{host}\n", sample());
    for host in ["api", "api2", "sh.api", "sz.api", "hk.api"] {
        let host = format!("api_base = \"https://{host}.weixin.qq.com\"");
        assert!(parse(&with("", &host)).is_ok(), "{host}");
    }
    for host in [
        "http://api.weixin.qq.com",
        "https://api.weixin.qq.com:8443",
        "https://api.weixin.qq.com.example",
        "https://open.weixin.qq.com",
        "http://127.0.0.1:8082",
    ] {
        let line = format!("api_base = \"{host}\"");
        assert_only_problem(&with("", &line), "wechat.api_base: ");
        assert!(parse(&with("simulator = true", &line)).is_ok(), "{host}");
    }
    let line = "open_base = \"https://api.weixin.qq.com\"";
    assert_only_problem(&with("", line), "wechat.open_base: ");
}

#[test]
fn unsupported_databases_are_refused_with_the_supported_schemes() {
    for url in [
        "postgres://u:p@h:port/d",
        "mysql:d",
        "proxy.sqlite",
        "sqlite:",
        "sqlite:a?mode=ro",
    ] {
        assert_only_problem(&sample().replace("sqlite::memory:", url), "database_url: ");
    }
    let found = problems(&sample().replace("sqlite::memory:", "mysql://u:password@h/d"));
    assert!(
        found[0].contains("write sqlite:") && found[0].contains("postgres:"),
        "{found:?}"
    );
    assert!(!found[0].contains("password"), "{found:?}");
}

#[test]
fn postgres_has_two_spellings_and_hides_its_password() {
    for scheme in ["postgres", "postgresql"] {
        let url = format!("{scheme}://u:passwordOfTests@db.example:5432/wechat_login");
        let config = parse(&sample().replace("sqlite::memory:", &url)).unwrap();
        let DatabaseUrl::Postgres(address) = &config.database else {
            panic!("another kind of database");
        };
        assert_eq!(address.expose(), url);
        assert!(!format!("{config:?}").contains("passwordOfTests"));
    }
}

#[test]
fn database_files_are_given_with_or_without_slashes() {
    for (url, path) in [
        ("sqlite:target/proxy.sqlite", "target/proxy.sqlite"),
        ("sqlite:/var/lib/proxy.sqlite", "/var/lib/proxy.sqlite"),
        ("sqlite:///var/lib/proxy.sqlite", "/var/lib/proxy.sqlite"),
    ] {
        let config = parse(&sample().replace("sqlite::memory:", url)).unwrap();
        assert_eq!(config.database, DatabaseUrl::SqliteFile(path.into()));
    }
}

#[test]
fn static_dir_must_hold_the_built_app() {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!("static_dir = {:?}\n{}", folder.path(), sample());
    assert_only_problem(&toml, "static_dir: no index.html");
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    assert_eq!(
        parse(&toml).unwrap().static_dir.as_deref(),
        Some(folder.path())
    );
}
