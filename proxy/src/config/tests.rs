//! Configurations as operators write them, right and wrong.

mod database;
mod documented;
mod key_files;
mod limits;
mod modes;
mod places;
mod samples;
mod secrets;
mod ways;
mod websites;

use std::time::Duration;

use login_store::DatabaseUrl;

use super::*;

const SECRET: &str = "simulator-secret-of-tests";
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn sample() -> String {
    format!(
        r#"
public_url = "https://shop.example"
database_url = "sqlite::memory:"
session_keys = ["{KEY}"]

[accounts.shop]
appid = "wx00000000000000a1"
secret = "{SECRET}"
title = "山茶书店"
"#
    )
}

/// The sample for tests elsewhere, with these lines more, or instead where they say the same.
pub(crate) fn config_with(lines: &str) -> Config {
    let mut toml = sample();
    for line in lines.lines() {
        let (key, _) = line.split_once(" = ").unwrap();
        let is_other = |other: &&str| !other.starts_with(key);
        let others: Vec<&str> = toml.lines().filter(is_other).collect();
        toml = format!("{line}\n{}", others.join("\n"));
    }
    parse(&toml).unwrap()
}

fn parse(toml: &str) -> Result<Config, Problems> {
    Config::parse(toml, [])
}

fn parse_with(toml: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Config::parse(toml, variables.iter().map(own))
}

/// The lines of all problems, without the places.
fn problems(toml: &str) -> Vec<String> {
    problems_with(toml, &[])
}

fn problems_with(toml: &str, variables: &[(&str, &str)]) -> Vec<String> {
    match parse_with(toml, variables) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            let problems = problems.to_string();
            let lines = problems.lines();
            lines
                .filter_map(|line| Some(line.split_once(": ")?.1.to_owned()))
                .collect()
        }
    }
}

/// Asserts that `toml` has exactly one problem and that it begins like this; none where that is empty.
#[track_caller]
fn assert_only_problem(toml: &str, beginning: &str) {
    let found = problems(toml);
    let is_expected = match found.as_slice() {
        [] => beginning.is_empty(),
        [only] => !beginning.is_empty() && only.starts_with(beginning),
        _ => false,
    };
    assert!(
        is_expected,
        "expected {beginning:?}, found {found:#?} in {toml}"
    );
}

#[derive(serde::Deserialize)]
struct Table {
    lines: Vec<[String; 2]>,
    instead: Vec<[String; 3]>,
    hosts: Vec<[String; 2]>,
    test_account: Vec<[String; 2]>,
    places: Vec<[String; 4]>,
}

fn table() -> Table {
    toml::from_str(include_str!("tests/problems.toml")).unwrap()
}

#[test]
fn each_wrong_line_is_the_only_problem() {
    let Table { lines, instead, .. } = table();
    for [line, problem] in lines {
        assert_only_problem(&format!("{line}\n{}", sample()), &problem);
    }
    for [old, new, problem] in instead {
        assert!(sample().contains(&old), "{old}");
        assert_only_problem(&sample().replace(&old, &new), &problem);
    }
    let no_account = &sample()[..sample().find("[accounts").unwrap()];
    assert_only_problem(no_account, "accounts: no official account");
}

