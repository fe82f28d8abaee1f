//! The subcommand `health`.

use crate::life_cycle::site::Settings;
use crate::support::*;

#[tokio::test]
async fn health_says_by_its_exit_code_whether_the_program_runs_and_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        delay: 10,
        ..Settings::in_folder(folder.path())
    };
    let mut program = PROXY.start(folder.path(), &settings.toml());
    let at = format!("health --address {}", program.address);
    let ready = format!("{at} --ready");
    for line in [&at, &ready] {
        let said = PROXY.run(folder.path(), line).await;
        assert_eq!((said.code, said.errors.as_str()), (Some(0), ""));
    }

    program.signal("TERM");
    program.wait_for("readiness says no");
    let said = PROXY.run(folder.path(), &at).await;
    assert_eq!(said.code, Some(0), "still alive");
    let said = PROXY.run(folder.path(), &ready).await;
    assert_eq!(said.code, Some(1));
    said.assert_error("/readyz answers \"HTTP/1.1 503\"");

    program.signal("TERM");
    assert!(program.wait().success());
    let said = PROXY.run(folder.path(), &at).await;
    assert_eq!(said.code, Some(1));
    said.assert_error("does not answer");
}

#[tokio::test]
async fn without_an_address_the_configured_one_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        listen: &test_support::addresses::free_address().to_string(),
        ..Settings::in_folder(folder.path())
    };
    let program = PROXY.start(folder.path(), &settings.toml());
    assert_eq!(PROXY.run(folder.path(), "health").await.code, Some(0));
    drop(program);
    assert_eq!(PROXY.run(folder.path(), "health").await.code, Some(1));
}
