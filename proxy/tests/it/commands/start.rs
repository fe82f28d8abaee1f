//! The program itself: what it does with its command line and configuration.

use std::path::Path;
use std::process::Output;

use login_store::{
    NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKey, RecordKind, RecordValue,
    SqliteStore, Store,
};
use test_support::suite_log;
use wechat_oauth::{AppId, OpenId};

use crate::support::PROXY;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    suite_log::must_not_be_logged([XIAOMING]);
    PROXY.run(folder, arguments)
}

#[test]
fn a_bad_configuration_is_refused_with_all_its_problems() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "public_url = \"https://shop.example/app\"\n[accounts.shop]\nappid = \"wx123\"\nsecret = \"a b\"\ntitle = \"t\"\n";
    std::fs::write(folder.path().join("proxy.toml"), toml).unwrap();
    for arguments in [
        vec![],
        vec!["serve"],
        vec!["serve", "--config", "proxy.toml"],
    ] {
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        for key in [
            "public_url: ",
            "database_url: ",
            "session_keys: ",
            "accounts.shop.appid: ",
            "accounts.shop.secret: ",
        ] {
            assert!(
                text.lines().any(|line| line.starts_with(key)),
                "{key} in {text}"
            );
        }
        assert!(!text.contains("a b"), "{text}");
    }
}

#[test]
fn a_missing_configuration_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--config", "missing.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("missing.toml: cannot be read"), "{text}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let toml = format!(
        "public_url = \"https://shop.example\"\nlisten = \"{address}\"\ndatabase_url = \"sqlite::memory:\"\n\
         session_keys = [\"0123456789abcdef0123456789abcdef\"]\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n"
    );
    std::fs::write(folder.path().join("proxy.toml"), toml).unwrap();
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("cannot bind {address}")), "{text}");
}

#[test]
fn the_api_is_described_without_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["openapi"]);
    assert_eq!(output.status.code(), Some(0));
    let committed = include_str!("../../../../docs/openapi.json");
    assert!(String::from_utf8(output.stdout).unwrap() == committed);
}

const XIAOMING: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";

/// This subcommand in a folder with a configuration and a database: exit code, output, errors.
fn run_on_database(
    folder: &Path,
    subcommand: &str,
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let toml = "public_url = \"https://shop.example\"\ndatabase_url = \"sqlite:proxy.sqlite\"\n\
         session_keys = [\"0123456789abcdef0123456789abcdef\"]\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n";
    std::fs::write(folder.join("own.toml"), toml).unwrap();
    let output = run(
        folder,
        &[&[subcommand, "--config", "own.toml"], arguments].concat(),
    );
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code(), stdout, stderr)
}

/// `erase` for this account and openid.
fn erase(folder: &Path, account: &str, openid: &str) -> (Option<i32>, String, String) {
    run_on_database(folder, "erase", &["--account", account, "--openid", openid])
}

