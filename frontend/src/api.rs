//! The proxy's routes, one function each.

use api_types::{Across, ApiError, Bootstrap, ErrorCode, ExchangeRequest, RecordPage, Session};
use gloo_net::http::{Method, RequestBuilder, Response};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AbortController, RequestCredentials};

use crate::browser;
use crate::json::{self, FromJson};

/// The element of `index.html` whose `href` is `<API base>/api/bootstrap`.
///
/// It preloads that address beside the WASM, and it is the app's only setting: the base is read from it.
const BOOTSTRAP_LINK: &str = "api-bootstrap";
const BOOTSTRAP_PATH: &str = "/api/bootstrap";

/// From the request to the last byte of the answer. Longer than the proxy waits for WeChat and its database, so that
/// the proxy's word is heard; this is for a network that swallows either.
const TIMEOUT_MS: i32 = 25_000;

/// Why there is no answer to work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The proxy answered with its error envelope.
    Refused(ApiError),
    /// Something else answered, a gateway's error page perhaps; with its HTTP status.
    Garbled(u16),
    /// Nothing answered.
    Unreachable,
}

impl Failure {
    /// The proxy's reason, if it was the proxy that answered.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::Garbled(_) | Self::Unreachable => None,
        }
    }
}

/// Configuration and session; answered from the preload that `index.html` started.
pub async fn bootstrap() -> Result<Bootstrap, Failure> {
    call(Method::GET, BOOTSTRAP_PATH, None).await
}

/// Exchanges a code; on success the browser has the session's cookie.
pub async fn create_session(request: &ExchangeRequest) -> Result<Session, Failure> {
    call(
        Method::POST,
        "/api/session",
        Some(json::exchange_request(request)),
    )
    .await
}

/// Who is signed in, by the proxy's word of this moment.
pub async fn session() -> Result<Session, Failure> {
    call(Method::GET, "/api/session", None).await
}

/// Ends the session.
pub async fn delete_session() -> Result<(), Failure> {
    ask(Method::DELETE, "/api/session", None).await.map(drop)
}

/// The user's records of one kind, newest first, from where `cursor` says.
pub async fn records<V: FromJson>(
    kind: &str,
    across: Across,
    cursor: Option<&str>,
) -> Result<RecordPage<V>, Failure> {
    let path = format!(
        "/api/records?kind={kind}&across={}{}",
        across.as_str(),
        cursor
            .map(|cursor| format!("&cursor={}", wechat_oauth::encode(cursor)))
            .unwrap_or_default()
    );
    call(Method::GET, &path, None).await
}

/// The address of a picture: the QR code of a local path of this site.
pub fn qr_code(local: &str) -> String {
    format!("{}/api/qr.svg?path={}", base(), wechat_oauth::encode(local))
}

async fn call<T: FromJson>(method: Method, path: &str, body: Option<String>) -> Result<T, Failure> {
    let (text, status) = ask(method, path, body).await?;
    json::parse(&text).ok_or(Failure::Garbled(status))
}

/// The text of a good answer, with its HTTP status.
async fn ask(method: Method, path: &str, body: Option<String>) -> Result<(String, u16), Failure> {
    let timeout = Timeout::start();
    let response = send(method, path, body, &timeout).await?;
    let status = response.status();
    let text = response
        .text()
        .await
        .map_err(|_| Failure::Garbled(status))?;
    if response.ok() {
        Ok((text, status))
    } else {
        Err(json::parse(&text).map_or(Failure::Garbled(status), Failure::Refused))
    }
}

async fn send(
    method: Method,
    path: &str,
    body: Option<String>,
    timeout: &Timeout,
) -> Result<Response, Failure> {
    // The preload in index.html is used only by a request with the same credentials mode.
    let request = RequestBuilder::new(&format!("{}{path}", base()))
        .method(method)
        .credentials(RequestCredentials::Include)
        .abort_signal(
            timeout
                .controller
                .as_ref()
                .map(AbortController::signal)
                .as_ref(),
        );
    let request = match body {
        Some(body) => request
            .header("Content-Type", "application/json")
            .body(body),
        None => request.build(),
    };
    let response = request
        .map_err(|_| Failure::Unreachable)?
        .send()
        .await
        .map_err(|_| Failure::Unreachable)?;
    // For the report of index.html, should the app break over this answer.
    if let Some(id) = response.headers().get("x-request-id") {
        browser::mark_page("data-request-id", &id);
    }
    Ok(response)
}

fn base() -> String {
    let href = browser::attribute(BOOTSTRAP_LINK, "href");
    href.strip_suffix(BOOTSTRAP_PATH)
        .unwrap_or_default()
        .to_owned()
}

/// Aborts a request, or the reading of its answer, after a while, unless it is dropped before.
struct Timeout {
    controller: Option<AbortController>,
    timer: Option<i32>,
    _abort: Closure<dyn Fn()>,
}

impl Timeout {
    fn start() -> Self {
        let controller = AbortController::new().ok();
        let abort = {
            let controller = controller.clone();
            Closure::new(move || {
                if let Some(controller) = &controller {
                    controller.abort();
                }
            })
        };
        let callback: &js_sys::Function = abort.as_ref().unchecked_ref();
        let timer = web_sys::window().and_then(|window| {
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(callback, TIMEOUT_MS)
                .ok()
        });
        Self {
            controller,
            timer,
            _abort: abort,
        }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let (Some(window), Some(timer)) = (web_sys::window(), self.timer) {
            window.clear_timeout_with_handle(timer);
        }
    }
}
