//! A running simulator and a browser that follows no redirect.

use std::sync::Arc;

use reqwest::cookie::Jar;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde_json::Value;
use wechat_simulator::Simulator;

pub(crate) const BOOKS: &str = "wx00000000000000a1";
pub(crate) const BOOKS_SECRET: &str = "simulator-secret-a1";
pub(crate) const CAFE: &str = "wx00000000000000a2";
pub(crate) const CAFE_SECRET: &str = "simulator-secret-a2";
pub(crate) const FLOWERS: &str = "wx00000000000000b1";
pub(crate) const FLOWERS_SECRET: &str = "simulator-secret-b1";

/// Where the tests' app would live.
pub(crate) const APP: &str = "http://127.0.0.1:8080/";

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) browser: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self {
            simulator: Simulator::start().await.unwrap(),
            browser: browser(),
        }
    }

    pub(crate) async fn get(&self, path_and_query: &str) -> Response {
        self.browser
            .get(self.url(path_and_query))
            .send()
            .await
            .unwrap()
    }

    pub(crate) fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.simulator.base_url())
    }

    /// Opens the authorize page with these parameters in this order.
    pub(crate) async fn authorize(&self, parameters: &[(&str, &str)]) -> Response {
        self.get(&authorize_path(parameters)).await
    }

    /// Asks for silent authorization and gives the person's openid under the bookshop.
    pub(crate) async fn silent_openid(&self) -> String {
        let response = self.authorize(&request(APP, "snsapi_base", "s")).await;
        let body = self
            .exchange(BOOKS, BOOKS_SECRET, &code_of(&response))
            .await;
        body["openid"].as_str().unwrap().to_owned()
    }

    /// Presses a button of the consent page.
    pub(crate) async fn decide(
        &self,
        redirect_uri: &str,
        person: &str,
        decision: &str,
    ) -> Response {
        let query = authorize_path(&request(redirect_uri, "snsapi_userinfo", "s7"));
        let query = query.split_once('?').unwrap().1;
        let request = self
            .browser
            .post(self.url(&format!("/_simulator/consent?{query}")));
        request
            .form(&[("person", person), ("decision", decision)])
            .send()
            .await
            .unwrap()
    }

    /// Exchanges a code the right way.
    pub(crate) async fn exchange(&self, appid: &str, secret: &str, code: &str) -> Value {
        let grant_type = "authorization_code";
        self.json(
            "/sns/oauth2/access_token",
            &[
                ("appid", appid),
                ("secret", secret),
                ("code", code),
                ("grant_type", grant_type),
            ],
        )
        .await
    }

    /// Asks WeChat's server API; the answer must be JSON.
    pub(crate) async fn json(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let response = self
            .browser
            .get(self.url(path))
            .query(query)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }
}

/// A browser with its own cookies.
pub(crate) fn browser() -> Client {
    // Built together with the proxy, reqwest leaves the choice of TLS to its user, also for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let jar = Arc::new(Jar::default());
    Client::builder()
        .cookie_provider(jar)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The parameters of a correct request of the bookshop, in WeChat's order.
pub(crate) fn request<'a>(
    redirect_uri: &'a str,
    scope: &'a str,
    state: &'a str,
) -> [(&'a str, &'a str); 5] {
    [
        ("appid", BOOKS),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", scope),
        ("state", state),
    ]
}

pub(crate) fn authorize_path(parameters: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://h/connect/oauth2/authorize", parameters).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

pub(crate) fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

/// The code a redirect carries.
pub(crate) fn code_of(redirect: &Response) -> String {
    let url = Url::parse(location(redirect)).unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code");
    code.expect("a code in the redirect").1.into_owned()
}
