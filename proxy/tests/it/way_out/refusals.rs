//! What a forward proxy does to a tunnel before it stands: the log says whose fault it is, `check` says it as well and
//! what to do, and the code is good for the next try.

use std::path::Path;

use test_support::addresses::free_address;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use wechat_login_proxy::commands::check::{self, Level};
use wechat_login_proxy::login::clock::SystemClock;

use super::{HIDDEN, Tinyproxy, WRONG_PASSWORD, failed_login, url_with, with_password};
use crate::support::*;

/// No proxy gets so far as to look for it.
const WECHAT: &str = "https://127.0.0.1:9";

/// What is found out about a proxy by waiting in vain, which need not be long.
const SILENT: &str = "does not answer";

/// What happens to whoever connects: silence, the end, or this answer to whatever is asked.
#[derive(Clone, Copy)]
enum Manner {
    Silent,
    Rude,
    Says(&'static str),
}

/// What a proxy says to whom it does not know.
const UNKNOWN: Manner = Manner::Says("HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n");

/// A proxy that does nothing else: its address, and what was asked by each who came.
async fn bad_proxy(manner: Manner) -> (String, watch::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, seen) = watch::channel(Vec::new());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let mut length = 0;
            if let Manner::Says(text) = manner {
                length = stream.read(&mut head).await.unwrap_or_default();
                let _ = stream.write_all(text.as_bytes()).await;
            }
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            asked.send_modify(|asked| asked.push(head));
            if let Manner::Silent = manner {
                open.push(stream);
            }
        }
    });
    (address, seen)
}

/// Two logins with one code, of which the log says this, and what `check` finds and advises.
async fn assert_told(proxy: &str, logged: &str, found: &str, advised: &str) {
    let mut config = config_with(WECHAT, &[("WECHAT__PROXY", proxy)]);
    if found == SILENT {
        config.wechat.timeouts.connect = Duration::from_millis(100);
        // Or, on a busy machine, this could end first, and a connection that stood by then.
        config.wechat.timeouts.total = Duration::from_secs(600);
    }
    wechat_login_proxy::install_tls();
    let report = check::configuration(&config, Path::new("proxy.toml"), &SystemClock).await;
    let report = report.unwrap();
    let finding = report.0.iter().find(|it| it.check == "way_out").unwrap();
    assert_eq!(finding.level, Level::Error, "{finding}");
    assert!(finding.what.contains(found), "{found}: {finding}");
    assert!(finding.fix.as_ref().unwrap().contains(advised), "{finding}");
    let asked = report.0.iter().filter(|it| it.check == "credentials");
    let levels: Vec<Level> = asked.map(|it| it.level).collect();
    assert_eq!(levels, [Level::Skipped], "{report}");

    let ours = TestProxy::start_with(config).await;
    for _ in 0..2 {
        let line = failed_login(&ours, "code").await;
        assert!(line.contains(logged), "{logged}: {line}");
        let (_, place) = proxy.rsplit_once(['@', '/']).unwrap();
        assert!(
            line.contains(&format!("through http://{place}: ")),
            "{line}"
        );
    }
    assert_not_logged(&HIDDEN);
}

#[actix_web::test]
async fn a_missing_or_wrong_password_is_called_so_and_not_shown_again_by_itself() {
    const FOUND: &str = "(wechat.proxy) refuses us: wrong user or password, or none";
    const ADVISED: &str = "correct the user and the password in wechat.proxy";
    let logged = "the proxy on the way to WeChat wants a user and a password, or other ones (407)";
    let tinyproxy = with_password();
    assert_told(&tinyproxy.url(), logged, &format!("{FOUND} (407)"), ADVISED).await;
    // One for `check`, one for each login.
    assert_eq!(tinyproxy.requests("CONNECT"), 3);
    // Other proxies answer a wrong one so, too, but tinyproxy with a status that the library for HTTP does not tell.
    let (url, seen) = bad_proxy(UNKNOWN).await;
    assert_told(&url, logged, &format!("{FOUND} (407)"), ADVISED).await;
    assert_eq!(seen.borrow().len(), 3);
    let logged = "the proxy on the way to WeChat does not let us through";
    let url = url_with(&tinyproxy, WRONG_PASSWORD);
    assert_told(&url, logged, &format!("{FOUND} (401)"), ADVISED).await;
}

