//! What DevTools told about requests, by kind.

use std::fmt;

use anyhow::{Context, ensure};
use serde_json::Value;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The page itself.
    Document,
    /// JavaScript.
    Script,
    /// WebAssembly.
    Wasm,
    /// A style sheet.
    Style,
    /// The proxy.
    Api,
    /// WeChat.
    Wechat,
}

impl Kind {
    fn of(url: &str, page: &str, wechat: &str) -> anyhow::Result<Self> {
        if url.starts_with(wechat) {
            return Ok(Self::Wechat);
        }
        let path = url
            .strip_prefix(page)
            .with_context(|| format!("a request to a stranger: {url}"))?;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Ok(match path.rsplit_once('.') {
            _ if path == "/" => Self::Document,
            _ if path.starts_with("/api/") => Self::Api,
            Some((_, "js")) => Self::Script,
            Some((_, "wasm")) => Self::Wasm,
            Some((_, "css")) => Self::Style,
            _ => anyhow::bail!("a request for nothing known: {path}"),
        })
    }
}

/// One request and its answer.
#[derive(Clone)]
pub(crate) struct Request {
    id: String,
    /// What it is for.
    pub(crate) kind: Kind,
    /// Method and path, without the query.
    pub(crate) what: String,
    /// When it was sent, in seconds on the browser's own clock.
    pub(crate) sent: f64,
    /// The same since 1970-01-01 UTC.
    pub(crate) sent_at: f64,
    /// When the first of the answer came, likewise.
    answered: f64,
    /// Bytes of the answer on the wire, headers included.
    bytes: f64,
    /// Nothing went over the wire.
    pub(crate) is_from_cache: bool,
    /// The whole answer came. A page that leaves for WeChat because of an answer may be gone before its end is told.
    pub(crate) is_finished: bool,
}

impl Request {
    /// From sending it to the first of the answer.
    pub(crate) fn milliseconds(&self) -> f64 {
        (self.answered - self.sent) * 1_000.0
    }
}

/// All requests of a visit in the order in which they were sent; a redirect is one, what it leads to another.
pub(crate) struct Traffic {
    pub(crate) requests: Vec<Request>,
}

impl Traffic {
    /// Reads DevTools' events.
    ///
    /// # Errors
    /// When a request goes anywhere but to `page` and `wechat`, is refused, or fails.
    pub(crate) fn of(events: &[Value], page: &str, wechat: &str) -> anyhow::Result<Self> {
        let mut traffic = Self {
            requests: Vec::new(),
        };
        for event in events {
            let params = &event["params"];
            let method = event["method"].as_str().unwrap_or_default();
            if method == "Network.requestWillBeSent" {
                traffic.send(params, page, wechat)?;
                continue;
            }
            let Some(request) = traffic.last(params) else {
                continue;
            };
            let bytes = params["encodedDataLength"].as_f64().unwrap_or_default();
            match method {
                "Network.requestServedFromCache" => request.is_from_cache = true,
                "Network.responseReceived" => request.answer(&params["response"], params)?,
                "Network.dataReceived" => request.bytes += bytes,
                "Network.loadingFinished" => {
                    request.bytes = bytes;
                    request.is_finished = true;
                }
                "Network.loadingFailed" => {
                    anyhow::bail!("{} failed: {}", request.what, params["errorText"]);
                }
                _ => {}
            }
        }
        Ok(traffic)
    }

    fn send(&mut self, params: &Value, page: &str, wechat: &str) -> anyhow::Result<()> {
        let request = &params["request"];
        let url = request["url"]
            .as_str()
            .context("a request without address")?;
        if url.starts_with("data:") {
            return Ok(());
        }
        let redirect = &params["redirectResponse"];
        if !redirect.is_null()
            && let Some(redirected) = self.last(params)
        {
            redirected.answer(redirect, params)?;
            redirected.bytes = redirect["encodedDataLength"].as_f64().unwrap_or_default();
            redirected.is_finished = true;
        }
        let path = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = path.split_once('/').map_or("", |(_, path)| path);
        let method = request["method"].as_str().unwrap_or_default();
        self.requests.push(Request {
            id: params["requestId"].as_str().unwrap_or_default().to_owned(),
            kind: Kind::of(url, page, wechat)?,
            // A code stands in a query.
            what: format!(
                "{method} /{}",
                path.split(['?', '#']).next().unwrap_or_default()
            ),
            sent: params["timestamp"].as_f64().context("no time")?,
            sent_at: params["wallTime"].as_f64().context("no time of day")?,
            answered: f64::INFINITY,
            bytes: 0.0,
            is_from_cache: false,
            is_finished: false,
        });
        Ok(())
    }

    /// The request an event is about.
    fn last(&mut self, params: &Value) -> Option<&mut Request> {
        let id = params["requestId"].as_str()?;
        self.requests.iter_mut().rfind(|request| request.id == id)
    }

    /// The first one of a kind.
    pub(crate) fn first(&self, kind: Kind) -> Option<&Request> {
        self.requests.iter().find(|request| request.kind == kind)
    }

    /// Those sent before a time on the browser's clock.
    pub(crate) fn before(&self, seconds: f64) -> Self {
        let earlier = self.requests.iter().filter(|it| it.sent < seconds);
        Self {
            requests: earlier.cloned().collect(),
        }
    }

