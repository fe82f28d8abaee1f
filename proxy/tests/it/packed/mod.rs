//! What is in an unpacked archive, used as it is there: programs and app by [`login`], each sample by what it is for, with
//! nothing changed but what is the operator's (names, addresses, ports, paths), and all of it by an operator ([`runbook`]).
//! `WECHAT_LOGIN_PACKAGE` is the folder.

mod caddy;
mod login;
mod nginx;
mod runbook;
mod samples;
mod unit;
mod visitor;

use std::path::PathBuf;
use std::process::Command;

/// The folder of the package.
fn folder() -> PathBuf {
    let folder = std::env::var_os("WECHAT_LOGIN_PACKAGE");
    folder
        .expect("WECHAT_LOGIN_PACKAGE says where the package is")
        .into()
}

/// The text of a sample.
fn sample(name: &str) -> String {
    let path = folder().join("docs/deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The packed app's headers in the form of this web server, by the packed program.
fn headers(format: &str) -> String {
    let mut program = Command::new(folder().join("bin/wechat-login-proxy"));
    program.args(["headers", "--format", format, "--static-dir"]);
    let output = program.arg(folder().join("app")).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
