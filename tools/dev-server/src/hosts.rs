//! By which names this server answers. A site may lead a name of its own to this machine (DNS rebinding), and what it
//! then asks for counts as its own for the browser: such a name gets nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::{HttpRequest, HttpResponse};

use crate::language::Language;
use crate::missing;
use crate::options::{PublicUrl, host_of};

/// The answer to a request under a name that may be another site's.
pub(crate) fn refusal(public_url: &PublicUrl, request: &HttpRequest) -> Option<HttpResponse> {
    let mut names = request.headers().get_all(HOST);
    if names.all(|it| it.to_str().is_ok_and(|it| is_known(it, public_url))) {
        return None;
    }
    let place = format!("{}{}/", public_url.origin(), public_url.path);
    let sentence = Language::of_browser(request.headers()).pick(
        format!(
            "开发服务器不认识地址里的这个主机名，所以拒绝了请求：别的网站可以把自己的域名解析到这台电脑（DNS 重绑定）。\
             请打开 {place}；如果这是您自己的隧道或电脑的名字，把它写进 proxy/dev.toml 的 public_url（即 --public-url）。"
        ),
        format!(
            "The development server does not know the host name in this address and answers nothing there, because any site can \
             lead a name of its own to this computer (DNS rebinding). Open {place}; if it is the name of your own tunnel or \
             computer, make it the public_url of proxy/dev.toml (which is --public-url here)."
        ),
    );
    Some(missing::response(request, StatusCode::FORBIDDEN, &sentence))
}

/// Whether no other site can have this name: an address is none, and `localhost` is this machine everywhere.
fn is_known(authority: &str, public_url: &PublicUrl) -> bool {
    let host = host_of(authority).to_ascii_lowercase();
    let v6 = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    host == host_of(&public_url.authority)
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || v6.is_some_and(|it| it.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_localhost_and_the_public_url_are_known_and_nothing_else() {
        let url = "https://Tunnel.example/h5".parse().unwrap();
        for known in [
            "127.0.0.1:8080",
            "192.168.1.2",
            "[::1]:8080",
            "[fe80::1]",
            "LocalHost:8080",
            "shop.localhost",
            "tunnel.example",
            "TUNNEL.example:443",
        ] {
            assert!(is_known(known, &url), "{known}");
        }
        for unknown in [
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "evillocalhost",
            "localhost.evil.example",
            "x.tunnel.example",
            "[evil.example]",
            "::1",
            "my-laptop:8080",
            "",
        ] {
            assert!(!is_known(unknown, &url), "{unknown}");
        }
    }
}