#[tokio::test]
async fn erase_says_how_many_records_there_were_and_who_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner {
        appid: AppId::parse("wx00000000000000a1").unwrap(),
        openid: OpenId::parse(XIAOMING).unwrap(),
    };
    let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
        .await
        .unwrap();
    let noted = NotedIdentity {
        owner: owner.clone(),
        platform: None,
        unionid: None,
        noted_at: 1,
    };
    store.note_identity(&noted).await.unwrap();
    for key in ["1", "2"] {
        let draft = RecordDraft {
            id: RecordId {
                owner: owner.clone(),
                kind: RecordKind::parse("order").unwrap(),
                key: RecordKey::parse(key).unwrap(),
            },
            value: RecordValue::parse(b"1").unwrap(),
            written_at: 1,
        };
        store.put_record(&draft, Precondition::None).await.unwrap();
    }

    let (status, stdout, stderr) = erase(folder.path(), "shop", XIAOMING);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(stdout, "Erased the user and 2 record(s).\n");
    let found = store.find_identity(&owner.appid, &owner.openid).await;
    assert_eq!(found.unwrap(), None);

    let elsewhere = tempfile::tempdir().unwrap();
    let (status, stdout, stderr) = erase(elsewhere.path(), "shop", XIAOMING);
    assert_eq!((status, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(stderr.contains("there is no database at"), "{stderr}");
    assert!(!elsewhere.path().join("proxy.sqlite").exists());

    for (account, openid, word) in [
        ("shop", XIAOMING, "nobody with this openid"),
        ("cafe", XIAOMING, "no account \"cafe\""),
        ("shop", "o/x", "no openid"),
    ] {
        let (status, stdout, stderr) = erase(folder.path(), account, openid);
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{stderr}");
        assert!(stderr.contains(word), "{stderr}");
        assert!(!stderr.contains(openid), "{stderr}");
    }
}

#[tokio::test]
async fn forget_counts_first_where_asked_and_takes_no_number_that_is_a_slip() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
        .await
        .unwrap();
    let noted = NotedIdentity {
        owner: Owner {
            appid: AppId::parse("wx00000000000000a1").unwrap(),
            openid: OpenId::parse(XIAOMING).unwrap(),
        },
        platform: None,
        unionid: None,
        noted_at: 1,
    };
    store.note_identity(&noted).await.unwrap();

    let forget = |arguments: &[&str]| run_on_database(folder.path(), "forget", arguments);
    for days in ["0", "30", "3661", "-1", "x"] {
        let (status, stdout, _) = forget(&[&format!("--unseen-days={days}")]);
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{days}");
    }
    for (arguments, said) in [
        (
            &["--unseen-days=31", "--dry-run"][..],
            "Would forget 1 user(s)",
        ),
        (&["--unseen-days=31"], "Forgot 1 user(s)"),
        (&["--unseen-days=31"], "Forgot 0 user(s)"),
    ] {
        let (status, stdout, stderr) = forget(arguments);
        assert_eq!(status, Some(0), "{stderr}");
        assert!(stdout.starts_with(said), "{stdout}");
    }
}

/// The log of a proxy that answers one request and is stopped, with this configuration besides and this `RUST_LOG`.
async fn log_of_a_request(extra: &str, level: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!(
        "{extra}\npublic_url = \"http://127.0.0.1:8080\"\nlisten = \"127.0.0.1:0\"\ndatabase_url = \"sqlite::memory:\"\n\
         simulator = true\nsession_keys = [\"0123456789abcdef0123456789abcdef\"]\n\
         wechat.api_base = \"http://127.0.0.1:9\"\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"secretThatMustNotBeLogged\"\ntitle = \"t\"\n"
    );
    suite_log::must_not_be_logged(["secretThatMustNotBeLogged", "codeThatMustNotBeLogged"]);
    let program = PROXY.start_saying(level, folder.path(), &toml);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}/api/session", program.base_url());
    let body = format!(
        "{{\"account\":\"shop\",\"code\":\"codeThatMustNotBeLogged\",\"verifier\":\"{}\"}}",
        "v".repeat(32)
    );
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(url);
    let response = request
        .header("Content-Type", "application/json")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    program.kill()
}

#[tokio::test]
async fn json_is_an_object_on_each_line_with_the_request_id() {
    let log = log_of_a_request("log_format = \"json\"", "info").await;
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines
            .iter()
            .any(|it| it["message"] == "starting" && it["database"] == "sqlite in memory")
    );
    let answered = lines.iter().find(|it| it["message"] == "answered").unwrap();
    assert_eq!(answered["route"], "/api/session");
    assert_eq!(answered["status"], 503);
    assert_eq!(answered["code"], "wechat_unavailable");
    assert_eq!(answered["level"], "ERROR");
    assert_eq!(answered["span"]["request_id"].as_str().unwrap().len(), 16);
}

/// With everything switched on, libraries would write whole addresses.
#[tokio::test]
async fn no_level_makes_libraries_tell_secrets() {
    let log = log_of_a_request("", "trace,hyper_util=trace,reqwest=trace").await;
    assert!(log.contains("answered"), "{log}");
    assert!(!log.contains("ThatMustNotBeLogged"), "{log}");
    let libraries = log
        .lines()
        .filter(|line| line.contains(" DEBUG ") || line.contains(" TRACE "));
    assert_eq!(
        libraries
            .filter(|line| !line.contains("wechat_login_proxy"))
            .count(),
        0,
        "{log}"
    );
}
