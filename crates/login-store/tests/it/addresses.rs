//! Addresses of PostgreSQL: what is refused before anything is asked or logged, and what is read as it is meant.

use std::str::FromStr as _;

use login_store::{DatabaseUrl, PostgresParts};
use sqlx::postgres::PgConnectOptions;

fn refused(url: &str) -> String {
    DatabaseUrl::parse(url).expect_err(url)
}

#[test]
fn what_must_be_encoded_is_refused_and_nothing_of_it_repeated() {
    for password in [
        "/7M+r?E':SECRET",
        "SECRET#x",
        "SECRET@x",
        "SECRET/x",
        "5432/SECRET",
        "5432/x?sslmode=SECRET",
        "5432?sslmode=SECRET",
        "SECRET?x",
        "SECRET%",
        "SECRET%4",
        "SECRET%zz",
        "SECRET%+4",
        "SECRET x",
        "SECRET\t",
        "SECRET密码",
        "SECRET[x]",
        "SECRET\\",
        "SECRET%FF",
        "SECRET%00",
    ] {
        for url in [
            format!("postgres://shop:{password}@127.0.0.1/wl"),
            format!("postgresql://{password}@127.0.0.1:5432/wl?sslmode=require"),
            format!("postgres://shop:{password}@/wl?host=/var/run/postgresql"),
        ] {
            let problem = refused(&url);
            assert!(problem.contains("Percent-encode"), "{url}: {problem}");
            assert!(!problem.contains("SECRET"), "{problem}");
        }
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_what_to_write() {
    for (url, words) in [
        ("postgres:shop@h/d", "postgres://user:password@host"),
        ("postgres://shop@h", "names no database"),
        ("postgres:///d", "names no host"),
        ("postgres://shop@h:port/d", "postgres://user:password@host"),
        ("postgres://shop@h:0/d", "postgres://user:password@host"),
        ("postgres://shop@h/d/e", "postgres://user:password@host"),
        ("postgres://shop@[::1/d", "postgres://user:password@host"),
        ("postgres://shop@[h]/d", "postgres://user:password@host"),
        ("postgres://shop@h1,h2:5432/d", "several hosts"),
        ("postgres://shop@h1:5432,h2:5432/d", "several hosts"),
        (
            "postgres://h/d?target_session_attrs=read-write",
            "target_session_attrs",
        ),
        ("postgres://h/d?host=h1,h2", "several hosts"),
        ("postgres://h/d?host=h2", "the folder of a socket"),
        ("postgres://h/d?sslmode=allow", "disable, prefer, require"),
        (
            "postgres://h/d?statement-cache-capacity=0",
            "a parameter after ?",
        ),
        ("postgres://h/d?sslmode", "a parameter after ?"),
        ("shop:SECRET@h/d", "write sqlite:"),
    ] {
        let problem = refused(url);
        assert!(problem.contains(words), "{url}: {problem}");
        assert!(!problem.contains("SECRET"), "{problem}");
    }
}

#[test]
fn what_is_clear_reaches_the_driver_as_it_is_meant() {
    for (url, host, port, user, name) in [
        (
            "postgres://me:a:b!$&'()*+,;=@db.example/shop",
            "db.example",
            5432,
            "me",
            "shop",
        ),
        (
            "postgresql://me:%40%2F%23%25@10.0.0.1:6432/a-b_c",
            "10.0.0.1",
            6432,
            "me",
            "a-b_c",
        ),
        (
            "postgres://%E6%88%91@[::1]:1/%E5%BA%93?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "::1",
            1,
            "我",
            "库",
        ),
    ] {
        let DatabaseUrl::Postgres(read) = DatabaseUrl::parse(url).unwrap() else {
            panic!("another kind");
        };
        let options = PgConnectOptions::from_str(read.expose()).unwrap();
        assert_eq!(options.get_host(), host);
        assert_eq!(options.get_port(), port);
        assert_eq!(options.get_username(), user);
        assert_eq!(options.get_database(), Some(name));
        assert!(options.get_socket().is_none());
    }
    for url in [
        "postgres:///shop?host=/var/run/postgresql",
        "postgres://%2Fvar%2Frun%2Fpostgresql/shop",
        "postgres://localhost/shop?host=%2Fvar%2Frun%2Fpostgresql",
    ] {
        let DatabaseUrl::Postgres(read) = DatabaseUrl::parse(url).unwrap() else {
            panic!("another kind");
        };
        let options = PgConnectOptions::from_str(read.expose()).unwrap();
        assert_eq!(options.get_socket(), Some(&"/var/run/postgresql".into()));
        // Somebody, and not the driver's own idea.
        assert_ne!(options.get_username(), "anonymous");
    }
}

/// Every character of a byte, and some that are longer.
#[test]
fn separate_parts_need_no_encoding() {
    let text: String = ('\u{1}'..='\u{ff}').chain("密码 🔑".chars()).collect();
    let parts = PostgresParts {
        host: "db.example".to_owned(),
        name: text.clone(),
        user: Some(text.clone()),
        password: Some(text.clone()),
        ..PostgresParts::default()
    };
    let url = parts.url().unwrap();
    let options = PgConnectOptions::from_str(url.expose()).unwrap();
    assert_eq!(options.get_username(), text);
    assert_eq!(options.get_database(), Some(&*text));
    let shown = format!("{options:?}");
    assert!(
        shown.contains(&format!("password: Some({text:?})")),
        "{shown}"
    );
}
