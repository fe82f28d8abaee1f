//! `check` as a program: exit codes, and what it prints where.

use std::path::Path;
use std::process::Output;

use test_support::suite_log;
use wechat_simulator::Simulator;

use crate::support::PROXY;

async fn run(folder: &Path, arguments: &[&str]) -> Output {
    suite_log::must_not_be_logged(["not-the-secret"]);
    let folder = folder.to_owned();
    let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
    // The simulator answers on this thread.
    tokio::task::spawn_blocking(move || {
        let arguments = arguments.iter().map(String::as_str);
        PROXY.run(
            &folder,
            &["check"].into_iter().chain(arguments).collect::<Vec<_>>(),
        )
    })
    .await
    .unwrap()
}

fn write_config(folder: &Path, simulator: &str, secret: &str) {
    let toml = format!(
        "public_url = \"http://127.0.0.1:8080\"\ndatabase_url = \"sqlite:proxy.sqlite\"\nsimulator = true\n\
         session_keys = [\"a3f1c09e57d2b8460e9cd1735fa8b264\"]\n\
         wechat = {{ api_base = \"{simulator}\", open_base = \"{simulator}\" }}\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"{secret}\"\ntitle = \"t\"\n"
    );
    std::fs::write(folder.join("proxy.toml"), toml).unwrap();
}

#[actix_web::test]
async fn warnings_are_allowed_and_errors_are_not() {
    let simulator = Simulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path(), &simulator.base_url(), "simulator-secret-a1");
    let output = run(folder.path(), &[]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("\nwarning  cookie: "), "{text}");
    assert!(text.contains("\nok       credentials: "), "{text}");
    assert!(!folder.path().join("proxy.sqlite").exists());

    write_config(folder.path(), &simulator.base_url(), "not-the-secret");
    let output = run(folder.path(), &["--config", "proxy.toml"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("\nerror    credentials: "), "{text}");
    assert!(!text.contains("not-the-secret"), "{text}");
}

#[actix_web::test]
async fn json_is_a_list_and_has_the_same_exit_code() {
    let simulator = Simulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path(), &simulator.base_url(), "not-the-secret");
    let output = run(folder.path(), &["--json"]).await;
    assert_eq!(output.status.code(), Some(1));
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let wrong = findings.iter().find(|it| it["check"] == "credentials");
    let wrong = wrong.unwrap();
    assert_eq!(wrong["level"], "error");
    for key in ["what", "why", "fix"] {
        assert!(wrong[key].is_string(), "{wrong}");
    }
}

#[actix_web::test]
async fn what_cannot_be_looked_at_is_exit_code_two() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("proxy.toml"), "public_url = 1\n").unwrap();
    for arguments in [
        &[][..],
        &["--json"],
        &["--config", "missing.toml"],
        &["--url", "shop.example"],
        &[
            "--url",
            "https://shop.example",
            "--verify-file",
            "index.html",
        ],
        &["--verify-file", "MP_verify_a1.txt"],
    ] {
        let output = run(folder.path(), arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[actix_web::test]
async fn a_site_needs_no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--url", "http://127.0.0.1:9"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("error    connection: "), "{text}");
}
