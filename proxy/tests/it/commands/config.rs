//! `config` as a program.

use super::on_file;
use crate::support::*;

#[tokio::test]
async fn what_holds_is_shown_with_its_place_and_without_secrets() {
    let folder = folder_of(&[("proxy.toml", &on_file("listen = \"\""))]);
    let said = PROXY.run(folder.path(), "config").await;
    let fine = "The configuration has no problems.\n";
    assert_eq!((said.code, said.output.as_str()), (Some(0), fine));

    let said = PROXY.run(folder.path(), "config --show").await;
    assert_eq!((said.code, said.errors.as_str()), (Some(0), ""));
    for line in [
        "listen = \"127.0.0.1:8081\"  # default",
        "simulator = true  # proxy.toml line ",
        "# secret: set (proxy.toml line ",
    ] {
        assert!(said.output.contains(line), "{}", said.output);
    }
    assert!(!said.output.contains(SECRET), "{}", said.output);
}

#[tokio::test]
async fn what_holds_is_shown_also_where_something_is_wrong() {
    let folder = folder_of(&[("proxy.toml", &on_file("listen = \"x\""))]);
    for (line, shown) in [
        ("config", ""),
        (
            "config --show",
            "\n# listen: wrong, see the problems  # proxy.toml line ",
        ),
    ] {
        let said = PROXY.run(folder.path(), line).await;
        assert_eq!(said.code, Some(2));
        assert!(said.output.contains(shown), "{}", said.output);
        said.assert_error(": listen: \"x\" is not an IP address");
    }
}

/// As `| head` does with a reader that wants the first lines alone.
#[test]
fn nobody_reading_is_no_failure() {
    let folder = folder_of(&[("proxy.toml", &on_file(""))]);
    for line in [
        "config --show",
        "config",
        "openapi",
        "headers --static-dir .",
        "--help",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut program = std::process::Command::new(PROXY.0);
        let program = program.args(line.split(' ')).stdout(writer);
        add_files(folder.path(), &[("index.html", "<!DOCTYPE html>")]);
        let said = program.current_dir(folder.path()).output().unwrap();
        let errors = String::from_utf8(said.stderr).unwrap();
        assert_eq!(
            (said.status.code(), errors.as_str()),
            (Some(0), ""),
            "{line}"
        );
    }
}
