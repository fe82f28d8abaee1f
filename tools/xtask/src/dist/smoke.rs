//! A login through what was packed: the packed programs on free ports, the packed app, the packed configuration.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;

use super::package;
use crate::install::remove_folder;
use crate::listening::{Listening, socket_address, web_address};
use crate::workspace;

/// Of the simulator's first account.
const APPID: &str = "wx00000000000000a1";
const SECRET: &str = "simulator-secret-a1";
const STATE: &str = "12345678901234567890123456789012";
const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz012345";
const TIMEOUT: Duration = Duration::from_secs(20);

/// Starts simulator and proxy from the package, loads the app and signs somebody in.
///
/// # Errors
/// When anything of that does not work.
pub(crate) fn log_in(package: &Path) -> anyhow::Result<()> {
    let folder = super::target_folder().join("smoke");
    remove_folder(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let simulator = Listening::start(
        workspace::command(package.join(package::SIMULATOR))
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped()),
        web_address,
    )
    .context("the packed simulator")?;
    let wechat = &simulator.found;
    let database = folder.join("proxy.sqlite");
    let settings = [
        ("PUBLIC_URL", "http://127.0.0.1:8080".to_owned()),
        ("LISTEN", "127.0.0.1:0".to_owned()),
        ("DATABASE_URL", format!("sqlite:{}", database.display())),
        ("SESSION_KEYS", VERIFIER.to_owned()),
        ("SIMULATOR", "true".to_owned()),
        (
            "STATIC_DIR",
            package.join(package::APP).display().to_string(),
        ),
        ("WECHAT__API_BASE", wechat.clone()),
        ("WECHAT__OPEN_BASE", wechat.clone()),
        ("ACCOUNTS__SHOP__APPID", APPID.to_owned()),
        ("ACCOUNTS__SHOP__SECRET", SECRET.to_owned()),
    ];
    let mut command = workspace::command(package.join(package::PROXY));
    command
        .arg("--config")
        .arg(package.join("proxy.example.toml"))
        .stderr(Stdio::piped());
    for (key, value) in settings {
        command.env(format!("WECHAT_LOGIN__{key}"), value);
    }
    let proxy = Listening::start(&mut command, socket_address).context("the packed proxy")?;

    load_app(&proxy.found, package)?;
    sign_in(&proxy.found, wechat)
}

/// The page, and the WebAssembly compressed beforehand.
fn load_app(proxy: &str, package: &Path) -> anyhow::Result<()> {
    let page = ask(proxy, "GET", "/", "Accept: text/html\r\n", "")?;
    page.expect(200, "text/html")?;
    let app = package.join(package::APP);
    let files = package::files(&app)?;
    let wasm = files
        .iter()
        .find(|file| file.extension().is_some_and(|it| it == "wasm"))
        .context("no WebAssembly in the package")?;
    let path = format!("/{}", wasm.strip_prefix(&app)?.display());
    let wasm = ask(proxy, "GET", &path, "Accept-Encoding: br\r\n", "")?;
    wasm.expect(200, "application/wasm")?;
    anyhow::ensure!(
        wasm.header("content-encoding") == Some("br"),
        "{path} is not sent compressed"
    );
    Ok(())
}

/// As the app does it, and a stranger who saw only the address after it.
fn sign_in(proxy: &str, wechat: &str) -> anyhow::Result<()> {
    let path = format!(
        "/connect/oauth2/authorize?appid={APPID}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F\
         &response_type=code&scope=snsapi_base&state={STATE}"
    );
    let redirect = ask(wechat.trim_start_matches("http://"), "GET", &path, "", "")?;
    let code = redirect
        .header("location")
        .and_then(|location| location.split_once("code=")?.1.split('&').next())
        .with_context(|| format!("the simulator gives no code ({})", redirect.status))?;
    let exchange = |verifier: &str| {
        let body = format!(r#"{{"account":"shop","code":"{code}","verifier":"{verifier}"}}"#);
        let headers = "Content-Type: application/json\r\n";
        ask(proxy, "POST", "/api/session", headers, &body)
    };
    let session = exchange(VERIFIER)?;
    session.expect(200, "application/json")?;
    let openid = field(&session.body, "openid").context("a session without an openid")?;
    let cookie = session
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .context("a session without a cookie")?;
    let headers = format!("Cookie: {cookie}\r\n");
    let again = ask(proxy, "GET", "/api/session", &headers, "")?;
    again.expect(200, "application/json")?;
    anyhow::ensure!(
        field(&again.body, "openid") == Some(openid),
        "the cookie is somebody else's"
    );
    let stranger = exchange(STATE)?;
    anyhow::ensure!(
        stranger.status != 200 && field(&stranger.body, "code") == Some("code_used"),
        "a stranger with the code is answered with {}",
        stranger.status
    );
    Ok(())
}

/// An HTTP answer, whole.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn expect(&self, status: u16, content_type: &str) -> anyhow::Result<()> {
        let found = self.header("content-type").unwrap_or_default();
        anyhow::ensure!(
            self.status == status && found.starts_with(content_type),
            "{status} with {content_type} was expected, {} with {found:?} came: {}",
            self.status,
            self.body
        );
        Ok(())
    }
}

/// One request on a connection of its own; `headers` end each with a line break.
fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> anyhow::Result<Answer> {
    let mut stream =
        TcpStream::connect(address).with_context(|| format!("cannot reach {address}"))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).with_context(|| format!("{method} {path}: not HTTP"))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// The text of a JSON field, which holds nothing that needs escaping here.
fn field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_apart() {
        let answer = parse(
            b"HTTP/1.1 302 Found\r\nLocation: /?code=a&state=b\r\nX: y\r\n\r\n{\"openid\":\"o1\"}",
        );
        let answer = answer.unwrap();
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), Some("/?code=a&state=b"));
        assert_eq!(field(&answer.body, "openid"), Some("o1"));
        assert_eq!(field(&answer.body, "unionid"), None);
        assert!(answer.expect(200, "").is_err());
        assert!(parse(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").is_none());
    }
}
