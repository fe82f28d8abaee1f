//! People who are signed in without WeChat, and backends: what tests of records begin with.

use api_types::{Record, RecordPage, Scope, Session};
use login_store::DatabaseUrl;
use login_store::SeenIdentity;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use wechat_login_proxy::config::Config;
use wechat_oauth::{AppId, OpenId, UnionId};

use crate::helpers::{APPID, NOW, TestProxy, config, new_browser};
use test_support::suite_log;

/// The key of the backend `orders`.
pub(crate) const SERVICE_KEY: &str = "service-key-of-the-order-system-0123456789";
/// The key of the backend `billing`.
pub(crate) const OTHER_SERVICE_KEY: &str = "service-key-of-the-billing-system-012345678";
pub(crate) const CAFE: &str = "wx00000000000000a2";

/// A configuration with two backends, for a proxy that needs no WeChat.
pub(crate) fn config_with_backends() -> Config {
    suite_log::must_not_be_logged([SERVICE_KEY, OTHER_SERVICE_KEY]);
    let mut config = config("http://127.0.0.1:9");
    for (name, key) in [("orders", SERVICE_KEY), ("billing", OTHER_SERVICE_KEY)] {
        let key = wechat_login_proxy::config::ServiceKey::parse(key).unwrap();
        config.service_keys.insert(name.to_owned(), key);
    }
    config
}

/// A running proxy with two backends.
pub(crate) async fn proxy() -> TestProxy {
    TestProxy::start_with(config_with_backends()).await
}

/// The same on this database.
pub(crate) async fn proxy_on(database: DatabaseUrl) -> TestProxy {
    let mut config = config_with_backends();
    config.database = database;
    TestProxy::start_with(config).await
}

/// A browser of somebody who is signed in, or a backend.
pub(crate) struct Caller {
    base_url: String,
    client: Client,
    header: (&'static str, String),
}

/// Signs somebody in at the account `shop` (or `cafe`), as a login would.
pub(crate) async fn user(
    proxy: &TestProxy,
    account: &str,
    openid: &str,
    unionid: Option<&str>,
) -> Caller {
    let appid = if account == "shop" { APPID } else { CAFE };
    suite_log::must_not_be_logged([openid].into_iter().chain(unionid));
    let seen = SeenIdentity {
        appid: AppId::parse(appid).unwrap(),
        openid: OpenId::parse(openid).unwrap(),
        platform: Some("camellia".to_owned()),
        unionid: unionid.map(|unionid| UnionId::parse(unionid).unwrap()),
        scope: Scope::Base,
        profile: None,
        seen_at: NOW,
    };
    proxy.state.store.upsert_identity(&seen).await.unwrap();
    session(proxy, account, openid, false)
}

/// A guest of snapshot mode, whom the store has never heard of.
pub(crate) fn guest(proxy: &TestProxy, openid: &str) -> Caller {
    session(proxy, "shop", openid, true)
}

fn session(proxy: &TestProxy, account: &str, openid: &str, snapshot: bool) -> Caller {
    let session = Session {
        account: account.to_owned(),
        appid: if account == "shop" { APPID } else { CAFE }.to_owned(),
        openid: openid.to_owned(),
        unionid: None,
        scope: Scope::Base,
        snapshot,
        profile: None,
        expires_at: NOW + 3600,
    };
    let cookie = proxy.state.sessions.seal(&session).unwrap();
    suite_log::must_not_be_logged([cookie.value(), openid]);
    let header = format!("{}={}", cookie.name(), cookie.value());
    caller(proxy, (COOKIE.as_str(), header))
}

/// The backend `orders`.
pub(crate) fn backend(proxy: &TestProxy) -> Caller {
    backend_with(proxy, SERVICE_KEY)
}

/// A backend that shows this key.
pub(crate) fn backend_with(proxy: &TestProxy, key: &str) -> Caller {
    caller(proxy, ("Authorization", format!("Bearer {key}")))
}

fn caller(proxy: &TestProxy, header: (&'static str, String)) -> Caller {
    Caller {
        base_url: proxy.base_url.clone(),
        client: new_browser(),
        header,
    }
}

impl Caller {
    /// The same caller at another proxy.
    pub(crate) fn moved_to(self, proxy: &TestProxy) -> Self {
        Self {
            base_url: proxy.base_url.clone(),
            ..self
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base_url);
        let (name, value) = &self.header;
        self.client.request(method, url).header(*name, value)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.unwrap()
    }

    pub(crate) fn put_request(&self, path: &str, json: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
            .header(CONTENT_TYPE, "application/json")
            .body(json.to_owned())
    }

    pub(crate) async fn put(&self, path: &str, json: &str) -> Response {
        self.put_request(path, json).send().await.unwrap()
    }

    /// A page that must be there.
    pub(crate) async fn page(&self, path: &str) -> RecordPage<Value> {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }
}

/// The record of a success.
pub(crate) async fn record_of(response: Response, status: u16) -> Record<Value> {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!etag_of(&response).is_empty());
    response.json().await.unwrap()
}

pub(crate) fn etag_of(response: &Response) -> String {
    response.headers()["etag"].to_str().unwrap().to_owned()
}

/// Kinds and keys of a page, `order/1`.
pub(crate) fn names(page: &RecordPage<Value>) -> Vec<String> {
    let name = |record: &Record<Value>| format!("{}/{}", record.kind, record.key);
    page.records.iter().map(name).collect()
}

/// The path of a user in the service API.
pub(crate) fn user_path(account: &str, openid: &str) -> String {
    format!("/service/accounts/{account}/users/{openid}")
}

/// Some order.
pub(crate) fn order() -> String {
    json!({ "title": "普洱", "cents": 19900 }).to_string()
}
