//! The web server in front of a page and its proxy, the same for every page: files compressed beforehand, names with a
//! hash never asked for again, `index.html` asked each time whether it is still the same, `/api` passed on.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::Client;

use crate::servers::Thread;
use crate::site::Site;

/// What of a browser's request the proxy is told.
const PASSED_ON: [HeaderName; 5] = [
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::ORIGIN,
    header::USER_AGENT,
];

struct Front {
    site: Site,
    proxy: String,
    client: Client,
}

/// Serves a page on `listener`, with the proxy at `proxy` behind it, until the result is dropped.
///
/// # Errors
/// When the listener cannot be used.
pub(crate) async fn start(
    site: Site,
    proxy: String,
    listener: TcpListener,
) -> anyhow::Result<Thread> {
    let front = Arc::new(Front {
        site,
        proxy,
        client: Client::new(),
    });
    Thread::start(move || async move {
        let app = move || {
            App::new()
                .app_data(web::Data::from(front.clone()))
                .route("/api/{rest}*", web::to(pass_on))
                .default_service(web::to(file))
        };
        Ok(HttpServer::new(app).workers(2).listen(listener)?.run())
    })
    .await
}

async fn file(request: HttpRequest, front: web::Data<Front>) -> HttpResponse {
    let Some(file) = front.site.find(request.path()) else {
        return HttpResponse::NotFound().finish();
    };
    let cache = if file.is_immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = request.headers().get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|tag| tag.as_bytes() == file.tag.as_bytes());
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, file.tag.as_str()))
        .insert_header((header::VARY, "accept-encoding"));
    if is_known {
        return response.finish();
    }
    response
        .insert_header((header::CONTENT_TYPE, file.media_type))
        .insert_header((header::CONTENT_ENCODING, "br"))
        .body(file.brotli.clone())
}

async fn pass_on(request: HttpRequest, body: web::Bytes, front: web::Data<Front>) -> HttpResponse {
    match try_pass_on(&request, body, &front).await {
        Ok(response) => response,
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}

async fn try_pass_on(
    request: &HttpRequest,
    body: web::Bytes,
    front: &Front,
) -> Result<HttpResponse, reqwest::Error> {
    let method = match *request.method() {
        Method::POST => reqwest::Method::POST,
        Method::DELETE => reqwest::Method::DELETE,
        _ => reqwest::Method::GET,
    };
    let url = format!("{}{}", front.proxy, request.uri());
    let mut onward = front.client.request(method, url).body(body);
    for name in &PASSED_ON {
        if let Some(value) = request.headers().get(name) {
            onward = onward.header(name.as_str(), value.as_bytes());
        }
    }
    let answer = onward.send().await?;
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        let is_of_the_connection = ["connection", "content-length", "transfer-encoding", "date"];
        if !is_of_the_connection.contains(&name.as_str()) {
            response.append_header((name.as_str(), value.as_bytes()));
        }
    }
    Ok(response.body(answer.bytes().await?))
}
