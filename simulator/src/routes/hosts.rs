//! By which names what is ours answers: pages and control API ask nobody who he is. A site may lead a name of its own to
//! this machine (DNS rebinding), and what it then asks for counts as its own for the browser.
//!
//! WeChat's own paths answer by any name, as they did for whoever leads WeChat's names here.

use std::net::{Ipv4Addr, Ipv6Addr};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, HOST};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::platform::Platform;

use super::Shared;
use super::respond::Notice;

/// Turns away requests to `/_simulator` under a name that may be another site's.
pub(crate) async fn known(
    platform: Shared,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // As the router reads it, for which `%5F` is a `_`.
    let path = percent_decode_str(request.path()).decode_utf8_lossy();
    let is_ours = path.split('/').nth(1) == Some("_simulator");
    let is_allowed = !is_ours || {
        let platform = platform.lock();
        let mut names = request.headers().get_all(HOST);
        names.all(|it| it.to_str().is_ok_and(|it| is_known(it, &platform)))
    };
    if is_allowed {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let response = refusal(&request);
    Ok(request.into_response(response))
}

/// In Chinese to somebody who opens a page, as all pages are, and to a program in English, as all answers to programs.
fn refusal(request: &ServiceRequest) -> HttpResponse {
    let accepted = request.headers().get(ACCEPT);
    let accepted = accepted.and_then(|it| it.to_str().ok());
    if accepted.is_some_and(|it| it.contains("text/html")) {
        let text = "模拟器不认识地址里的这个主机名，所以拒绝了请求：别的网站可以把自己的域名解析到这台电脑（DNS 重绑定）。\
                    请改用 IP 地址或 localhost 打开；如果这是您自己的域名，启动模拟器时加 --public-url（反向代理的地址）\
                    或 --permit-host（主机名）。";
        return Notice(StatusCode::FORBIDDEN, "不认识的主机名", text.into()).error_response();
    }
    HttpResponse::Forbidden().json(json!({
        "error": "the simulator does not know the host name in this address, and any site can lead a name of its own to \
                  this machine (DNS rebinding)",
        "fix": "use an IP address or localhost; for a name of your own start the simulator with --public-url (of a reverse \
                proxy) or --permit-host",
    }))
}

/// Whether no site can lead this name here: addresses are none, `localhost` is this machine everywhere, names without a dot
/// are those of containers and of the local network, and WeChat's are WeChat's.
fn is_known(authority: &str, platform: &Platform) -> bool {
    let host = host_of(authority).to_ascii_lowercase();
    let url = platform.public_url.as_deref().unwrap_or_default();
    let own = url.split('/').nth(2).map(host_of);
    let v6 = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    !host.contains(['.', ':'])
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || v6.is_some_and(|it| it.parse::<Ipv6Addr>().is_ok())
        || matches!(&*host, "open.weixin.qq.com" | "api.weixin.qq.com")
        || own.is_some_and(|it| it.eq_ignore_ascii_case(&host))
        || platform.permits_host(&host)
}

/// The host of `host:port`, an address of IPv6 in its brackets.
fn host_of(authority: &str) -> &str {
    let port = authority.rsplit_once(':').filter(|it| !it.1.ends_with(']'));
    port.map_or(authority, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_no_site_can_lead_here_are_known() {
        let mut platform = Platform::default();
        platform.set_public_url("https://Sim.example:444/wechat");
        platform.permit_host("Phone.example");
        for known in [
            "127.0.0.1:8082",
            "192.168.1.2",
            "[::1]:8082",
            "LOCALHOST:8082",
            "simulator:8082",
            "a.localhost",
            "open.weixin.qq.com",
            "api.weixin.qq.com:443",
            "sim.EXAMPLE",
            "phone.example:8082",
        ] {
            assert!(is_known(known, &platform), "{known}");
        }
        for unknown in [
            "evil.example",
            "127.0.0.1.evil.example:8082",
            "localhost.evil.example",
            "localhost.",
            "x.sim.example",
            "evil-weixin.qq.com",
            "[evil.example]",
            "::1",
        ] {
            assert!(!is_known(unknown, &platform), "{unknown}");
        }
    }
}
