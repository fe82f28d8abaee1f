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

/// What is wrong with other parts is in `problems.toml`.
#[test]
fn missing_and_doubled_parts_are_named_and_no_password_quoted() {
    let [host, name] = problems(&with("user = \"u\"")).try_into().unwrap();
    assert!(host.starts_with("database.host: missing; write"), "{host}");
    assert!(name.starts_with("database.name: missing; write"), "{name}");
    let good = "host = \"h\"\nname = \"d\"\npassword = \"SECRET@/?#\"\n";
    let both = format!("{}[database]\n{good}", sample());
    assert_eq!(
        problems(&both),
        ["database_url: given besides [database]; keep one of the two"]
    );
    for line in ["host = \"h:5432\"", "passwort = \"SECRET\""] {
        let wrong = good.replace("host = \"h\"", line);
        let found = problems(&with(&wrong)).join("\n");
        assert!(
            found.starts_with("database.") && !found.contains("SECRET"),
            "{found}"
        );
    }
}
