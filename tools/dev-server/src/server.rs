//! Listening, and which part of the site a request is for.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;

use crate::forward;
use crate::gate;
use crate::hosts;
use crate::language::Language;
use crate::missing;
use crate::options::Options;
use crate::site::Site;
use crate::{app_files, paths, reload};

/// A page's own requests wait for one another no longer than programs with few threads make them.
const WORKERS: usize = 2;

/// Listens at addresses; beside 127.0.0.1 also at IPv6's own, where browsers look for `localhost` first.
///
/// # Errors
/// When somebody else listens there, in words that say what to do.
pub(crate) fn listen(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let port = address.port();
        listeners.push(bind(*address).with_context(|| {
            format!(
                "cannot listen on {address}. Somebody else may: `ss -ltnp | grep :{port}` (or `lsof -i :{port}`) says who; \
                 end that program, or choose another port with --listen"
            )
        })?);
    }
    let v4 = [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED];
    for address in addresses {
        if v4.iter().any(|it| address.ip() == *it) && address.port() != 0 {
            // Not everywhere there is IPv6, and it may be among the addresses itself.
            listeners.extend(bind((Ipv6Addr::LOCALHOST, address.port()).into()).ok());
        }
    }
    Ok(listeners)
}

/// `SO_REUSEADDR` and no IPv4 at the address of IPv6, so that both can be had.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// Starts it; it ends by a signal or its handle.
///
/// # Errors
/// When a listener cannot be used.
pub fn start(
    options: Options,
    listeners: impl IntoIterator<Item = TcpListener>,
) -> std::io::Result<Server> {
    let terminal = Language::of_locale(|name| std::env::var(name).ok());
    let site = web::Data::new(Site::new(options, terminal));
    let server = HttpServer::new(move || {
        let app = App::new().app_data(site.clone());
        app.default_service(web::to(handle))
    });
    // Ctrl-C shall not wait for pages that are being followed.
    let mut server = server.workers(WORKERS).shutdown_timeout(0);
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

async fn handle(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Data<Site>,
) -> HttpResponse {
    if let Some(refusal) = hosts::refusal(&site.public_url, &request) {
        return refusal;
    }
    let Some(path) = paths::normalised(request.path()) else {
        return HttpResponse::BadRequest().finish();
    };
    // The longest that fits, as nginx chooses.
    let fitting = site
        .backends
        .iter()
        .filter(|(place, _)| path.starts_with(place));
    let prefix = &site.public_url.path;
    if let Some((_, backend)) = fitting.max_by_key(|(place, _)| place.len()) {
        return gate::pass(&site.proxy, backend, prefix, &request, payload).await;
    }
    if site
        .backends
        .iter()
        .any(|(place, _)| place.strip_suffix('/') == Some(&path))
    {
        return to_folder(&request, &path);
    }
    // WeChat's console looks for its file at the root of the host or below the path, as the domain was entered.
    if path.starts_with("/MP_verify_") {
        return pass_to_proxy(&site, &request, payload).await;
    }
    let Some(below) = path.strip_prefix(prefix.as_str()) else {
        return outside(&site, &request, &path);
    };
    let first = below.split('/').nth(1).unwrap_or_default();
    match first {
        "_dev" => dev(&site, &request, below),
        // For the company's back ends, which reach the proxy directly.
        "service" | "metrics" | "healthz" => HttpResponse::NotFound().finish(),
        "api" if below == "/api/bootstrap" => bootstrap(&site, &request, payload).await,
        "api" | "readyz" => pass_to_proxy(&site, &request, payload).await,
        _ if first.starts_with("MP_verify_") => pass_to_proxy(&site, &request, payload).await,
        "" if below.is_empty() => to_folder(&request, &path),
        _ if below.starts_with('/') => app_files::serve(&site, &request, below),
        // `/h5x` beside `/h5`.
        _ => outside(&site, &request, &path),
    }
}

async fn pass_to_proxy(site: &Site, request: &HttpRequest, payload: web::Payload) -> HttpResponse {
    let headers = forward::headers_of(request);
    forward::pass(&site.proxy, request, &headers, payload).await
}

/// What the app asks first. Where nobody is signed in it goes on to WeChat, here to the simulator: if that is not there, the
/// browser would show a page of its own about a connection, and so it is said instead.
async fn bootstrap(site: &Site, request: &HttpRequest, payload: web::Payload) -> HttpResponse {
    let mut headers = forward::headers_of(request);
    // To be read here.
    headers.remove("accept-encoding");
    let target = forward::target_of(request);
    drop(payload);
    let method = request.method().as_str();
    let body = forward::Upload::EMPTY;
    let answer = match forward::send(&site.proxy, method, &target, &headers, body).await {
        Ok(answer) => answer,
        Err(failure) => return forward::failed(&site.proxy, request, &failure),
    };
    if answer.status().as_u16() != 200 || method != "GET" {
        return forward::answered(answer);
    }
    let (parts, body) = answer.into_parts();
    let Some(body) = forward::small_text(body).await else {
        return HttpResponse::BadGateway().finish();
    };
    if leads_to_simulator(&body, &site.simulator.address)
        && site.simulator.connect().await.is_none()
    {
        return forward::failed(&site.simulator, request, &forward::Failure::Silent);
    }
    forward::head(parts.status.as_u16(), &parts.headers).body(body)
}

/// Whether this answer sends the browser to the simulator.
fn leads_to_simulator(bootstrap: &[u8], simulator: &str) -> bool {
    let Ok(bootstrap) = serde_json::from_slice::<serde_json::Value>(bootstrap) else {
        return false;
    };
    let is_signed_in = bootstrap.get("session").is_some_and(|it| !it.is_null());
    let authorize = bootstrap
        .get("authorize_url_base")
        .and_then(|it| it.as_str());
    let port = simulator.rsplit(':').next().unwrap_or_default();
    // In the local network it has another name than here.
    let is_there = |url: &str| {
        let host = url
            .strip_prefix("http://")
            .and_then(|it| it.split('/').next());
        host.is_some_and(|host| host.rsplit(':').next() == Some(port))
    };
    !is_signed_in && authorize.is_some_and(is_there)
}

/// This server's own addresses.
fn dev(site: &web::Data<Site>, request: &HttpRequest, below: &str) -> HttpResponse {
    match below.strip_prefix(reload::FOLDER) {
        Some("events") => reload::events(site, request),
        Some("client.js") => HttpResponse::Ok()
            .content_type("text/javascript; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(reload::CLIENT),
        Some("health") => HttpResponse::Ok().finish(),
        _ => HttpResponse::NotFound().finish(),
    }
}

/// With the slash that a folder's addresses are relative to.
fn to_folder(request: &HttpRequest, path: &str) -> HttpResponse {
    let query = request.uri().query().map(|query| format!("?{query}"));
    let place = format!("{path}/{}", query.unwrap_or_default());
    let mut response = HttpResponse::TemporaryRedirect();
    response.insert_header((LOCATION, place)).finish()
}

/// Beside the path of the site there is nothing; who opens the host is led to it.
fn outside(site: &Site, request: &HttpRequest, path: &str) -> HttpResponse {
    if path == "/" {
        return to_folder(request, &site.public_url.path);
    }
    let sentence = format!(
        "There is nothing here: the site is below {}/.",
        site.public_url.path
    );
    missing::response(request, actix_web::http::StatusCode::NOT_FOUND, &sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_said_with_what_finds_its_holder() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let free = "127.0.0.1:0".parse().unwrap();
        let error = listen(&[free, address]).unwrap_err().to_string();
        let find = format!("ss -ltnp | grep :{}", address.port());
        assert!(
            error.contains(&find) && error.contains("--listen"),
            "{error}"
        );
    }

    #[test]
    fn it_listens_at_every_address_it_is_given() {
        let listeners = listen(&["127.0.0.1:0".parse().unwrap(); 2]).unwrap();
        let [one, other] = [0, 1].map(|it| listeners[it].local_addr().unwrap());
        assert!(one != other && listeners.len() == 2);
    }

    #[test]
    fn only_a_guest_of_the_simulator_is_led_there() {
        for (answer, expected) in [
            (r#"{"authorize_url_base":"http://127.0.0.1:8082/a"}"#, true),
            (
                r#"{"authorize_url_base":"http://192.168.1.2:8082/a","session":null}"#,
                true,
            ),
            (
                r#"{"authorize_url_base":"http://127.0.0.1:8082/a","session":{}}"#,
                false,
            ),
            (
                r#"{"authorize_url_base":"https://open.weixin.qq.com/a"}"#,
                false,
            ),
            (r#"{"authorize_url_base":8082}"#, false),
            ("no json", false),
        ] {
            assert_eq!(
                leads_to_simulator(answer.as_bytes(), "127.0.0.1:8082"),
                expected,
                "{answer}"
            );
        }
    }
}
