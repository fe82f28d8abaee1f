//! A server that writes down every request it gets and always answers the same: the backend, or a strange proxy.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

/// What the recorder answers.
pub(crate) const BODY: &str = "the recorder's own words";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, byte for byte.
    pub(crate) target: String,
    /// In lower case.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Bytes,
}

impl Seen {
    /// The values of all headers of this name.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let same_name = self.headers.iter().filter(|(it, _)| it == name);
        same_name
            .map(|(_, value)| std::str::from_utf8(value).unwrap())
            .collect()
    }

    /// All headers somebody careless could read as one of `X-Wechat-*`, whatever stands between the words.
    pub(crate) fn wechat_headers(&self) -> Vec<(&str, &str)> {
        let is_like_ours = |name: &str| {
            let letters = name.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().contains("wechat")
        };
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| is_like_ours(name))
            .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()))
            .collect();
        headers.sort_unstable();
        headers
    }
}

/// Stopped when dropped.
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: ServerHandle,
}

impl Recorder {
    /// Answers everything with this status and [`BODY`].
    pub(crate) fn start(status: StatusCode) -> Self {
        Self::with_headers(status, &[])
    }

    /// Answers everything with these headers, too.
    pub(crate) fn with_headers(
        status: StatusCode,
        headers: &'static [(&'static str, &'static str)],
    ) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let written = seen.clone();
        let app = move || {
            let written = written.clone();
            App::new()
                .app_data(PayloadConfig::new(1 << 20))
                .default_service(web::to(move |request: HttpRequest, body: Bytes| {
                    let mut seen = written.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.push(note(&request, body));
                    let mut response = HttpResponse::build(status);
                    for header in headers {
                        response.append_header(*header);
                    }
                    let response = response.body(BODY);
                    async { response }
                }))
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let running = HttpServer::new(app)
            .workers(1)
            .listen(listener)
            .unwrap()
            .run();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self {
            address,
            seen,
            server,
        }
    }

    /// Every request since the last call.
    pub(crate) fn take(&self) -> Vec<Seen> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen)
    }

    /// The one request since the last call.
    pub(crate) fn take_one(&self) -> Seen {
        let mut seen = self.take();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Calling it sends the command; the future only waits for the end.
        drop(self.server.stop(false));
    }
}

fn note(request: &HttpRequest, body: Bytes) -> Seen {
    let headers = request.headers().iter();
    Seen {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()))
            .collect(),
        body,
    }
}
