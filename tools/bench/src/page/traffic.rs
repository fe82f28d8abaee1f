//! What DevTools told about requests, by kind.

use anyhow::{Context, ensure};
use reqwest::Url;
use serde_json::Value;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The page itself.
    Document,
    Script,
    Wasm,
    Style,
    /// The proxy.
    Api,
    Wechat,
}

impl Kind {
    fn of(url: &str, page: &str, wechat: &str) -> anyhow::Result<Self> {
        if url.starts_with(wechat) {
            return Ok(Self::Wechat);
        }
        let path = url.strip_prefix(page).context("a request to a stranger")?;
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
#[derive(Debug)]
pub(crate) struct Request {
    id: String,
    pub(crate) kind: Kind,
    /// Method and path, without the query, in which a code may stand.
    pub(crate) what: String,
    /// When it was sent, in seconds on the browser's own clock.
    pub(crate) sent: f64,
    /// When the first of the answer came, on the browser's own clock.
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

    fn new(params: &Value, page: &str, wechat: &str) -> anyhow::Result<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let url = text(&params["request"]["url"]);
        let path = Url::parse(&url)?.path().to_owned();
        Ok(Self {
            id: text(&params["requestId"]),
            kind: Kind::of(&url, page, wechat)?,
            what: format!("{} {path}", text(&params["request"]["method"])),
            sent: params["timestamp"].as_f64().context("no time")?,
            answered: f64::INFINITY,
            bytes: 0.0,
            is_from_cache: false,
            is_finished: false,
        })
    }

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

/// All requests of a visit in the order in which they were sent; a redirect is one, what it leads to another.
///
/// # Errors
/// When a request goes anywhere but to `page` and `wechat`, is refused, or fails.
pub(crate) fn requests(events: &[Value], page: &str, wechat: &str) -> anyhow::Result<Vec<Request>> {
    let mut requests: Vec<Request> = Vec::new();
    for event in events {
        let params = &event["params"];
        let about = requests.iter_mut().rfind(|it| params["requestId"] == it.id);
        let bytes = params["encodedDataLength"].as_f64().unwrap_or_default();
        match (event["method"].as_str().unwrap_or_default(), about) {
            ("Network.requestWillBeSent", redirected) => {
                let redirect = &params["redirectResponse"];
                if let (false, Some(request)) = (redirect.is_null(), redirected) {
                    request.answer(redirect, params)?;
                    request.is_finished = true;
                }
                let url = params["request"]["url"].as_str().unwrap_or_default();
                if !url.starts_with("data:") {
                    requests.push(Request::new(params, page, wechat)?);
                }
            }
            ("Network.requestServedFromCache", Some(request)) => request.is_from_cache = true,
            ("Network.responseReceived", Some(request)) => {
                request.answer(&params["response"], params)?;
            }
            ("Network.dataReceived", Some(request)) => request.bytes += bytes,
            ("Network.loadingFinished", Some(request)) => {
                request.bytes = bytes;
                request.is_finished = true;
            }
            // A page that leaves takes what it was loading with it.
            ("Network.loadingFailed", Some(_)) if params["canceled"] == true => {}
            ("Network.loadingFailed", Some(request)) => {
                anyhow::bail!("{} failed: {}", request.what, params["errorText"]);
            }
            _ => {}
        }
    }
    Ok(requests)
}

/// Bytes on the wire for some of them.
pub(crate) fn bytes(requests: &[Request], is_wanted: impl Fn(&Request) -> bool) -> f64 {
    let wanted = requests.iter().filter(|it| is_wanted(it));
    wanted.map(|it| it.bytes).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str = "http://127.0.0.1:1";
    const WECHAT: &str = "http://127.0.0.1:2";

    fn sent(url: &str, at: f64) -> Value {
        json!({ "method": "Network.requestWillBeSent", "params": {
            "requestId": "1", "timestamp": at, "request": { "method": "GET", "url": url },
        }})
    }

    fn received(status: u16, at: f64) -> Value {
        json!({ "method": "Network.responseReceived", "params": {
            "requestId": "1", "timestamp": at, "response": { "status": status, "fromDiskCache": false },
        }})
    }

    fn told(method: &str, bytes: u32) -> Value {
        json!({ "method": format!("Network.{method}"), "params": { "requestId": "1", "encodedDataLength": bytes } })
    }

    #[test]
    fn a_redirect_is_a_request_of_its_own() {
        let mut back = sent(&format!("{PAGE}/?code=secret&state=s"), 2.0);
        back["params"]["redirectResponse"] = json!({ "status": 302, "encodedDataLength": 300 });
        let away = sent(&format!("{WECHAT}/connect/oauth2/authorize?appid=a"), 1.5);
        let events = [
            away,
            back,
            received(200, 2.25),
            told("loadingFinished", 900),
        ];
        let requests = requests(&events, PAGE, WECHAT).unwrap();
        let kinds: Vec<Kind> = requests.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Kind::Wechat, Kind::Document]);
        assert_eq!(
            (requests[0].milliseconds(), requests[1].milliseconds()),
            (500.0, 250.0)
        );
        assert_eq!(bytes(&requests, |it| it.kind != Kind::Wechat), 900.0);
        assert!(requests.iter().all(|it| it.is_finished));
        assert!(!format!("{requests:?}").contains("secret"));
    }

    #[test]
    fn requests_are_told_by_what_they_are_for_and_strangers_refused() {
        for (url, kind) in [
            ("http://127.0.0.1:1/", Some(Kind::Document)),
            ("http://127.0.0.1:1/?code=a.js", Some(Kind::Document)),
            ("http://127.0.0.1:1/assets/a-1.js", Some(Kind::Script)),
            ("http://127.0.0.1:1/a_bg.wasm", Some(Kind::Wasm)),
            ("http://127.0.0.1:1/a.css", Some(Kind::Style)),
            ("http://127.0.0.1:1/api/qr.svg", Some(Kind::Api)),
            ("http://127.0.0.1:3/", None),
            ("http://127.0.0.1:1/favicon.ico", None),
        ] {
            assert_eq!(Kind::of(url, PAGE, WECHAT).ok(), kind, "{url}");
        }
    }

    #[test]
    fn refused_and_failed_requests_are_errors_and_bytes_are_added_up() {
        let url = format!("{PAGE}/api/bootstrap");
        let of = |second: Value| requests(&[sent(&url, 1.0), second], PAGE, WECHAT);
        assert!(of(received(404, 1.1)).is_err());
        assert!(of(told("loadingFailed", 0)).is_err());
        let part = of(told("dataReceived", 70)).unwrap();
        assert_eq!(bytes(&part, |_| true), 70.0);
        assert!(!part[0].is_finished);
    }
}
