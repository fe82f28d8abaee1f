//! The program itself: what it does with its command line and configuration.

use std::path::Path;

use login_store::{NotedIdentity, Precondition, SqliteStore, Store};

use super::on_file;
use crate::support::*;

#[tokio::test]
async fn a_bad_configuration_is_refused_with_all_its_problems() {
    let toml = "public_url = \"https://shop.example/?app\"\n[accounts.shop]\nappid = \"wx123\"\nsecret = \"a b\"\ntitle = \"t\"\n";
    let folder = folder_of(&[("proxy.toml", toml)]);
    for line in ["", "serve", "serve --config proxy.toml"] {
        let said = PROXY.run(folder.path(), line).await;
        assert_eq!(said.code, Some(2), "{line:?}");
        for key in [
            "public_url: ",
            "database_url: ",
            "session_keys: ",
            "accounts.shop.appid: ",
            "accounts.shop.secret: ",
        ] {
            let mut lines = said.errors.lines();
            let is_named = lines.any(|line| line.contains(key));
            assert!(is_named, "{key} in {}", said.errors);
        }
        assert!(!said.errors.contains("a b"), "{}", said.errors);
    }
}

/// By every command that reads it, before anything is logged or asked.
#[tokio::test]
async fn an_address_with_a_password_that_is_not_encoded_is_refused_and_not_repeated() {
    let address = "postgres://sys_d:/7M+r?E':SECRET@127.0.0.1/wl";
    let toml = on_file("").replace("sqlite:proxy.sqlite", address);
    let folder = folder_of(&[("proxy.toml", &toml)]);
    for line in [
        "serve",
        "check",
        "erase --account shop --openid o1",
        "forget --unseen-days 100",
    ] {
        let said = PROXY.run(folder.path(), line).await;
        assert_eq!(said.code, Some(2), "{line:?}");
        said.assert_error("Percent-encode");
        for part in ["sys_d", "7M", "SECRET", "127.0.0.1"] {
            let all = format!("{}{}", said.errors, said.output);
            assert!(!all.contains(part), "{line}: {all}");
        }
    }
}

#[tokio::test]
async fn a_missing_configuration_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let said = PROXY.run(folder.path(), "--config missing.toml").await;
    assert_eq!(said.code, Some(2));
    said.assert_error("missing.toml: cannot be read");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let toml = on_file(&format!("listen = \"{address}\""));
    let folder = folder_of(&[("proxy.toml", &toml)]);
    let said = PROXY.run(folder.path(), "").await;
    assert_eq!(said.code, Some(1));
    said.assert_error("proxy.toml line ");
    said.assert_error(&format!(": listen: cannot bind {address}"));
}

/// Nothing asks WeChat before somebody signs in.
#[tokio::test]
async fn a_test_account_is_named_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let toml =
        on_file("listen = \"127.0.0.1:0\"").replace("simulator = true", "test_account = true");
    let log = PROXY.start(folder.path(), &toml).kill();
    let is_warned = |line: &str| line.contains(" WARN ") && line.contains("not for real users");
    assert!(log.lines().any(is_warned), "{log}");
}

#[tokio::test]
async fn the_api_is_described_without_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let said = PROXY.run(folder.path(), "openapi").await;
    assert_eq!(said.code, Some(0));
    let committed = include_str!("../../../../docs/openapi.json");
    assert!(said.output == committed);
}

/// A store in this folder, for which there is a configuration, and in which somebody is known.
async fn store_with_somebody(folder: &Path) -> SqliteStore {
    suite_log::must_not_be_logged([OPENID]);
    add_files(folder, &[("proxy.toml", on_file(""))]);
    let store = SqliteStore::open_file(&folder.join("proxy.sqlite")).await;
    let store = store.unwrap();
    let noted = NotedIdentity {
        owner: owner(OPENID),
        platform: None,
        unionid: None,
        noted_at: 1,
    };
    store.note_identity(&noted).await.unwrap();
    store
}

