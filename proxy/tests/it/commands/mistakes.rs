//! What operators do by mistake, done for real: a service with a user of its own, root's hand beside it. Of each `check`
//! has to say the same as the service does, whoever asks.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::geteuid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::support::*;

/// The service's user; nobody on this machine.
pub(super) const SERVICE: u32 = 64_123;
const KEY: &str = "a3f1c09e57d2b8460e9cd1735fa8b264";
const OTHER: &str = "7b1d0c5e9a2f48637d0b1e5c9f2a48d6";

/// An installation in a folder of its own, as the documents describe one without systemd.
pub(super) struct Installation {
    pub(super) folder: TempDir,
    port: u16,
}

impl Installation {
    pub(super) fn new(wechat: &str) -> Self {
        let files = [
            ("credentials/session-keys", KEY),
            ("credentials/shop", SECRET),
            ("app/index.html", "<!DOCTYPE html><title>app</title>"),
            ("app/snippets/a.js", ""),
        ];
        let folder = folder_of(&files);
        let port = test_support::addresses::free_address().port();
        let it = Self { folder, port };
        let folder = it.folder.path().display();
        let toml = toml(&format!(
            "listen = \"127.0.0.1:{port}\"\ndatabase_url = \"sqlite:{folder}/data/proxy.sqlite\"\n\
             static_dir = \"{folder}/app\"\nsession_keys_credential = \"session-keys\"\n\
             wechat = {{ api_base = \"{wechat}\", open_base = \"{wechat}\" }}"
        ));
        let own = format!("secret = \"{SECRET}\"");
        let toml = toml.replace(&own, "secret_credential = \"shop\"");
        add_files(it.folder.path(), &[("proxy.toml", toml)]);
        std::fs::create_dir(it.at("data")).unwrap();
        it.mode(".", 0o755);
        for (path, mode) in [
            ("data", 0o700),
            ("credentials", 0o700),
            ("credentials/shop", 0o600),
            ("credentials/session-keys", 0o600),
        ] {
            it.mode(path, mode);
            it.own(path, SERVICE);
        }
        it
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn mode(&self, path: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.at(path), mode).unwrap();
    }

    pub(super) fn own(&self, path: &str, owner: u32) {
        chown(self.at(path), Some(owner), Some(owner)).unwrap();
    }

    /// What root types there.
    fn types(&self, line: &str) {
        let mut shell = std::process::Command::new("sh");
        let shell = shell.args(["-ec", line]).current_dir(self.folder.path());
        let names = [("KEY", KEY), ("OTHER", OTHER), ("SERVICE", "64123")];
        assert!(shell.envs(names).status().unwrap().success(), "{line}");
    }

    fn command(&self, program: &Path, user: u32, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).uid(user).gid(user);
        command
            .env_remove("WECHAT_LOGIN_CONFIG")
            .args(arguments.split_whitespace());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// The exit code of `check`, and all that it says. None where the user may not even run it.
    pub(super) async fn check(
        &self,
        program: &Path,
        user: u32,
        more: &str,
    ) -> (Option<i32>, String) {
        let mut check = self.command(program, user, &format!("check {more}"));
        let Ok(output) = check.output().await else {
            return (None, String::new());
        };
        suite_log::keep("program", &output.stderr);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    /// Whether the service starts and is ready. Its last word where not.
    async fn serves(&self, program: &Path) -> Result<(), String> {
        let mut serve = self.command(program, SERVICE, "serve");
        let mut process = serve.spawn().map_err(|error| error.to_string())?;
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut last = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            suite_log::keep("program", line.as_bytes());
            if line.contains("listening") {
                let ask = format!("health --ready --address 127.0.0.1:{}", self.port);
                let asked = PROXY.run(self.folder.path(), &ask).await;
                return if asked.code == Some(0) {
                    Ok(())
                } else {
                    Err(asked.errors)
                };
            }
            last = line;
        }
        Err(last)
    }
}

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<(String, String, bool)>,
}

