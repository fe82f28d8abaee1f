//! One request and what comes back, or why nothing does: whose fault that is, and whether WeChat may have seen it.

use std::error::Error as _;
use std::sync::Arc;

use reqwest::{RequestBuilder, Response, StatusCode, Url};

use super::Client;
use crate::{Endpoint, Error, ProxyFault};

/// Longest body read; WeChat's answers are below 2 KiB.
const BODY_BYTES: usize = 64 * 1024;

/// What proxies add to answers, their own and those they pass on.
const HEADERS_OF_PROXIES: [&str; 3] = ["via", "proxy-status", "x-squid-error"];

impl Client {
    pub(crate) async fn send(
        &self,
        endpoint: Endpoint,
        request: RequestBuilder,
    ) -> Result<Response, Error> {
        let answer = request.send().await;
        answer.map_err(|error| self.transport_error(endpoint, error))
    }

    /// What WeChat says, of which there is never much.
    pub(crate) async fn body_of(
        &self,
        endpoint: Endpoint,
        mut response: Response,
    ) -> Result<Vec<u8>, Error> {
        if response.status() != StatusCode::OK {
            return Err(self.status_error(endpoint, &response));
        }
        let failed = |error| self.transport_error(endpoint, error);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len().saturating_add(chunk.len()) > BODY_BYTES {
                let reason = "longer than 64 KiB";
                return Err(Error::Unusable { endpoint, reason });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn status_error(&self, endpoint: Endpoint, response: &Response) -> Error {
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            // Nobody but a proxy says that, and it has passed nothing on.
            let cause = self.through("HTTP status 407".to_owned());
            let fault = ProxyFault::Unauthorized;
            return Error::Proxy {
                endpoint,
                fault,
                cause,
            };
        }
        let is_forwarded = self.is_forwarded(Some(response.url()));
        let says_so = |name: &str| response.headers().contains_key(name);
        Error::Status {
            endpoint,
            status: response.status().as_u16(),
            maybe_proxy: is_forwarded || HEADERS_OF_PROXIES.into_iter().any(says_so),
        }
    }

    fn transport_error(&self, endpoint: Endpoint, error: reqwest::Error) -> Error {
        let is_not_sent = error.is_connect();
        let is_forwarded = self.is_forwarded(error.url());
        let causes = cause_chain(error);
        // The only connection there is then is the one to the proxy.
        let away = is_forwarded.then_some(ProxyFault::Away);
        let fault = proxy_fault(&causes).or(away).filter(|_| is_not_sent);
        let cause = self.through(causes);
        match fault {
            Some(fault) => Error::Proxy {
                endpoint,
                fault,
                cause,
            },
            None if is_not_sent => Error::NotSent { endpoint, cause },
            None => Error::Transport { endpoint, cause },
        }
    }

    /// Whether a forward proxy is sent this request as it is, and no tunnel leads through it.
    fn is_forwarded(&self, url: Option<&Url>) -> bool {
        self.options.proxy_name.is_some() && url.is_some_and(|url| url.scheme() == "http")
    }

    /// The causes, and through which proxy.
    fn through(&self, causes: String) -> Arc<str> {
        match &self.options.proxy_name {
            Some(proxy) => format!("through {proxy}: {causes}").into(),
            None => causes.into(),
        }
    }
}

/// Which fault of a forward proxy these causes tell of, if any. The libraries below do not show the types they have for
/// it, so it is their words: hyper-util's for CONNECT and for SOCKS5.
fn proxy_fault(causes: &str) -> Option<ProxyFault> {
    let fronts = ["tunnel error: ", "SOCKS error: "].into_iter();
    let said = fronts
        .filter_map(|front| Some(causes.split_once(front)?.1))
        .next()?;
    let begins = |words: &[&str]| words.iter().any(|words| said.starts_with(words));
    Some(
        if begins(&[
            "proxy auth",
            "credentials",
            "server does not support user/pass",
        ]) {
            ProxyFault::Unauthorized
        } else if begins(&["failed ", "io error ", "unexpected end"]) {
            ProxyFault::Away
        } else {
            ProxyFault::Refused
        },
    )
}

/// The error and its causes in one line, without the URL and its secrets.
fn cause_chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    chain
}
