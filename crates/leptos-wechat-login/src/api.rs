//! Requests to the proxy: with the session's cookie, a time limit, and one kind of error. Those to the company's own back
//! end are in [`backend`](crate::backend).

pub use api_types::{Across, Record, RecordPage};
use api_types::{Bootstrap, ExchangeRequest, Session};
use gloo_net::http::Response;
use js_sys::{Promise, TypeError};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Window};

use crate::browser;
use crate::first_stage;
use crate::flow::{Api, Failure};
use crate::json::{self, FromJson};

/// The element of `index.html` whose `href` is `<API base>/api/bootstrap`; without it the API is where the app is.
///
/// The first stage of the page asks there, too, before the app is there.
const BOOTSTRAP_LINK: &str = "#api-bootstrap";
const BOOTSTRAP_PATH: &str = "/api/bootstrap";
const SESSION_PATH: &str = "/api/session";

/// From the request to the last byte of the answer. Longer than the proxy waits for WeChat and its database, so that
/// the proxy's word is heard; this is for a network that swallows either.
const TIMEOUT_MS: i32 = 25_000;

/// The proxy, through the browser's `fetch`.
pub(crate) struct Proxy;

impl Api for Proxy {
    async fn bootstrap(&self) -> Result<Bootstrap, Failure> {
        let answer: Result<Bootstrap, _> = fetch("GET", BOOTSTRAP_PATH, None).await;
        if matches!(&answer, Ok(bootstrap) if bootstrap.test_account) {
            browser::mark_page("data-test-account", "");
        }
        answer
    }

    async fn create_session(&self, request: &ExchangeRequest) -> Result<Session, Failure> {
        let body = json::exchange_request(request);
        fetch("POST", SESSION_PATH, Some(body)).await
    }

    async fn session(&self) -> Result<Session, Failure> {
        fetch("GET", SESSION_PATH, None).await
    }

    async fn delete_session(&self) -> Result<(), Failure> {
        fetch_text("DELETE", SESSION_PATH, None).await.map(drop)
    }
}

/// The user's records of one kind, newest first, from where `cursor` says.
///
/// # Errors
/// When nothing good is answered.
pub async fn records<V: FromJson>(
    kind: &str,
    across: Across,
    cursor: Option<&str>,
) -> Result<RecordPage<V>, Failure> {
    let mut path = ["/api/records?kind=", kind, "&across=", across.as_str()].concat();
    if let Some(cursor) = cursor {
        path += "&cursor=";
        path += &wechat_oauth::encode(cursor);
    }
    fetch("GET", &path, None).await
}

/// The address of a picture: the QR code of a local path of this site.
pub fn qr_code(local: &str) -> String {
    base() + "/api/qr.svg?path=" + &wechat_oauth::encode(local)
}

/// The address of a picture: the QR code of an account, to follow it.
#[cfg(feature = "follow")]
pub fn follow_qr_code(account: &str) -> String {
    base() + "/api/qr.svg?follow=" + &wechat_oauth::encode(account)
}

/// Asks with a body of JSON, or without one, and reads the JSON of a good answer.
///
/// # Errors
/// When nothing good is answered, or something else than a `T`.
pub async fn fetch<T: FromJson>(
    method: &str,
    path: &str,
    body: Option<String>,
) -> Result<T, Failure> {
    let (text, status) = fetch_text(method, path, body).await?;
    json::parse(&text).ok_or(Failure::Garbled(status))
}

/// The text of a good answer, with its HTTP status.
///
/// # Errors
/// When nothing good is answered.
pub async fn fetch_text(
    method: &str,
    path: &str,
    body: Option<String>,
) -> Result<(String, u16), Failure> {
    let timeout = Timeout::start();
    let response = send(method, path, body, &timeout).await;
    let response = response.ok_or(Failure::Unreachable)?;
    let status = response.status();
    let text = response.text().await;
    let text = text.map_err(|_| Failure::Garbled(status))?;
    if response.ok() {
        Ok((text, status))
    } else {
        Err(json::parse(&text).map_or(Failure::Garbled(status), Failure::Refused))
    }
}

pub(crate) async fn send(
    method: &str,
    path: &str,
    body: Option<String>,
    timeout: &Timeout,
) -> Option<Response> {
    let body = body.as_deref();
    let first = begun(method, path).or_else(|| begin(method, path, body, timeout));
    let mut answer = JsFuture::from(first?).await;
    // An exchange without an answer, as WebKit leaves it; other engines repeat it by themselves where they used a connection
    // again. The proxy has kept what came of it, and a code is worth one repetition. Not once the time is over, which is
    // another kind of error.
    let is_lost = |error: &JsValue| error.is_instance_of::<TypeError>();
    if method == "POST" && path == SESSION_PATH && answer.as_ref().is_err_and(is_lost) {
        answer = JsFuture::from(begin(method, path, body, timeout)?).await;
    }
    let response: web_sys::Response = answer.ok()?.unchecked_into();
    // For the report of a boot script, should the app break over this answer.
    if let Ok(Some(id)) = response.headers().get("x-request-id") {
        browser::mark_page("data-request-id", &id);
    }
    Some(response.into())
}

/// The answer to what the first stage of the page has asked already.
fn begun(method: &str, path: &str) -> Option<Promise> {
    match (method, path) {
        ("GET", BOOTSTRAP_PATH) => first_stage::answer("bootstrap"),
        ("POST", SESSION_PATH) => first_stage::answer("session"),
        _ => None,
    }
}

fn begin(method: &str, path: &str, body: Option<&str>, timeout: &Timeout) -> Option<Promise> {
    // By hand: gloo-net's own requests weigh 1.4 KB more, for queries, headers and messages that nobody reads.
    let request = RequestInit::new();
    request.set_method(method);
    request.set_credentials(RequestCredentials::Include);
    let signal = timeout.controller.as_ref().map(AbortController::signal);
    request.set_signal(signal.as_ref());
    if let Some(body) = body {
        let headers = Headers::new().ok()?;
        headers.set("Content-Type", "application/json").ok()?;
        request.set_headers(&headers);
        request.set_body(&body.into());
    }
    let url = base() + path;
    Some(web_sys::window()?.fetch_with_str_and_init(&url, &request))
}

fn base() -> String {
    let link = browser::address_of(BOOTSTRAP_LINK);
    let base = link.strip_suffix(BOOTSTRAP_PATH);
    base.map_or_else(browser::base, str::to_owned)
}

/// Aborts a request, or the reading of its answer, after a while, unless it is dropped before.
pub(crate) struct Timeout {
    controller: Option<AbortController>,
    timer: Option<(Window, i32)>,
    _abort: Closure<dyn Fn()>,
}

impl Timeout {
    pub(crate) fn start() -> Self {
        let controller = AbortController::new().ok();
        let aborted = controller.clone();
        let abort = Closure::new(move || {
            if let Some(controller) = &aborted {
                controller.abort();
            }
        });
        let callback: &js_sys::Function = abort.as_ref().unchecked_ref();
        let timer = web_sys::window().and_then(|window| {
            let timer =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, TIMEOUT_MS);
            Some((window, timer.ok()?))
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
        if let Some((window, timer)) = &self.timer {
            window.clear_timeout_with_handle(*timer);
        }
    }
}
