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

/// What is told of a file of session keys, and of a variable, with this content.
fn told_of_keys(content: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys"), content).unwrap();
    let own = format!("session_keys = [\"{KEY}\"]");
    let toml = usual("").replace(&own, "session_keys_credential = \"keys\"");
    let by_file = parse_in(Some(folder.path()), &toml);
    let variable = ("WECHAT_LOGIN__SESSION_KEYS".to_owned(), content.to_owned());
    let by_variable = Config::parse(&usual(""), [variable]);
    [by_file, by_variable].map(|it| match it {
        Ok(config) => {
            let keys = config.session_keys.iter().map(SessionKey::expose);
            keys.collect::<Vec<_>>().join("|")
        }
        Err(problems) => problems.to_string(),
    })
}

#[test]
fn a_file_of_keys_is_one_key_a_line_and_never_a_list() {
    let (new, old) = (KEY, OTHER_KEY);
    let both = format!("{new}|{old}");
    for lines in [
        format!("{new}\n{old}"),
        format!("\u{feff}{new}\r\n\r\n {old} \r\n"),
    ] {
        assert_eq!(told_of_keys(&lines)[0], both, "{lines:?}");
    }
    assert_eq!(told_of_keys(&format!("{new},{old}"))[1], both);
    for list in [
        format!("[\"{new}\", \"{old}\"]"),
        format!("[\n  \"{new}\",\n  \"{old}\",\n]\n"),
        format!("[{new}, {old}]"),
        format!("{new} {old}"),
        format!("{new}\t{old}"),
        format!("{new};{old}"),
        format!("\"{new}\"\n\"{old}\""),
        format!("'{new}'"),
        format!("“{new}”"),
        format!("session_keys = [\"{new}\"]"),
        format!("session_keys={new}"),
        format!("WECHAT_LOGIN__SESSION_KEYS={new}"),
        format!("- {new}\n- {old}"),
        format!("new: {new}"),
        format!("# made on Friday by openssl rand -hex 32\n{new}"),
    ] {
        for (told, how) in told_of_keys(&list).iter().zip(["one key a line", "comma"]) {
            assert!(told.contains("looks like a list"), "{list:?}: {told}");
            assert!(
                told.contains(how) && told.contains("the new one first"),
                "{told}"
            );
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(
                !told.contains(&new[..8]) && !told.contains(&old[..8]),
                "{told}"
            );
        }
    }
    let comma = &told_of_keys(&format!("{new}, {old}"))[0];
    assert!(comma.contains("one key a line"), "{comma}");
    let inside = usual("").replace(KEY, &format!("{new}, {old}"));
    assert!(problems(&inside).starts_with("session_keys: looks like a list"));
    // Blanks and commas of a key's own.
    for key in [
        "a sentence, of sixteen words or so, that somebody made up",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBrZXk=",
        "[q7w.J@x0!mB{p2)Kz^L9~Rf4&wE8(tY\"",
        "Vq7;J@x0!mB{p2)Kz^L9~Rf4&wE8(tY1*uH6+oC3,dS5=gN7%iA0#jX2?kP9<lQ4",
    ] {
        assert_eq!(told_of_keys(key)[0], key);
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
    let none = usual("").replace("session_keys = ", "# ");
    let told = problems(&none);
    for words in [
        "session_keys_credential = \"session-keys\"",
        "LoadCredential=session-keys:credentials/session-keys",
    ] {
        assert!(told.contains(words), "{told}");
    }
}
