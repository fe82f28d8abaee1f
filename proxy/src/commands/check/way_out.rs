//! The way to WeChat: whether the forward proxy on it lets us through, and who else is told what we say.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wechat_oauth::ProxyFault;

use super::report::{Finding, Subject};
use crate::config::{ForwardProxy, WechatConfig, origin_text};

const CHECK: Subject = Subject("way_out");

/// What no way to WeChat leads to.
pub(super) const WHY: &str = "without WeChat's API no login comes to an end.";

/// One finding, and one more where WeChat's place is taken by a relay.
pub(super) async fn findings(wechat: &WechatConfig) -> Vec<Finding> {
    let mut findings = vec![way_out(wechat).await];
    if wechat.is_relay {
        findings.push(relay(wechat));
    }
    findings
}

/// What to do about a proxy that does not let us through.
pub(super) fn remedy(fault: ProxyFault, wechat: &WechatConfig) -> String {
    let (by, target) = (wechat.way.chosen_by(), target(wechat));
    match fault {
        ProxyFault::Unauthorized => format!(
            "correct the user and the password in {by}, percent-encoded; or set wechat.proxy_user and \
             wechat.proxy_password beside wechat.proxy."
        ),
        ProxyFault::Away => format!("start the proxy, let this machine reach it, or correct {by}."),
        _ => format!(
            "have CONNECT to {target} allowed for this machine in the proxy's rules, and look at its log."
        ),
    }
}

/// The proxy is asked for a tunnel as it is for every call, but here its answer is read: the library for HTTP tells only
/// that there was none.
async fn way_out(wechat: &WechatConfig) -> Finding {
    let way = &wechat.way;
    let in_short = CHECK.ok(format!("WeChat is asked {way}."));
    let is_tunnel = wechat.api_base.scheme() == "https";
    let Some(proxy) = way.proxy().filter(|_| is_tunnel) else {
        return in_short;
    };
    let Some(place) = proxy.plain_http() else {
        return in_short;
    };
    let target = target(wechat);
    let opened = timeout(wechat.timeouts.connect, open_tunnel(proxy, place, &target));
    let by = way.chosen_by();
    let error =
        |what: &str, fix| CHECK.error(format!("The proxy {proxy} ({by}) {what}."), WHY, fix);
    let (fault, what) = match opened.await {
        Ok(Ok(Some(200))) => {
            return CHECK.ok(format!(
                "WeChat is asked {way}, which lets us through to {target}."
            ));
        }
        // tinyproxy answers a wrong password by 401.
        Ok(Ok(Some(status @ (401 | 407)))) => (
            ProxyFault::Unauthorized,
            format!("refuses us: wrong user or password, or none ({status})"),
        ),
        Ok(Ok(Some(status @ 500..))) => {
            let fix = "look at the proxy's log: it does not find that host itself, or is not let out to it (DNS, firewall).";
            return error(
                &format!("does not reach {target} ({status})"),
                fix.to_owned(),
            );
        }
        Ok(Ok(Some(status))) => (
            ProxyFault::Refused,
            format!("does not let us through to {target} ({status})"),
        ),
        Ok(Ok(None)) => (
            ProxyFault::Away,
            "does not speak HTTP, or broke off".to_owned(),
        ),
        Ok(Err(error)) => (ProxyFault::Away, format!("cannot be reached: {error}")),
        Err(_) => (ProxyFault::Away, "does not answer".to_owned()),
    };
    error(&what, remedy(fault, wechat))
}

/// The status with which the proxy answers `CONNECT`, if it is one.
async fn open_tunnel(
    proxy: &ForwardProxy,
    place: (&str, u16),
    target: &str,
) -> io::Result<Option<u16>> {
    let mut stream = TcpStream::connect(place).await?;
    let authorization = proxy.authorization();
    let authorization = authorization.map_or_else(String::new, |value| {
        format!("Proxy-Authorization: {value}\r\n")
    });
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
    // Up to the status: HTTP/1.1 407
    let mut start = [0; 12];
    let spoken = async {
        stream.write_all(request.as_bytes()).await?;
        stream.read_exact(&mut start).await
    };
    if spoken.await.is_err() {
        return Ok(None);
    }
    let start = str::from_utf8(&start).unwrap_or_default();
    let status = start
        .split_once(' ')
        .filter(|(version, _)| version.starts_with("HTTP/1."));
    Ok(status.and_then(|(_, status)| status.parse().ok()))
}

/// The host and the port of WeChat's API.
fn target(wechat: &WechatConfig) -> String {
    let base = &wechat.api_base;
    let port = base.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", base.host_str().unwrap_or_default())
}

fn relay(wechat: &WechatConfig) -> Finding {
    let (origin, is_open) = (
        origin_text(&wechat.api_base),
        wechat.api_base.scheme() == "http",
    );
    let open = if is_open {
        ", and so is everybody on the way: it is plain http"
    } else {
        ""
    };
    Subject("relay").warning(
        format!("WeChat's place is taken by {origin} (wechat.relay), which is told the AppSecret and all codes{open}."),
        "whoever has these is the account, and can be any user who logs in.",
        "keep addresses out of its log, give it https, and let only those run it who may have the AppSecret; a forward \
         proxy (wechat.proxy) sees nothing of all that.",
    )
}