#[test]
fn what_stands_twice_is_named_with_its_line_and_nothing_else_of_it() {
    for (more, line, key) in [
        (
            "[service_keys]\na = \"s1\"\n[service_keys]\nb = \"s2\"",
            12,
            "service_keys",
        ),
        ("[accounts.shop]\nsecret = \"s1\"", 10, "accounts.shop"),
        ("title = \"s1\"", 10, "title"),
    ] {
        let problems = parse(&format!("{}{more}\n", sample())).unwrap_err();
        let beginning = format!("proxy.toml line {line}: {key} stands there for the second time");
        let said = problems.to_string();
        assert!(said.starts_with(&beginning), "{said}");
        assert!(!said.contains("s1") && !said.contains("s2"), "{said}");
    }
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
fn variables_of_the_environment_replace_keys_and_can_be_all_there_is() {
    let keys = format!("{}, {}", "a".repeat(32), "b".repeat(32));
    let variables = [
        ("WECHAT_LOGIN__PUBLIC_URL", "https://shop.example"),
        ("WECHAT_LOGIN__DATABASE_URL", "sqlite::memory:"),
        ("WECHAT_LOGIN__SESSION_KEYS", &keys),
        ("WECHAT_LOGIN__ACCOUNTS__SHOP__APPID", "wx00000000000000a1"),
        ("WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET", "of-a-variable"),
        ("WECHAT_LOGIN__ACCOUNTS__SHOP__TITLE", "书店"),
        ("WECHAT_LOGIN__SESSION_TTL_HOURS", "720"),
        ("WECHAT_LOGIN__REQUIRE_WECHAT", "false"),
        ("WECHAT_LOGIN_CONFIG", "is not ours"),
        ("PATH", "/bin"),
    ];
    for toml in [sample().as_str(), ""] {
        let config = parse_with(toml, &variables).unwrap();
        assert_eq!(config.accounts["shop"].secret.expose(), "of-a-variable");
        assert_eq!(config.session_keys.len(), 2);
        assert_eq!(config.session_ttl, Duration::from_secs(720 * 3600));
        assert_eq!(config.default_account, "shop");
        assert!(!config.require_wechat);
    }
}

#[test]
fn postgres_has_two_spellings_and_hides_its_password() {
    for scheme in ["postgres", "postgresql"] {
        let url = format!("{scheme}://u:passwordOfTests@db.example:5432/wechat_login");
        let config = parse(&sample().replace("sqlite::memory:", &url)).unwrap();
        let DatabaseUrl::Postgres(address) = &config.database else {
            panic!("another kind of database");
        };
        let driver = "postgres://u:passwordOfTests@localhost:5432/wechat%5Flogin?host=db%2Eexample";
        assert_eq!(address.expose(), driver);
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

#[test]
fn what_lists_and_files_say_is_taken() {
    let origins = r#"["https://www.shop.example", "https://m.shop.example:8443/"]"#;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "  from-the-file\n").unwrap();
    let account = format!(
        "secret_file = {:?}\nverify_files = [\"MP_verify_a1.txt\", \"MP_verify_b2.txt\"]\n\
         website_appid = \"wx00000000000000d1\"\nwebsite_secret = \"s\"",
        file.path()
    );
    let toml = sample().replace(&format!("secret = \"{SECRET}\""), &account);
    let toml = format!(
        "allowed_origins = {origins}\nhsts_max_age_days = 0\nbackend_kinds = [\"order\", \"refund\"]\n\
         default_account = \"cafe\"\n{toml}\n[accounts.cafe]\nappid = \"wx00000000000000a2\"\nsecret = \"s\"\ntitle = \"t\""
    );
    let config = parse(&toml).unwrap();
    assert_eq!(
        config.allowed_origins,
        ["https://www.shop.example", "https://m.shop.example:8443"]
    );
    assert_eq!(config.hsts_max_age_days, Some(0));
    assert_eq!(parse(&sample()).unwrap().hsts_max_age_days, None);
    assert_eq!(config.backend_kinds.len(), 2);
    assert_eq!(config.default_account, "cafe");
    let shop = config.account("shop").unwrap();
    assert_eq!(shop.secret.expose(), "from-the-file");
    let website = shop.website.as_ref().unwrap();
    assert_eq!(website.appid.as_str(), "wx00000000000000d1");
    let file = |name| VerifyFile::parse(name).unwrap();
    assert!(config.has_verify_file(&file("MP_verify_b2.txt")));
    assert!(!config.has_verify_file(&file("MP_verify_c3.txt")));
}

#[test]
fn unsupported_databases_are_refused_with_the_supported_schemes() {
    let found = problems(&sample().replace("sqlite::memory:", "mysql://u:password@h/d"));
    assert!(
        found[0].contains("write sqlite:") && found[0].contains("postgres:"),
        "{found:?}"
    );
    assert!(!found[0].contains("password"), "{found:?}");
}
