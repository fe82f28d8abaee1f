//! Looking at a site as a stranger does: one request, no redirects, no cookies.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN};
use reqwest::tls::TlsInfo;
use reqwest::{Client, Proxy, RequestBuilder, Response, Url};

use super::certificate::{Certificate, Fault};
use crate::config::{ProxyVariables, Way};

/// Longest body read; pages and verification files are far below, and of the WASM only the headers count.
const BODY_BYTES: usize = 256 * 1024;

/// Fetches addresses, through the proxies that the environment names, as other programs do. `wechat.proxy` is for WeChat
/// alone.
pub(super) struct Fetcher {
    http: Client,
    /// Takes any certificate, to see what is wrong with it. Nothing that it is told counts.
    trusting: Client,
    variables: Arc<ProxyVariables>,
}

/// What to do where the web server answers in the place of a proxy that it does not reach.
pub(super) const REACH_THE_PROXY: &str = "look whether it is running (systemctl status wechat-login-proxy), and whether the web \
    server asks where it listens (listen).";

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    /// The beginning of the body.
    pub(super) body: String,
    /// That of the server, over TLS.
    pub(super) certificate: Option<Certificate>,
}

/// Why nothing came back.
pub(super) struct NoAnswer {
    /// In one line.
    pub(super) cause: String,
    /// What to do.
    pub(super) fix: &'static str,
    /// It was the certificate, or there is no TLS: this machine's way there does not matter.
    pub(super) is_of_tls: bool,
}

impl Fetcher {
    /// # Errors
    /// If TLS cannot be set up.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let variables = Arc::new(ProxyVariables::of_this_process());
        let builder = || {
            let of_proxy = variables.clone();
            Client::builder()
                .user_agent(concat!(
                    "wechat-login-proxy/",
                    env!("CARGO_PKG_VERSION"),
                    " check"
                ))
                .connect_timeout(Duration::from_secs(5))
                .timeout(Duration::from_secs(10))
                .redirect(reqwest::redirect::Policy::none())
                .tls_info(true)
                .no_proxy()
                .proxy(Proxy::custom(move |url| {
                    Some(of_proxy.way_to(url).ok()?.proxy()?.url_with_password())
                }))
        };
        Ok(Self {
            http: builder().build()?,
            trusting: builder().tls_danger_accept_invalid_certs(true).build()?,
            variables,
        })
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
            fix: "correct the variable.",
            is_of_tls: false,
        })?;
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(self.no_answer(url, &error, &way).await),
        };
        let certificate = certificate_of(&response);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while body.len() < BODY_BYTES {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(self.no_answer(url, &error, &way).await),
            }
        }
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            certificate,
        })
    }

    async fn no_answer(&self, url: &Url, error: &reqwest::Error, way: &Way) -> NoAnswer {
        let mut fault = Fault::of(error);
        if fault.is_untrusted
            && let Ok(response) = self.trusting.head(url.clone()).send().await
            && let Some(certificate) = certificate_of(&response)
        {
            fault = fault.with(&certificate);
        }
        let Fault {
            cause,
            fix,
            is_of_tls,
            ..
        } = fault;
        let cause = match way.proxy() {
            Some(_) => format!("{cause}, {way}"),
            None => cause,
        };
        NoAnswer {
            cause,
            fix,
            is_of_tls,
        }
    }
}

fn certificate_of(response: &Response) -> Option<Certificate> {
    let info = response.extensions().get::<TlsInfo>()?;
    Certificate::parse(info.peer_certificate()?)
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

    /// Whether a web server says that what is behind it does not answer. The proxy's own 503 is text or JSON.
    pub(super) fn is_without_proxy(&self) -> bool {
        let is_of_web_server = || self.is_html() || self.body.trim().is_empty();
        matches!(self.status, 502 | 504) || self.status == 503 && is_of_web_server()
    }

    /// The status in words, with where a redirect leads.
    pub(super) fn outcome(&self) -> String {
        let Self { status, .. } = self;
        match &*self.header(LOCATION) {
            "" if self.is_without_proxy() => {
                format!("HTTP status {status}: the web server does not reach the proxy")
            }
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
