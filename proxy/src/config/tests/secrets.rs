//! Secrets in files and credentials, and the keys of backends.

use std::path::Path;

use login_store::DatabaseUrl;

use super::super::*;
use super::{KEY, SECRET};

pub(super) const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

/// The sample, and what follows it.
pub(super) fn usual(more: &str) -> String {
    super::sample() + more
}

/// The same with the account's secret in this credential.
fn by_credential(name: &str, more: &str) -> String {
    let own = format!("secret = \"{SECRET}\"");
    usual(more).replace(&own, &format!("secret_credential = \"{name}\""))
}

pub(super) fn parse_in(folder: Option<&Path>, toml: &str) -> Result<Config, Problems> {
    let variable = folder.map(|folder| {
        let folder = folder.display().to_string();
        ("CREDENTIALS_DIRECTORY".to_owned(), folder)
    });
    Config::parse(toml, variable)
}

pub(super) fn problems(toml: &str) -> String {
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

/// A key that is in use must not be written over by whoever does what is said.
#[test]
fn a_credential_that_is_there_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let [config, home] = ["proxy.toml", "credentials"].map(|name| folder.path().join(name));
    std::fs::create_dir_all(home.join("keys/inside")).unwrap();
    std::fs::write(home.join("binary"), [0xff, 0xfe]).unwrap();
    let toml = |name: &str| by_credential(name, "");
    for name in ["keys", "binary"] {
        std::fs::write(&config, toml(name)).unwrap();
        let told = Config::load(&config).unwrap_err().to_string();
        assert!(told.contains("it has to be a file"), "{told}");
        assert!(!told.contains(" > "), "{told}");
    }
    std::fs::write(&config, toml("missing")).unwrap();
    let told = Config::load(&config).unwrap_err().to_string();
    assert!(told.contains("umask 077; set -C; cat > "), "{told}");
    let given = |folder: &str| {
        parse_in(Some(Path::new(folder)), &toml("missing"))
            .unwrap_err()
            .to_string()
    };
    let by_unit = given("/run/credentials/proxy.service");
    assert!(by_unit.contains("LoadCredential=NAME:/"), "{by_unit}");
    let by_container = given("/run/secrets");
    assert!(by_container.contains("put there"), "{by_container}");
    for told in [by_unit, by_container] {
        assert!(!told.contains(" > "), "{told}");
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

#[test]
fn a_file_of_one_secret_holds_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    let postgres = "postgres://u:p@db.example/d?sslmode=require";
    let url = format!("database_url_file = {file:?}");
    let own_url = "database_url = \"sqlite::memory:\"";
    let service_key = format!("[service_keys]\norders_file = {file:?}");
    let password =
        format!("[database]\nhost = \"db\"\nname = \"d\"\nuser = \"u\"\npassword_file = {file:?}");
    let secret = usual("").replace(
        &format!("secret = \"{SECRET}\""),
        &format!("secret_file = {file:?}"),
    );
    for (toml, content, name) in [
        (secret, SECRET, "secret"),
        (usual("").replace(own_url, &url), postgres, "database_url"),
        (usual(&service_key), OTHER_KEY, "orders"),
        (
            usual(&password).replace(own_url, ""),
            "p=\"a, [b",
            "password",
        ),
    ] {
        for right in [content.to_owned(), format!("\u{feff}{content}\r\n")] {
            std::fs::write(&file, right).unwrap();
            assert_eq!(problems(&toml), "", "{name}");
        }
        for wrong in [
            format!("\"{content}\""),
            format!("'{content}'\n"),
            format!("{name} = \"{content}\""),
            format!("{}={content}", name.to_uppercase()),
            format!("export X=\"{content}\""),
            format!("My{name}={content}"),
            format!("[\"{content}\"]"),
            format!("{content}\n{content}"),
        ] {
            std::fs::write(&file, &wrong).unwrap();
            let told = problems(&toml);
            let is_told = told.contains("and nothing else");
            assert!(is_told && told.lines().count() == 1, "{wrong}: {told}");
            assert!(!told.contains(content), "{told}");
        }
    }
    for wrong in [
        format!("{OTHER_KEY},"),
        format!(",{OTHER_KEY}"),
        format!("{KEY}|{OTHER_KEY}"),
        format!("{KEY}:{OTHER_KEY}"),
        format!("{OTHER_KEY}#new"),
        format!("<{OTHER_KEY}>"),
    ] {
        std::fs::write(&file, &wrong).unwrap();
        let told = problems(&usual(&service_key));
        assert!(told.contains("and nothing else"), "{wrong}: {told}");
    }
    // As `docker run --env-file` hands on what stands between quotes.
    let variable = (
        "WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET".to_owned(),
        format!("\"{SECRET}\""),
    );
    assert!(Config::parse(&usual(""), [variable]).is_err());
}

#[test]
fn credentials_lie_beside_the_configuration_unless_systemd_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let [file, own] = ["proxy.toml", "credentials"].map(|name| folder.path().join(name));
    std::fs::create_dir(&own).unwrap();
    std::fs::write(&file, by_credential("shop", "")).unwrap();
    let missing = Config::load(&file).unwrap_err().to_string();
    for words in [own.to_str().unwrap(), "LoadCredential=NAME:", "umask 077"] {
        assert!(missing.contains(words), "{missing}");
    }
    std::fs::write(own.join("shop"), SECRET).unwrap();
    let (listing, config) = Config::explain(&file).unwrap();
    assert_eq!(
        config.unwrap().account("shop").unwrap().secret.expose(),
        SECRET
    );
    let head = format!(
        "# configuration: {}\n# credentials: {}\n",
        file.display(),
        own.display()
    );
    assert!(listing.to_string().starts_with(&head), "{listing}");
    // A unit takes whole paths alone.
    let here = std::path::absolute("credentials/session-keys").unwrap();
    let none = usual("").replace("session_keys = ", "# ");
    let told = problems(&none);
    for words in [
        "session_keys_credential = \"session-keys\"",
        &format!("LoadCredential=session-keys:{}", here.display()),
    ] {
        assert!(told.contains(words), "{told}");
    }
}