#[tokio::test]
async fn erase_says_how_many_records_there_were_and_who_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_somebody(folder.path()).await;
    for key in ["1", "2"] {
        let draft = draft_of(OPENID, key, 1);
        store.put_record(&draft, Precondition::None).await.unwrap();
    }
    let erase = async |folder: &Path, account: &str, openid: &str| {
        let line = format!("erase --account {account} --openid {openid}");
        PROXY.run(folder, &line).await
    };

    let said = erase(folder.path(), "shop", OPENID).await;
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert_eq!(said.output, "Erased the user and 2 record(s).\n");
    assert_eq!(known(&store).await, None);

    let elsewhere = folder_of(&[("proxy.toml", &on_file(""))]);
    for (folder, account, openid, words) in [
        (&elsewhere, "shop", OPENID, "there is no database at"),
        (&folder, "shop", OPENID, "nobody with this openid"),
        (&folder, "bakery", OPENID, "no account \"bakery\""),
        (&folder, "shop", "o/x", "no openid"),
    ] {
        let said = erase(folder.path(), account, openid).await;
        assert_eq!((said.code, said.output.as_str()), (Some(1), ""));
        said.assert_error(words);
        assert!(!said.errors.contains(openid), "{}", said.errors);
    }
    assert!(!elsewhere.path().join("proxy.sqlite").exists());
}

#[tokio::test]
async fn forget_counts_first_where_asked_and_takes_no_number_that_is_a_slip() {
    let folder = tempfile::tempdir().unwrap();
    store_with_somebody(folder.path()).await;
    let forget = async |arguments: &str| {
        let line = format!("forget --unseen-days={arguments}");
        PROXY.run(folder.path(), &line).await
    };
    for days in ["0", "30", "3661", "-1", "x"] {
        let said = forget(days).await;
        assert_eq!((said.code, said.output.as_str()), (Some(2), ""), "{days}");
    }
    for (arguments, words) in [
        ("31 --dry-run", "Would forget 1 user(s)"),
        ("31", "Forgot 1 user(s)"),
        ("31", "Forgot 0 user(s)"),
    ] {
        let said = forget(arguments).await;
        assert_eq!(said.code, Some(0), "{}", said.errors);
        assert!(said.output.starts_with(words), "{}", said.output);
    }
}

/// The log of a proxy that answers one request and is stopped, with this configuration besides and this `RUST_LOG`.
async fn log_of_a_request(lines: &str, level: &str) -> String {
    let (secret, code) = ("secretThatMustNotBeLogged", "codeThatMustNotBeLogged");
    suite_log::must_not_be_logged([secret, code]);
    let folder = tempfile::tempdir().unwrap();
    let usual = "listen = \"127.0.0.1:0\"\nwechat.api_base = \"http://127.0.0.1:9\"";
    let toml = on_file(&format!("{lines}\n{usual}")).replace(SECRET, secret);
    let toml = toml.replace("sqlite:proxy.sqlite", "sqlite::memory:");
    let program = PROXY.start_saying(level, folder.path(), &toml);
    let browser = Caller::new(program.base_url(), None);
    let response = browser.sign_in(code, VERIFIER).await;
    assert_eq!(response.status(), 503);
    program.kill()
}

#[tokio::test]
async fn json_is_an_object_on_each_line_with_the_request_id() {
    let log = log_of_a_request("log_format = \"json\"", "info").await;
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    let line = |message| lines.iter().find(|it| it["message"] == message).unwrap();
    assert_eq!(line("starting")["database"], "sqlite in memory");
    let answered = line("answered");
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
    let is_low = |line: &&str| line.contains(" DEBUG ") || line.contains(" TRACE ");
    let is_ours = |line: &str| line.contains("wechat_login_proxy");
    assert!(log.lines().filter(is_low).all(is_ours), "{log}");
}
