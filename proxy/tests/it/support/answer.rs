//! What is sent and what comes back, in few words.

use std::net::ToSocketAddrs;

use api_types::{ApiError, ApiErrorBody, ErrorCode, NewSession, Record, Session};
use reqwest::header::SET_COOKIE;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use test_support::suite_log;
use test_support::wire::exchange;

/// A request that is sent and answered.
pub(crate) trait Ask {
    /// Sends it and waits for the answer's head.
    async fn answer(self) -> Response;
}

impl Ask for RequestBuilder {
    async fn answer(self) -> Response {
        self.send().await.unwrap()
    }
}

/// All that comes back for this start of a request, `GET /x`, and these lines of its head behind it, each with its end,
/// from a server that may close before it has taken everything.
pub(crate) async fn raw(at: impl ToSocketAddrs, start: &str, lines: impl AsRef<[u8]>) -> String {
    let start = format!("{start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    exchange(at, [start.as_bytes(), lines.as_ref(), b"\r\n"].concat()).await
}

/// What an answer has to be.
pub(crate) trait Answer {
    /// The status as a number.
    fn code(&self) -> u16;

    /// A header that must be there and be text.
    fn header(&self, name: &str) -> &str;

    /// Whether there is such a header.
    fn has(&self, name: &str) -> bool;

    /// The body as text.
    async fn string(self) -> String;

    /// The body of a success, from JSON.
    async fn object<T: DeserializeOwned>(self) -> T;

    /// Asserts status, code and all that every error has in common.
    async fn error(self, status: u16, code: ErrorCode) -> ApiError;

    /// Asserts a success of `POST /api/session` and gives whose session it is.
    async fn session(self) -> Session;

    /// The same of a mini-program or a mobile app, which gets a token and no cookie.
    async fn new_session(self) -> (Session, String);

    /// Asserts what every record is answered with, under this status.
    async fn record(self, status: u16) -> Record<Value>;
}

impl Answer for Response {
    fn code(&self) -> u16 {
        self.status().as_u16()
    }

    fn header(&self, name: &str) -> &str {
        self.headers()[name].to_str().unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.headers().contains_key(name)
    }

    async fn string(self) -> String {
        self.text().await.unwrap()
    }

    async fn object<T: DeserializeOwned>(self) -> T {
        let status = self.status();
        let text = self.string().await;
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    async fn error(self, status: u16, code: ErrorCode) -> ApiError {
        let headers = self.headers().clone();
        let actual = self.code();
        let text = self.string().await;
        let body = serde_json::from_str(&text);
        let ApiErrorBody { error } = body.unwrap_or_else(|_| panic!("no envelope: {text}"));
        assert_eq!((actual, error.code), (status, code), "{}", error.message);
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["x-request-id"], error.request_id);
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(error.request_id.len(), 16);
        let sets_cookie = headers.contains_key(SET_COOKIE);
        assert!(!sets_cookie, "an error must not touch the session");
        assert!(error.message.ends_with('.'), "{}", error.message);
        error
    }

    async fn session(self) -> Session {
        assert_eq!(self.status(), 200);
        assert_eq!(self.header("cache-control"), "no-store");
        let cookie = self.header("set-cookie").split(';').next().unwrap();
        suite_log::must_not_be_logged(cookie.split_once('=').map(|(_, sealed)| sealed));
        self.object().await
    }

    async fn new_session(self) -> (Session, String) {
        assert_eq!(self.status(), 200);
        assert!(!self.has("set-cookie"));
        assert_eq!(self.header("cache-control"), "no-store");
        let NewSession { session, token } = self.object().await;
        let token = token.unwrap();
        suite_log::must_not_be_logged([&token]);
        (session, token)
    }

    async fn record(self, status: u16) -> Record<Value> {
        assert_eq!(self.code(), status);
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(!self.header("etag").is_empty());
        self.object().await
    }
}