#[actix_web::test]
async fn a_host_that_is_not_allowed_or_not_reached_is_named() {
    let folder = folder_of(&[("filter", "^127.0.0.1$\n")]);
    let filter = format!("Filter {:?}", folder.path().join("filter"));
    let refused = "does not let us through to 127.0.0.1:9 (403)";
    let unreached = "does not reach 127.0.0.1:9 (500)";
    for (lines, found, advised) in [
        (&*filter, refused, "have CONNECT to 127.0.0.1:9 allowed"),
        ("", unreached, "look at the proxy's log"),
    ] {
        let tinyproxy = Tinyproxy::start(lines);
        let logged = "the proxy on the way to WeChat does not let us through";
        assert_told(&tinyproxy.url(), logged, found, advised).await;
        // Each login tries it a second time.
        assert_eq!(tinyproxy.requests("CONNECT"), 5);
    }
}

#[actix_web::test]
async fn a_proxy_that_is_away_breaks_off_or_is_none_is_told_apart() {
    const AWAY: &str = "cannot be reached, or broke off";
    let advised = "start the proxy, let this machine reach it, or correct wechat.proxy";
    let refused = "cannot be reached: Connection refused";
    let nobody = format!("http://{}", free_address());
    assert_told(&nobody, AWAY, refused, advised).await;
    let found = "does not speak HTTP, or broke off";
    for (manner, logged) in [
        (Manner::Rude, AWAY),
        (Manner::Says("HTTP/1.1 2"), AWAY),
        (Manner::Says("SSH-2.0-OpenSSH_9.2\r\n"), "does not let us"),
    ] {
        let (url, seen) = bad_proxy(manner).await;
        assert_told(&url, logged, found, advised).await;
        assert_eq!(seen.borrow().len(), 5);
    }
}

#[actix_web::test]
async fn a_proxy_that_never_answers_leaves_the_code_unspent() {
    let (url, mut seen) = bad_proxy(Manner::Silent).await;
    let logged = "no connection to WeChat: through";
    assert_told(&url, logged, SILENT, "start the proxy").await;
    seen.wait_for(|seen| seen.len() == 5).await.unwrap();
}

#[actix_web::test]
async fn any_password_arrives_as_it_is_written() {
    const ODD: &str = "p@ss/w#d:%?&+ \"中\\";
    // base64 of `wechat-login:` and that.
    const SHOWN: &str = "d2VjaGF0LWxvZ2luOnBAc3MvdyNkOiU/JisgIuS4rVw=";
    suite_log::must_not_be_logged([ODD]);
    let (url, seen) = bad_proxy(UNKNOWN).await;
    let in_address = url.replace(
        "//",
        "//wechat-login:p%40ss%2Fw%23d%3A%25%3F%26%2B%20%22%E4%B8%AD%5C@",
    );
    let keys = [
        ("WECHAT__PROXY", &*url),
        ("WECHAT__PROXY_USER", super::USER),
        ("WECHAT__PROXY_PASSWORD", ODD),
    ];
    for settings in [&keys[..], &[("WECHAT__PROXY", &in_address)]] {
        let ours = TestProxy::start_with(config_with(WECHAT, settings)).await;
        failed_login(&ours, "code").await;
        let head = seen.borrow().last().unwrap().clone();
        assert!(head.contains(&format!("Basic {SHOWN}\r\n")), "{head}");
    }
    assert_not_logged(&[ODD, SHOWN]);
}
