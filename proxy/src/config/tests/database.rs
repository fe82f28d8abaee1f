//! `[database]`: PostgreSQL's parts.

use login_store::DatabaseUrl;

use super::{parse, problems, sample};

/// The sample with this instead of its `database_url`.
fn with(lines: &str) -> String {
    sample().replace("database_url = \"sqlite::memory:\"", "") + "[database]\n" + lines
}

#[test]
fn the_parts_are_read_as_they_are() {
    let toml = with(
        "host = \"/var/run/postgresql\"\nport = 6432\nname = \"shop\"\nuser = \"sys_d\"\npassword = '/7M+r?E'\nsslmode = \"prefer\"",
    );
    let config = parse(&toml).unwrap();
    let DatabaseUrl::Postgres(url) = &config.database else {
        panic!("another kind of database");
    };
    let driver = "postgres://sys%5Fd:%2F7M%2Br%3FE@localhost:6432/shop?host=%2Fvar%2Frun%2Fpostgresql&sslmode=prefer";
    assert_eq!(url.expose(), driver);
    assert!(!format!("{config:?}").contains("7M"));
}

#[test]
fn the_password_can_be_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "@密码#\n").unwrap();
    let lines = format!(
        "host = \"h\"\nname = \"d\"\npassword_file = {:?}",
        file.path()
    );
    let config = parse(&with(&lines)).unwrap();
    let DatabaseUrl::Postgres(url) = &config.database else {
        panic!("another kind of database");
    };
    assert!(
        url.expose().contains(":%40%E5%AF%86%E7%A0%81%23@"),
        "{}",
        url.expose()
    );
    std::fs::write(file.path(), "\n").unwrap();
    let [problem] = problems(&with(&lines)).try_into().unwrap();
    assert!(
        problem.starts_with("database.password_file: the file ") && problem.contains(" is empty"),
        "{problem}"
    );
}

#[test]
fn each_wrong_part_is_named_and_no_password_quoted() {
    let good = "host = \"h\"\nname = \"d\"\npassword = \"SECRET@/?#\"\n";
    for (instead, words) in [
        (
            "host = \"h:5432\"",
            "database.host: has a colon and is no IPv6 address",
        ),
        (
            "host = \"h1,h2\"",
            "database.host: is neither one host name",
        ),
        (
            "host = \"postgres://h\"",
            "database.host: is neither one host name",
        ),
        ("host = 1", "database.host: must be a text in quotes"),
        (
            "name = \"\\u0000\"",
            "database.name: has a character of value 0",
        ),
        (
            "port = 0",
            "database.port: must be a whole number from 1 to 65535",
        ),
        ("port = \"5432\"", "database.port: must be a whole number"),
        (
            "sslmode = \"on\"",
            "database.sslmode: must be one of disable,",
        ),
        (
            "passwort = \"SECRET\"",
            "database.passwort: unknown key, did you mean database.password?",
        ),
    ] {
        let key = instead.split_once(" = ").unwrap().0;
        let others = good
            .lines()
            .filter(|line| line.split_once(" = ").unwrap().0 != key);
        let others: Vec<&str> = others.collect();
        let found = problems(&with(&format!("{}\n{instead}\n", others.join("\n"))));
        assert!(
            found.iter().any(|it| it.starts_with(words)),
            "{words}: {found:?}"
        );
        assert!(!found.join("\n").contains("SECRET"), "{found:?}");
    }
    let [host, name] = problems(&with("user = \"u\"")).try_into().unwrap();
    assert!(host.starts_with("database.host: missing; write"), "{host}");
    assert!(name.starts_with("database.name: missing; write"), "{name}");
    let both = format!("{}[database]\n{good}", sample());
    assert_eq!(
        problems(&both),
        ["database_url: given besides [database]; keep one of the two"]
    );
}
