//! `check` as a program: exit codes, and what it prints where.

use tempfile::TempDir;

use crate::support::*;

const WRONG: &str = "not-the-secret";

/// A folder with a configuration whose WeChat is a simulator's.
async fn folder_with(secret: &str) -> (Simulator, TempDir) {
    suite_log::must_not_be_logged([WRONG]);
    let simulator = Simulator::start().await.unwrap();
    let wechat = simulator.base_url();
    let wechat = format!("wechat = {{ api_base = \"{wechat}\", open_base = \"{wechat}\" }}");
    let toml = super::on_file(&wechat).replace(SECRET, secret);
    (simulator, folder_of(&[("proxy.toml", &toml)]))
}

#[actix_web::test]
async fn warnings_are_allowed_and_errors_are_not() {
    let (_simulator, folder) = folder_with(SECRET).await;
    let said = PROXY.run(folder.path(), "check").await;
    assert_eq!(said.code, Some(0), "{}", said.output);
    for words in ["\nwarning  cookie: ", "\nok       credentials: "] {
        assert!(said.output.contains(words), "{}", said.output);
    }
    assert!(!folder.path().join("proxy.sqlite").exists());

    let (_simulator, folder) = folder_with(WRONG).await;
    let said = PROXY.run(folder.path(), "check --config proxy.toml").await;
    assert_eq!(said.code, Some(1), "{}", said.output);
    let words = "\nerror    credentials: ";
    assert!(said.output.contains(words), "{}", said.output);
    assert!(!said.output.contains(WRONG), "{}", said.output);
}

/// Behind a router that does not lead its own address back, a machine does not reach its own site. Phones do.
#[actix_web::test]
async fn a_site_that_this_machine_does_not_reach_is_no_error() {
    let (_simulator, folder) = folder_with(SECRET).await;
    let site = format!("https://{}", test_support::addresses::free_address());
    let toml = std::fs::read_to_string(folder.path().join("proxy.toml")).unwrap();
    let toml = toml.replace("http://127.0.0.1:8080", &site).replacen(
        "secret = ",
        "verify_files = [\"MP_verify_a1.txt\"]\nsecret = ",
        1,
    );
    add_files(folder.path(), &[("proxy.toml", toml)]);
    let said = PROXY.run(folder.path(), "check").await;
    assert_eq!(said.code, Some(0), "{} {}", said.output, said.errors);
    for check in ["certificate", "verify_file"] {
        let words = format!("\nwarning  {check}: ");
        assert!(said.output.contains(&words), "{}", said.output);
    }
}

#[actix_web::test]
async fn json_is_a_list_and_has_the_same_exit_code() {
    let (_simulator, folder) = folder_with(WRONG).await;
    let said = PROXY.run(folder.path(), "check --json").await;
    assert_eq!(said.code, Some(1));
    let findings: Vec<Value> = serde_json::from_str(&said.output).unwrap();
    let is_wrong = |it: &&Value| it["check"] == "credentials" && it["level"] == "error";
    let wrong = findings.iter().find(is_wrong).unwrap();
    for key in ["what", "why", "fix"] {
        assert!(wrong[key].is_string(), "{wrong}");
    }
}

#[actix_web::test]
async fn what_cannot_be_looked_at_is_exit_code_two() {
    let folder = folder_of(&[("proxy.toml", "public_url = 1\n")]);
    for arguments in [
        "",
        "--json",
        "--config missing.toml",
        "--url shop.example",
        "--url https://shop.example/?x",
        "--url ftp://shop.example",
        "--url https://shop.example --verify-file index.html",
        "--verify-file MP_verify_a1.txt",
    ] {
        let said = PROXY
            .run(folder.path(), &format!("check {arguments}"))
            .await;
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert!(said.output.is_empty(), "{arguments:?}");
        assert!(!said.errors.is_empty(), "{arguments:?}");
    }
}

#[actix_web::test]
async fn a_site_needs_no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let said = PROXY
        .run(folder.path(), "check --url http://127.0.0.1:9")
        .await;
    assert_eq!(said.code, Some(1), "{}", said.output);
    let is_said = said.output.starts_with("error    connection: ");
    assert!(is_said, "{}", said.output);
}
