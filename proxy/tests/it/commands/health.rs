//! The subcommand `health`.

use std::path::Path;
use std::process::Output;

use crate::life_cycle::site::Settings;
use crate::support::PROXY;

fn health(folder: &Path, arguments: &[&str]) -> Output {
    PROXY.run(folder, &[&["health"], arguments].concat())
}

#[tokio::test]
async fn health_says_by_its_exit_code_whether_the_program_runs_and_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("proxy.sqlite");
    let settings = Settings {
        delay: 10,
        ..Settings::on(&database)
    };
    let mut program = PROXY.start(folder.path(), &settings.toml());
    let address = program.address.to_string();
    let at = ["--address", &address];
    let ready = ["--address", &address, "--ready"];
    for arguments in [&at[..], &ready] {
        let output = health(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }

    program.signal("TERM");
    program.wait_for("readiness says no");
    assert_eq!(
        health(folder.path(), &at).status.code(),
        Some(0),
        "still alive"
    );
    let output = health(folder.path(), &ready);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("/readyz answers \"HTTP/1.1 503\""), "{text}");

    program.signal("TERM");
    assert!(program.wait().success());
    let output = health(folder.path(), &at);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("does not answer"), "{text}");
}

#[test]
fn without_an_address_the_configured_one_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let database = folder.path().join("proxy.sqlite");
    let settings = Settings {
        listen: &address,
        ..Settings::on(&database)
    };
    let program = PROXY.start(folder.path(), &settings.toml());
    assert_eq!(health(folder.path(), &[]).status.code(), Some(0));
    drop(program);
    assert_eq!(health(folder.path(), &[]).status.code(), Some(1));
}
