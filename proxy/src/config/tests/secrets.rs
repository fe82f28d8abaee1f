//! Secrets in files and credentials, and the keys of backends.

use std::path::Path;

use login_store::DatabaseUrl;

use super::super::*;
use super::{KEY, SECRET};

const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

/// The sample, and what follows it.
fn usual(more: &str) -> String {
    super::sample() + more
}

/// The same with the account's secret in this credential.
fn by_credential(name: &str, more: &str) -> String {
    let own = format!("secret = \"{SECRET}\"");
    usual(more).replace(&own, &format!("secret_credential = \"{name}\""))
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
    let toml = by_credential("secret", "[service_keys]\norders_credential = \"orders\"")
        .replace(
            "database_url = \"sqlite::memory:",
            "database_url_credential = \"database",
        )
        .replace(
            &format!("session_keys = [\"{KEY}\"]"),
            "session_keys_credential = \"keys\"",
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
        let found = parse_in(given, &by_credential(name, ""))
            .unwrap_err()
            .to_string();
        assert!(
            found.starts_with("proxy.toml line 8: accounts.shop.secret_credential: "),
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
    for (old, new) in [
        ("simulator-secret-of-tests", "s3cret with-blank"),
        ("\"simulator-secret-of-tests\"", "\"s3cret"),
        ("\"simulator-secret-of-tests\"", "[\"s3cret\"]"),
        (KEY, "s3cret"),
        ("sqlite::memory:", "postgres://u:s3cret@h:port/d"),
        ("", "wechat.proxy = \"http://u:s3cret /@h:3128\"\n"),
        ("[accounts", "[service_keys]\norders=\"s3cret\"\n[accounts"),
        // Each in the place of something else.
        ("wx00000000000000a1", "s3cret"),
        ("secret = \"simulator-", "secret_file = \"s3cret"),
        ("https://shop", "ftp://u:s3cret@shop"),
    ] {
        let found = super::problems(&super::sample().replacen(old, new, 1));
        assert_eq!(found.len(), 1, "{new}: {found:?}");
        assert!(!found[0].contains("s3cret"), "{found:?}");
    }
}
