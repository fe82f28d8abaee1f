//! The program itself: what it does with its command line and configuration.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wechat-login-proxy"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("WECHAT_LOGIN_CONFIG")
        .output()
        .unwrap()
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
