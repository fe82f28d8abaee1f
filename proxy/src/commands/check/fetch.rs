//! Looking at a site as a stranger does: one request, no redirects, no cookies.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN};
use reqwest::{Client, Proxy, RequestBuilder, Url};

use crate::config::{ProxyVariables, Way};

/// Longest body read; pages and verification files are far below, and of the WASM only the headers count.
const BODY_BYTES: usize = 256 * 1024;

/// Fetches addresses, through the proxies that the environment names, as other programs do. `wechat.proxy` is for WeChat
/// alone.
pub(super) struct Fetcher {
    http: Client,
    variables: Arc<ProxyVariables>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    /// The beginning of the body.
    pub(super) body: String,
}

/// Why nothing came back.
pub(super) struct NoAnswer {
    /// The causes in one line.
    pub(super) cause: String,
    /// It was the certificate.
    pub(super) is_certificate: bool,
}

impl Fetcher {
    /// # Errors
    /// If TLS cannot be set up.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let variables = Arc::new(ProxyVariables::of_this_process());
        let of_proxy = variables.clone();
        let http = Client::builder()
            .user_agent(concat!(
                "wechat-login-proxy/",
                env!("CARGO_PKG_VERSION"),
                " check"
            ))
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .proxy(Proxy::custom(move |url| {
                Some(of_proxy.way_to(url).ok()?.proxy()?.url_with_password())
            }))
            .build()?;
        Ok(Self { http, variables })
    }

    pub(super) async fn get(&self, url: Url, accept: &'static str) -> Result<Answer, NoAnswer> {
        let request = self.http.get(url.clone()).header(ACCEPT, accept);
        self.send(&url, request).await
    }

    /// JSON, as a script of a page of `site` asks for it.
    pub(super) async fn get_from(&self, site: &Url, url: Url) -> Result<Answer, NoAnswer> {
        let request = self.http.get(url.clone());
        let request = request.header(ACCEPT, "application/json");
        let site = site.origin().ascii_serialization();
        self.send(&url, request.header(ORIGIN, site)).await
    }

    /// The same question to sign out, of nobody: it changes nothing.
    pub(super) async fn sign_out(&self, site: &Url, url: Url) -> Result<Answer, NoAnswer> {
        let request = self.http.delete(url.clone());
        let site = site.origin().ascii_serialization();
        self.send(&url, request.header(ORIGIN, site)).await
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        let way = self.variables.way_to(url).map_err(|problem| NoAnswer {
            cause: problem.to_string(),
            is_certificate: false,
        })?;
        let no_answer = |error| no_answer(error, &way);
        let mut response = request.send().await.map_err(no_answer)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while body.len() < BODY_BYTES {
            match response.chunk().await.map_err(no_answer)? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

impl Answer {
    /// A header's text, empty if it is missing.
    pub(super) fn header(&self, name: HeaderName) -> Cow<'_, str> {
        let value = self.headers.get(name);
        value.map(text).unwrap_or_default()
    }

    /// The content type without its parameters, in small letters.
    pub(super) fn kind(&self) -> String {
        let declared = self.header(CONTENT_TYPE);
        let kind = declared.split(';').next().unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    }

    /// All cookies the answer sets.
    pub(super) fn cookies(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let headers = self
            .headers
            .get_all(reqwest::header::SET_COOKIE)
            .into_iter();
        headers.map(text)
    }

    pub(super) fn is_html(&self) -> bool {
        let start = self.body.trim_start().get(..5).unwrap_or_default();
        let looks_like_it =
            start.eq_ignore_ascii_case("<!doc") || start.eq_ignore_ascii_case("<html");
        looks_like_it || self.kind() == "text/html"
    }

    /// The status in words, with where a redirect leads.
    pub(super) fn outcome(&self) -> String {
        let Self { status, .. } = self;
        match &*self.header(LOCATION) {
            "" => format!("HTTP status {status}"),
            // Without its query, which may carry anything.
            location => {
                let place = location.split(['?', '#']).next().unwrap_or_default();
                format!("HTTP status {status}, a redirect to {place}")
            }
        }
    }
}

/// As far as it can be read.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

fn no_answer(error: reqwest::Error, way: &Way) -> NoAnswer {
    // With its causes.
    let mut cause = format!("{:#}", anyhow::Error::new(error.without_url()));
    if way.proxy().is_some() {
        cause = format!("{cause}, {way}");
    }
    NoAnswer {
        is_certificate: cause.contains("certificate"),
        cause,
    }
}
