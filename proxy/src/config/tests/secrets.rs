//! Secrets in files and credentials, and the keys of backends.

use std::path::Path;

use login_store::DatabaseUrl;

use super::super::*;
use super::{KEY, SECRET};

const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

fn sample(session_keys: &str, secret: &str, more: &str) -> String {
    format!(
        "public_url = \"https://shop.example\"\ndatabase_url = \"sqlite::memory:\"\n{session_keys}\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\n{secret}\ntitle = \"t\"\n{more}\n"
    )
}

fn usual(more: &str) -> String {
    let keys = format!("session_keys = [\"{KEY}\"]");
    sample(&keys, &format!("secret = \"{SECRET}\""), more)
}

fn parse_in(folder: Option<&Path>, toml: &str) -> Result<Config, Problems> {
    let variable = folder.map(|folder| {
        let folder = folder.display().to_string();
        ("CREDENTIALS_DIRECTORY".to_owned(), folder)
    });
    Config::parse(toml, variable)
}

fn problems(toml: &str) -> String {
    super::problems(toml).join("\n")
}

#[test]
fn every_secret_can_be_a_credential_of_systemd() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("secret", format!("{SECRET}\n")),
        ("keys", format!("{KEY}\n {OTHER_KEY} \n")),
        ("orders", format!("{OTHER_KEY}\n")),
        ("database", "postgres://u:p@db.example/d\n".to_owned()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let toml = sample(
        "session_keys_credential = \"keys\"",
        "secret_credential = \"secret\"",
        "[service_keys]\norders_credential = \"orders\"",
    );
    let toml = toml.replace(
        "database_url = \"sqlite::memory:\"",
        "database_url_credential = \"database\"",
    );
    let config = parse_in(Some(folder.path()), &toml).unwrap();
    assert_eq!(config.account("shop").unwrap().secret.expose(), SECRET);
    let keys: Vec<&str> = config.session_keys.iter().map(SessionKey::expose).collect();
    assert_eq!(keys, [KEY, OTHER_KEY]);
    assert_eq!(config.service_keys["orders"].expose(), OTHER_KEY);
    assert!(matches!(config.database, DatabaseUrl::Postgres(_)));
}

#[test]
fn a_credential_that_cannot_be_had_is_reported_without_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside");
    std::fs::write(&outside, SECRET).unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    for (name, given) in [
        ("missing-one", Some(inside.as_path())),
        ("../outside", Some(inside.as_path())),
        ("..", Some(inside.as_path())),
        ("missing-one", None),
    ] {
        let toml = sample(
            &format!("session_keys = [\"{KEY}\"]"),
            &format!("secret_credential = \"{name}\""),
            "",
        );
        let found = parse_in(given, &toml).unwrap_err().to_string();
        assert!(
            found.starts_with("proxy.toml line 6: accounts.shop.secret_credential: "),
            "{found}"
        );
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(!found.contains("missing-one"), "{found}");
    }
}

#[test]
fn a_secret_given_twice_is_one_problem() {
    let more = format!("[service_keys]\norders = \"{KEY}\"\norders_file = \"/etc/orders\"");
    let found = problems(&usual(&more));
    assert!(
        found.starts_with("service_keys.orders: given twice"),
        "{found}"
    );
    assert_eq!(found.lines().count(), 1, "{found}");
}

#[test]
fn several_service_keys_have_names() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), OTHER_KEY).unwrap();
    let more = format!(
        "[service_keys]\norders = \"{KEY}\"\norders-2027_file = {:?}\n",
        file.path()
    );
    let config = parse_in(None, &usual(&more)).unwrap();
    let names: Vec<&String> = config.service_keys.keys().collect();
    assert_eq!(names, ["orders", "orders-2027"]);
    assert_eq!(config.service_keys["orders-2027"].expose(), OTHER_KEY);
    assert!(!format!("{config:?}").contains(KEY));
    assert!(parse_in(None, &usual("")).unwrap().service_keys.is_empty());
    let variable = (
        "WECHAT_LOGIN__SERVICE_KEYS__ORDERS".to_owned(),
        KEY.to_owned(),
    );
    let config = Config::parse(&usual(""), [variable]).unwrap();
    assert_eq!(config.service_keys["orders"].expose(), KEY);
}

#[test]
fn wrong_service_keys_are_all_reported() {
    let more = format!(
        "[service_keys]\nbig = \"{KEY}\"\nBig = \"{OTHER_KEY}\"\nshort = \"{}\"\nblank = \"{} {KEY}\"\ntwin = \"{KEY}\"\n",
        &KEY[1..],
        &KEY[..4],
    );
    let found = problems(&usual(&more));
    let keys: Vec<&str> = found
        .lines()
        .filter_map(|line| Some(line.split_once(": ")?.0))
        .collect();
    assert_eq!(
        keys,
        [
            "service_keys.Big",
            "service_keys.blank",
            "service_keys.short",
            "service_keys.twin"
        ],
        "{found}"
    );
    assert!(!found.contains(&KEY[1..]), "{found}");
}

#[test]
fn the_development_key_opens_no_real_service() {
    let more = "[service_keys]\norders = \"development-only-not-a-secret-orders-0123\"";
    let found = problems(&usual(more));
    assert!(found.starts_with("service_keys.orders: is the development key"));
    assert!(parse_in(None, &format!("simulator = true\n{}", usual(more))).is_ok());
}

#[test]
fn no_problem_quotes_a_secret() {
    let secret = "s3cret with-blank";
    let wrong_secret = super::sample().replace(SECRET, secret);
    let not_toml = super::sample().replace(&format!("\"{SECRET}\""), &format!("\"{secret}"));
    let wrong_type = super::sample().replace(&format!("\"{SECRET}\""), &format!("[\"{secret}\"]"));
    let short_key = super::sample().replace("0123456789abcdef0123456789abcdef", secret);
    let database = super::sample().replace(
        "sqlite::memory:",
        &format!("postgres://u:{secret}@h:port/d"),
    );
    let proxy = format!(
        "wechat.proxy = \"http://u:{secret}@h:3128\"\n{}",
        super::sample()
    );
    let service_key = format!("{}[service_keys]\norders = \"{secret}\"\n", super::sample());
    for toml in [
        wrong_secret,
        not_toml,
        wrong_type,
        short_key,
        database,
        proxy,
        service_key,
    ] {
        let found = super::problems(&toml);
        assert!(!found.is_empty());
        assert!(!found.join("\n").contains("s3cret"), "{found:?}");
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_quoted() {
    let secret = "0123456789abcdef0123456789abcdef";
    let appid_line = "appid = \"wx00000000000000a1\"";
    let as_appid = super::sample().replace(appid_line, &format!("appid = \"{secret}\""));
    let secret_line = format!("secret = \"{SECRET}\"");
    let as_file = super::sample().replace(&secret_line, &format!("secret_file = \"{secret}\""));
    let as_password = super::sample().replace(
        "https://shop.example",
        &format!("ftp://u:{secret}@shop.example"),
    );
    for text in [as_appid, as_file, as_password] {
        let [problem] = super::problems(&text).try_into().unwrap();
        assert!(!problem.contains(secret), "{problem}");
    }
}