    /// Bytes on the wire for some kinds.
    pub(crate) fn bytes(&self, is_wanted: impl Fn(Kind) -> bool) -> f64 {
        let wanted = self.requests.iter().filter(|it| is_wanted(it.kind));
        wanted.map(|it| it.bytes).sum()
    }

    /// # Errors
    /// When a request of the API was not sent so many times.
    pub(crate) fn expect_api(&self, what: &str, times: usize) -> anyhow::Result<()> {
        let sent = self.requests.iter().filter(|it| it.what == what).count();
        ensure!(
            sent == times,
            "{what} was sent {sent} times, not {times}: {self}"
        );
        Ok(())
    }
}

impl Request {
    fn answer(&mut self, response: &Value, params: &Value) -> anyhow::Result<()> {
        let status = response["status"].as_u64().unwrap_or_default();
        ensure!(status < 400, "{} was answered {status}", self.what);
        self.answered = params["timestamp"].as_f64().context("no time")?;
        // The headers; replaced by the sum once that is told.
        self.bytes = response["encodedDataLength"].as_f64().unwrap_or_default();
        self.is_from_cache |= response["fromDiskCache"] == true;
        Ok(())
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for request in &self.requests {
            let cache = if request.is_from_cache { ", cache" } else { "" };
            write!(
                formatter,
                "[{}, {} bytes{cache}] ",
                request.what, request.bytes
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str = "http://127.0.0.1:1";
    const WECHAT: &str = "http://127.0.0.1:2";

    fn sent(id: &str, url: &str, at: f64) -> Value {
        json!({ "method": "Network.requestWillBeSent", "params": {
            "requestId": id, "timestamp": at, "wallTime": 1_000.0 + at, "request": { "method": "GET", "url": url },
        }})
    }

    fn received(id: &str, status: u16, at: f64) -> Value {
        json!({ "method": "Network.responseReceived", "params": {
            "requestId": id, "timestamp": at, "response": { "status": status, "fromDiskCache": false },
        }})
    }

    fn finished(id: &str, bytes: u32) -> Value {
        json!({ "method": "Network.loadingFinished", "params": { "requestId": id, "encodedDataLength": bytes } })
    }

    #[test]
    fn a_redirect_is_a_request_of_its_own() {
        let mut back = sent("1", &format!("{PAGE}/?code=secret&state=s"), 2.0);
        back["params"]["redirectResponse"] = json!({ "status": 302, "encodedDataLength": 300 });
        let events = [
            sent(
                "1",
                &format!("{WECHAT}/connect/oauth2/authorize?appid=a"),
                1.5,
            ),
            back,
            received("1", 200, 2.25),
            finished("1", 900),
        ];
        let traffic = Traffic::of(&events, PAGE, WECHAT).unwrap();
        let kinds: Vec<Kind> = traffic.requests.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Kind::Wechat, Kind::Document]);
        assert_eq!(traffic.requests[0].milliseconds(), 500.0);
        assert_eq!(traffic.requests[1].milliseconds(), 250.0);
        assert_eq!(traffic.bytes(|it| it != Kind::Wechat), 900.0);
        assert!(traffic.requests.iter().all(|it| it.is_finished));
        assert!(!traffic.to_string().contains("secret"), "{traffic}");
        assert!(traffic.before(2.0).first(Kind::Document).is_none());
    }

    #[test]
    fn requests_are_told_by_what_they_are_for() {
        let of = |url: &str| Kind::of(url, PAGE, WECHAT).ok();
        assert_eq!(of("http://127.0.0.1:1/"), Some(Kind::Document));
        assert_eq!(of("http://127.0.0.1:1/?code=a.js"), Some(Kind::Document));
        assert_eq!(of("http://127.0.0.1:1/assets/a-1.js"), Some(Kind::Script));
        assert_eq!(of("http://127.0.0.1:1/a_bg.wasm"), Some(Kind::Wasm));
        assert_eq!(of("http://127.0.0.1:1/a.css"), Some(Kind::Style));
        assert_eq!(of("http://127.0.0.1:1/api/qr.svg"), Some(Kind::Api));
        assert_eq!(of("http://127.0.0.1:3/"), None);
        assert_eq!(of("http://127.0.0.1:1/favicon.ico"), None);
    }

    #[test]
    fn refused_failed_and_missing_requests_are_errors() {
        let url = format!("{PAGE}/api/bootstrap");
        let refused = [sent("1", &url, 1.0), received("1", 404, 1.1)];
        assert!(Traffic::of(&refused, PAGE, WECHAT).is_err());
        let failed = json!({ "method": "Network.loadingFailed", "params": { "requestId": "1", "errorText": "x" } });
        assert!(Traffic::of(&[sent("1", &url, 1.0), failed], PAGE, WECHAT).is_err());
        let some = json!({ "method": "Network.dataReceived", "params": { "requestId": "1", "encodedDataLength": 70 } });
        let mut answer = received("1", 200, 1.2);
        answer["params"]["response"]["encodedDataLength"] = json!(30);
        let traffic = Traffic::of(&[sent("1", &url, 1.0), answer, some], PAGE, WECHAT).unwrap();
        assert_eq!(traffic.bytes(|it| it == Kind::Api), 100.0);
        assert!(traffic.expect_api("GET /api/bootstrap", 1).is_ok());
        assert!(traffic.expect_api("GET /api/bootstrap", 2).is_err());
        assert!(!traffic.requests[0].is_finished);
    }
}
