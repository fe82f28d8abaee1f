//! A login through what was packed: the packed programs on free ports, the packed app, the packed configuration.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;

use super::package;
use crate::http::{Response, ask};
use crate::listening::Listening;
use crate::workspace;

/// Of the simulator's first account.
const APPID: &str = "wx00000000000000a1";
const SECRET: &str = "simulator-secret-a1";
const STATE: &str = "12345678901234567890123456789012";
const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz012345";

/// Starts simulator and proxy from the package, loads the app and signs somebody in.
pub(super) fn log_in(package: &Path) -> anyhow::Result<()> {
    let folder = super::target_folder().join("smoke");
    workspace::remove_folder(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let mut simulator = workspace::command(package.join(package::SIMULATOR));
    simulator
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped());
    let simulator =
        Listening::start(&mut simulator, "not WeChat").context("the packed simulator")?;
    let wechat = format!("http://{}", simulator.address);
    let database = format!("sqlite:{}", folder.join("proxy.sqlite").display());
    let app = package.join(package::APP).display().to_string();
    let mut proxy = workspace::command(package.join(package::PROXY));
    proxy
        .arg("--config")
        .arg(package.join("proxy.example.toml"))
        .stderr(Stdio::piped());
    for (key, value) in [
        ("PUBLIC_URL", "http://127.0.0.1:8080"),
        ("LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", &database),
        ("SESSION_KEYS", VERIFIER),
        ("SIMULATOR", "true"),
        ("STATIC_DIR", &app),
        ("WECHAT__API_BASE", &wechat),
        ("WECHAT__OPEN_BASE", &wechat),
        ("ACCOUNTS__SHOP__APPID", APPID),
        ("ACCOUNTS__SHOP__SECRET", SECRET),
    ] {
        proxy.env(format!("WECHAT_LOGIN__{key}"), value);
    }
    let proxy = Listening::start(&mut proxy, ": listening ").context("the packed proxy")?;
    load_app(&proxy.address, package)?;
    sign_in(&proxy.address, &simulator.address)
}

/// The page, and the WebAssembly compressed beforehand.
fn load_app(proxy: &str, package: &Path) -> anyhow::Result<()> {
    expect(
        &ask(proxy, "GET /", "Accept: text/html\r\n", "")?,
        200,
        "text/html",
    )?;
    let app = package.join(package::APP);
    let files = workspace::files(&app)?;
    let is_wasm = |file: &&PathBuf| file.extension().is_some_and(|it| it == "wasm");
    let wasm = files
        .iter()
        .find(is_wasm)
        .context("no WebAssembly in the package")?;
    let get = format!("GET /{}", wasm.strip_prefix(&app)?.display());
    let wasm = ask(proxy, &get, "Accept-Encoding: br\r\n", "")?;
    expect(&wasm, 200, "application/wasm")?;
    let is_compressed = wasm.header("content-encoding") == Some("br");
    anyhow::ensure!(is_compressed, "{get} is not answered compressed");
    Ok(())
}

/// As the app does it, and a stranger who saw only the address after it.
fn sign_in(proxy: &str, wechat: &str) -> anyhow::Result<()> {
    let authorize = format!(
        "GET /connect/oauth2/authorize?appid={APPID}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F\
         &response_type=code&scope=snsapi_base&state={STATE}"
    );
    let redirect = ask(wechat, &authorize, "", "")?;
    let code = redirect
        .header("location")
        .and_then(|location| location.split_once("code=")?.1.split('&').next())
        .with_context(|| format!("the simulator gives no code ({})", redirect.status))?;
    let exchange = |verifier: &str| {
        let body = format!(r#"{{"account":"shop","code":"{code}","verifier":"{verifier}"}}"#);
        ask(
            proxy,
            "POST /api/session",
            "Content-Type: application/json\r\n",
            &body,
        )
    };
    let session = exchange(VERIFIER)?;
    expect(&session, 200, "application/json")?;
    let openid = field(&session.body, "openid").context("a session without an openid")?;
    let cookie = session
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .context("a session without a cookie")?;
    let again = ask(
        proxy,
        "GET /api/session",
        &format!("Cookie: {cookie}\r\n"),
        "",
    )?;
    expect(&again, 200, "application/json")?;
    let is_same = field(&again.body, "openid") == Some(openid);
    anyhow::ensure!(is_same, "the cookie is somebody else's");
    let stranger = exchange(STATE)?;
    anyhow::ensure!(
        stranger.status != 200 && field(&stranger.body, "code") == Some("code_used"),
        "a stranger with the code is answered with {}",
        stranger.status
    );
    Ok(())
}

fn expect(response: &Response, status: u16, content_type: &str) -> anyhow::Result<()> {
    let found = response.header("content-type").unwrap_or_default();
    anyhow::ensure!(
        response.status == status && found.starts_with(content_type),
        "{status} with {content_type} was expected, {} with {found:?} came: {}",
        response.status,
        response.body
    );
    Ok(())
}

/// The text of a JSON field, which holds nothing that needs escaping here.
fn field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    rest.split('"').next()
}
