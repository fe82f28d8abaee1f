//! schemathesis over the description of the running program: directly on SQLite, and on PostgreSQL behind nginx as it is
//! documented.
//!
//! `make test` runs it with one seed and a fixed number of cases, so that it finds the same every time; `make fuzz` with
//! others. `WECHAT_LOGIN_SCHEMATHESIS` is the folder schemathesis is installed in, `run.py` calls it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use test_support::program::Program;
use test_support::text::replaced;

use crate::support::*;

/// The configuration of `make dev`, so that it is tried, too.
const DEV: &str = include_str!("../../dev.toml");
const NGINX: &str = include_str!("../../../docs/deploy/nginx-static.conf");
const SERVICE_KEY: &str = "development-only-not-a-secret-orders-0123456789";
/// Repeats a run.
const SEED: (&str, &str) = ("WECHAT_LOGIN_FUZZ_SEED", "20261123");
/// How many cases each operation of the description gets in each phase.
const CASES: (&str, &str) = ("WECHAT_LOGIN_FUZZ_CASES", "20");

#[tokio::test]
#[ignore = "needs schemathesis, which `cargo xtask api-fuzz` installs"]
async fn the_description_holds_directly() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::start().await.unwrap();
    let proxy = proxy(folder.path(), "sqlite:proxy.sqlite", &simulator);
    fuzz(proxy.address, &simulator, folder.path(), &[SERVICE_KEY]);
}

/// What nginx keeps to itself is left out: `/service/`, and everything that is not the API's.
#[tokio::test]
#[ignore = "needs schemathesis, which `cargo xtask api-fuzz` installs"]
async fn the_description_holds_behind_nginx() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::start().await.unwrap();
    let database = postgres::new_database().await;
    let proxy = proxy(folder.path(), &database, &simulator);
    let app = format!("root {};", folder.path().display());
    let changes = [
        (
            "include /etc/nginx/wechat-login-headers.conf;",
            "map $uri $wechat_login_policy { default \"\"; }".to_owned(),
        ),
        ("root /usr/share/wechat-login/app;", app),
        (
            "server 127.0.0.1:8081;",
            format!("server {};", proxy.address),
        ),
    ];
    let nginx = Nginx::documented(NGINX, changes);
    fuzz(nginx.address, &simulator, folder.path(), &[]);
}

/// The program with the configuration of `make dev`, elsewhere and on this database. All requests come from one address
/// and one user, so nothing is limited.
fn proxy(folder: &Path, database: &str, simulator: &Simulator) -> Program {
    suite_log::must_not_be_logged([SERVICE_KEY]);
    let wechat = format!("\"{}\"", simulator.base_url());
    let toml = replaced(
        DEV,
        [
            ("\"127.0.0.1:8081\"", "\"127.0.0.1:0\"".to_owned()),
            (
                "\"sqlite:target/dev/proxy.sqlite\"",
                format!("\"{database}\""),
            ),
            (
                "api_base = \"http://127.0.0.1:8082\"",
                format!("api_base = {wechat}"),
            ),
            (
                "open_base = \"http://127.0.0.1:8082\"",
                format!("open_base = {wechat}"),
            ),
            (
                "simulator = true\n",
                "simulator = true\ntrusted_proxies = [\"127.0.0.1\"]\n".to_owned(),
            ),
            // There is nothing at its address elsewhere, whatever the method.
            (
                "[accounts.shop]\n",
                "[accounts.shop]\njssdk = true\n".to_owned(),
            ),
        ],
    );
    let unlimited = "[limits]\nexchanges_per_client_per_minute = 1000000\nwrites_per_user_per_minute = 1000000\n";
    // As much as any operator can have it say: the log is searched afterwards.
    PROXY.start_saying("trace", folder, &format!("{toml}{unlimited}"))
}

/// Without a service key, the operations that need one are left out.
fn fuzz(address: SocketAddr, simulator: &Simulator, folder: &Path, service_key: &[&str]) {
    let installed = std::env::var_os("WECHAT_LOGIN_SCHEMATHESIS")
        .expect("WECHAT_LOGIN_SCHEMATHESIS says where schemathesis is; `make test` installs it");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let told = |(name, usual): (&str, &str)| std::env::var(name).unwrap_or_else(|_| usual.into());
    let output = Command::new(PathBuf::from(installed).join("bin/python"))
        // No compiled files beside the sources.
        .arg("-B")
        .arg(scripts.join("run.py"))
        .args([format!("http://{address}"), simulator.base_url()])
        .args([told(SEED), told(CASES)])
        .args(service_key)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    // Past what cargo holds back of tests that pass: a figure is of use only if it is seen.
    for line in said.lines().filter(|line| line.contains(" generated, ")) {
        let _ = writeln!(std::io::stderr(), "schemathesis: {}", line.trim());
    }
    assert!(
        output.status.success(),
        "schemathesis found something, see above"
    );
}