fn cases() -> Vec<(String, String, bool)> {
    let cases: Cases = toml::from_str(include_str!("mistakes.toml")).unwrap();
    cases.cases
}

/// The program where everybody may run it, wherever this was built.
fn program(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("wechat-login-proxy");
    std::fs::copy(PROXY.0, &path).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[actix_web::test]
async fn check_says_of_every_mistake_what_the_service_does_with_it() {
    if !geteuid().is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let simulator = Simulator::start().await.unwrap();
    let bin = tempfile::tempdir().unwrap();
    let program = program(&bin);
    let free_ports = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let free_ports: u16 = free_ports.unwrap().trim().parse().unwrap();
    for (case, line, starts) in cases() {
        if line.contains(":81") && free_ports <= 81 {
            eprintln!("skipped: here everybody may take port 81");
            continue;
        }
        let it = Installation::new(&simulator.base_url());
        it.types(&line);
        let by_service = it.check(&program, SERVICE, "--unit none").await;
        // Where the folder does not tell whose it shall be.
        let of_root = format!("--unit none --user {SERVICE}");
        let by_root = it.check(&program, 0, &of_root).await;
        let serves = it.serves(&program).await;
        assert_eq!(serves.is_ok(), starts, "{case}: {serves:?}");
        for (who, (code, said)) in [("the service", by_service), ("root", by_root)] {
            assert_eq!(code == Some(0), starts, "{case}, asked by {who}: {said}");
            assert!(
                !said.contains(KEY) && !said.contains("panicked"),
                "{case}: {said}"
            );
        }
    }
    let it = Installation::new(&simulator.base_url());
    for (line, words) in [
        (
            "chmod 644 credentials/shop",
            "warning  permissions: Its folder alone",
        ),
        (
            "chmod 755 credentials",
            "warning  permissions: Every user of this machine may read",
        ),
        (
            "chmod 666 proxy.toml",
            "warning  permissions: Every user of this machine may change the configuration",
        ),
        (
            "mkdir data/proxy.sqlite-restore",
            "To do: run `wechat-login-proxy restore FILE` again.",
        ),
    ] {
        it.types(line);
        let (_, said) = it.check(&program, 0, "--unit none").await;
        assert!(said.contains(words), "{line}: {said}");
    }
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(it.serves(&program).await.is_err());
    let (code, said) = it.check(&program, 0, "--unit none").await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("64123 cannot run"), "{said}");
}

#[actix_web::test]
async fn an_address_is_the_services_own_or_another_programs() {
    let simulator = Simulator::start().await.unwrap();
    let it = Installation::new(&simulator.base_url());
    let program = Path::new(PROXY.0);
    let other = std::net::TcpListener::bind(("127.0.0.1", it.port)).unwrap();
    let (code, said) = it.check(program, geteuid().as_raw(), "--unit none").await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("taken by another program"), "{said}");
    drop(other);
    let toml = std::fs::read_to_string(it.at("proxy.toml")).unwrap();
    let _running = PROXY.start(it.folder.path(), &toml);
    let (code, said) = it.check(program, geteuid().as_raw(), "--unit none").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("held by the running service"), "{said}");
    // Before a restart the file already says what the service will be.
    let [other, metrics] = [(); 2].map(|()| test_support::addresses::free_address());
    let running = format!("metrics_listen = \"{metrics}\"\n{toml}");
    let elsewhere = running.replace(&format!(":{}", it.port), &format!(":{}", other.port()));
    let renamed = running.replace(":8080", ":8088");
    let _second = PROXY.start(
        it.folder.path(),
        &elsewhere.replace("/data/proxy", "/data/second"),
    );
    for (toml, words) in [
        (
            renamed.clone(),
            "held by a running wechat-login-proxy for http://127.0.0.1:8080",
        ),
        (running, "held by the running service"),
    ] {
        std::fs::write(it.at("proxy.toml"), toml).unwrap();
        let (code, said) = it.check(program, geteuid().as_raw(), "--unit none").await;
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(words), "{said}");
        let words = format!("{metrics} is held by the running service");
        assert!(said.contains(&words), "{said}");
    }
}
