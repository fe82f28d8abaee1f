//! A login through what was packed: the packed programs on free ports, the packed app, the packed configuration.

use std::path::Path;
use std::process::Stdio;

use test_support::program::Executable;
use test_support::text::replaced;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::folder;
use crate::support::*;

#[tokio::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn somebody_logs_in_through_what_was_packed() {
    let packed = |name: &str| folder().join(name).display().to_string();
    let mut simulator = Command::new(packed("bin/wechat-simulator"))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut greeting = BufReader::new(simulator.stdout.take().unwrap()).lines();
    let greeting = greeting.next_line().await.unwrap().unwrap();
    let wechat = greeting.split(' ').find(|it| it.starts_with("http://"));
    let wechat = wechat.unwrap();
    let app = packed("app");
    let sample = std::fs::read_to_string(packed("proxy.example.toml")).unwrap();
    let filled = [
        ("https://shop.example\"\n", "http://127.0.0.1:8080\"\n"),
        ("127.0.0.1:8081", "127.0.0.1:0"),
        ("/var/lib/wechat-login/proxy.sqlite", "proxy.sqlite"),
        (
            "# session_keys = [\"new\", \"old\"]",
            &format!("session_keys = [\"{SESSION_KEY}\"]"),
        ),
        (
            "# static_dir = \"/usr/share/wechat-login/app\"",
            &format!("static_dir = \"{app}\""),
        ),
        ("# simulator = false", "simulator = true"),
        (
            "# api_base = \"https://api.weixin.qq.com\"",
            &format!("api_base = \"{wechat}\""),
        ),
        (
            "# open_base = \"https://open.weixin.qq.com\"",
            &format!("open_base = \"{wechat}\""),
        ),
        (
            "\nappid = \"wx0123456789abcdef\"",
            &format!("\nappid = \"{APPID}\""),
        ),
        (
            "# secret_credential = \"shop\"",
            &format!("secret = \"{SECRET}\""),
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let program = Executable(packed("bin/wechat-login-proxy").leak(), None);
    let proxy = program.start(folder.path(), &replaced(&sample, filled));
    let browser = Caller::new(proxy.base_url(), None);

    let page = browser.get("/").await;
    assert_eq!(
        (page.code(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let module = browser
        .browser
        .get(format!("{}/{}", browser.base_url, module(Path::new(&app))));
    let module = module.header("Accept-Encoding", "br").answer().await;
    assert_eq!(
        (module.code(), module.header("content-type")),
        (200, "application/wasm")
    );
    assert_eq!(module.header("content-encoding"), "br");

    // As the app does it, and a stranger who saw only the address after it.
    let authorize = format!(
        "{wechat}/connect/oauth2/authorize?appid={APPID}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F\
         &response_type=code&scope=snsapi_base&state={VERIFIER}"
    );
    let redirect = browser.browser.get(authorize).answer().await;
    let (_, code) = redirect.header("location").split_once("code=").unwrap();
    let code = code.split('&').next().unwrap();
    let session = browser.sign_in(code, VERIFIER).await.session().await;
    assert_eq!(browser.current_session().await, Some(session));
    let stranger = Caller::new(proxy.base_url(), None);
    let refused = stranger.sign_in(code, OTHER_VERIFIER).await;
    refused.error(409, CodeUsed).await;
}

/// The name of the one WebAssembly module in this folder.
fn module(app: &Path) -> String {
    let files = app.read_dir().unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut modules = names.filter(|name| name.ends_with(".wasm"));
    modules.next().expect("no WebAssembly in the package")
}
