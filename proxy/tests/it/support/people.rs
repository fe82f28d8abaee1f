//! Whoever calls: browsers, users who are signed in, backends; and what they get of records.

use api_types::{Record, RecordPage, Scope, Session};
use login_store::{
    DatabaseUrl, KnownIdentity, Owner, RecordDraft, RecordId, RecordKey, RecordKind, RecordValue,
    SeenIdentity, Store,
};
use reqwest::{Body, Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use test_support::suite_log;
use wechat_login_proxy::config::Config;
use wechat_oauth::{AppId, OpenId, UnionId};

use super::helpers::{APPID, CAFE, JSON, NO_WECHAT, NOW, TestProxy, config, new_browser, session};
use super::{Answer as _, Ask as _};

/// The key of the backend `orders`.
pub(crate) const SERVICE_KEY: &str = "service-key-of-the-order-system-0123456789";
/// The key of the backend `billing`.
pub(crate) const OTHER_SERVICE_KEY: &str = "service-key-of-the-billing-system-012345678";

/// A configuration with two backends, for a proxy that needs no WeChat.
pub(crate) fn config_with_backends() -> Config {
    suite_log::must_not_be_logged([SERVICE_KEY, OTHER_SERVICE_KEY]);
    let mut config = config(NO_WECHAT);
    for (name, key) in [("orders", SERVICE_KEY), ("billing", OTHER_SERVICE_KEY)] {
        let key = wechat_login_proxy::config::ServiceKey::parse(key).unwrap();
        config.service_keys.insert(name.to_owned(), key);
    }
    // So that this address exists, too.
    config.accounts.get_mut("shop").unwrap().jssdk = true;
    config
}

/// A running proxy with two backends.
pub(crate) async fn proxy() -> TestProxy {
    TestProxy::start_with(config_with_backends()).await
}

/// The same, and somebody who is signed in at the account `shop`.
pub(crate) async fn proxy_and_user() -> (TestProxy, Caller) {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", super::OPENID, None).await;
    (proxy, user)
}

/// The same, and the backend `orders`.
pub(crate) async fn proxy_and_backend() -> (TestProxy, Caller) {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    (proxy, backend)
}

/// The same on this database.
pub(crate) async fn proxy_on(database: DatabaseUrl) -> TestProxy {
    let mut config = config_with_backends();
    config.database = database;
    TestProxy::start_with(config).await
}

/// Who sends requests to one place: a browser, of somebody who is signed in or not, or a backend.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) base_url: String,
    pub(crate) browser: Client,
    /// In every request.
    header: Option<(&'static str, String)>,
}

/// Signs somebody in at the account `shop` (or `cafe`), as a login would.
pub(crate) async fn user(
    proxy: &TestProxy,
    account: &str,
    openid: &str,
    unionid: Option<&str>,
) -> Caller {
    let session = Session {
        account: account.to_owned(),
        appid: if account == "shop" { APPID } else { CAFE }.to_owned(),
        ..session(openid)
    };
    note(proxy, &session.appid, openid, unionid).await;
    signed_in(proxy, &session)
}

/// Somebody has signed in by this application.
pub(crate) async fn note(proxy: &TestProxy, appid: &str, openid: &str, unionid: Option<&str>) {
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
}

/// A guest of snapshot mode, whom the store has never heard of.
pub(crate) fn guest(proxy: &TestProxy, openid: &str) -> Caller {
    let snapshot = true;
    let guest = Session {
        snapshot,
        ..session(openid)
    };
    signed_in(proxy, &guest)
}

/// The browser that has this session.
pub(crate) fn signed_in(proxy: &TestProxy, session: &Session) -> Caller {
    let header = ("Cookie", proxy.cookie(session));
    Caller::new(proxy.base_url.clone(), Some(header))
}

/// The backend `orders`.
pub(crate) fn backend(proxy: &TestProxy) -> Caller {
    backend_with(proxy, SERVICE_KEY)
}

/// A backend that shows this key, or somebody who shows this token.
pub(crate) fn backend_with(proxy: &TestProxy, key: &str) -> Caller {
    let header = ("Authorization", format!("Bearer {key}"));
    Caller::new(proxy.base_url.clone(), Some(header))
}

impl Caller {
    /// Who sends this header with every request.
    pub(crate) fn new(base_url: String, header: Option<(&'static str, String)>) -> Self {
        Self {
            base_url,
            browser: new_browser(),
            header,
        }
    }

    /// The same caller at another proxy.
    pub(crate) fn moved_to(self, proxy: &TestProxy) -> Self {
        Self {
            base_url: proxy.base_url.clone(),
            ..self
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .browser
            .request(method, format!("{}{path}", self.base_url));
        match &self.header {
            Some((name, value)) => request.header(*name, value),
            None => request,
        }
    }

    /// Sends method and path, `GET /api/session`, with these headers.
    pub(crate) async fn ask(&self, line: &str, headers: &[(&str, &str)]) -> Response {
        self.build(line, headers).answer().await
    }

    /// The same with a body.
    pub(crate) async fn send(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response {
        self.build(line, headers).body(body).answer().await
    }

    fn build(&self, line: &str, headers: &[(&str, &str)]) -> RequestBuilder {
        let (method, path) = line.split_once(' ').unwrap();
        let request = self.request(method.parse().unwrap(), path);
        let headers = headers.iter();
        headers.fold(request, |request, (name, value)| {
            request.header(*name, *value)
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).answer().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).answer().await
    }

    pub(crate) fn put_request(&self, path: &str, json: &str) -> RequestBuilder {
        let request = self.request(Method::PUT, path).header(JSON.0, JSON.1);
        request.body(json.to_owned())
    }

    pub(crate) async fn put(&self, path: &str, json: &str) -> Response {
        self.put_request(path, json).answer().await
    }

    /// A page that must be there.
    pub(crate) async fn page(&self, path: &str) -> RecordPage<Value> {
        self.get(path).await.object().await
    }

    /// Kinds and keys of a page that must be there.
    pub(crate) async fn names(&self, path: &str) -> Vec<String> {
        names(&self.page(path).await)
    }
}

pub(crate) fn etag_of(response: &Response) -> String {
    response.header("etag").to_owned()
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

/// Whoever has this openid at the account `shop`, as stores know them.
pub(crate) fn owner(openid: &str) -> Owner {
    Owner {
        appid: AppId::parse(APPID).unwrap(),
        openid: OpenId::parse(openid).unwrap(),
    }
}

/// An order of theirs.
pub(crate) fn order_of(openid: &str, key: &str) -> RecordId {
    RecordId {
        owner: owner(openid),
        kind: RecordKind::parse("order").unwrap(),
        key: RecordKey::parse(key).unwrap(),
    }
}

/// The same, to be written.
pub(crate) fn draft_of(openid: &str, key: &str, written_at: u64) -> RecordDraft {
    RecordDraft {
        id: order_of(openid, key),
        value: RecordValue::parse(b"1").unwrap(),
        written_at,
    }
}

/// What a store knows of [`OPENID`](super::OPENID).
pub(crate) async fn known(store: &dyn Store) -> Option<KnownIdentity> {
    let Owner { appid, openid } = owner(super::OPENID);
    store.find_identity(&appid, &openid).await.unwrap()
}

/// Some order.
pub(crate) fn order() -> String {
    json!({ "title": "普洱", "cents": 19900 }).to_string()
}
