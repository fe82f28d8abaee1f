//! A running simulator and a browser that follows no redirect.

use std::net::TcpListener;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::Value;
use wechat_simulator::{Effect, Endpoint, Fault, GrantedScope, Platform, Settings, Simulator};

pub(crate) const BOOKS: &str = "wx00000000000000a1";
pub(crate) const BOOKS_SECRET: &str = "simulator-secret-a1";
pub(crate) const CAFE: &str = "wx00000000000000a2";
pub(crate) const CAFE_SECRET: &str = "simulator-secret-a2";
/// Bound to no open platform.
pub(crate) const FLOWERS: &str = "wx00000000000000b1";
pub(crate) const APPLICATION: &str = "wx00000000000000a3";
pub(crate) const MINIPROGRAM: &str = "wx00000000000000a4";
pub(crate) const WEBSITE: &str = "wx00000000000000d1";

/// Where the tests' app would live.
pub(crate) const APP: &str = "http://127.0.0.1:8080/";

pub(crate) const EXCHANGE: &str = "/sns/oauth2/access_token";
pub(crate) const REFRESH: &str = "/sns/oauth2/refresh_token";
pub(crate) const USERINFO: &str = "/sns/userinfo";
pub(crate) const AUTH: &str = "/sns/auth";
pub(crate) const TOKEN: &str = "/cgi-bin/token";
pub(crate) const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// What the calls for tokens of accounts are asked with.
pub(crate) const CREDENTIALS: [Pair<'static>; 3] = [
    ("grant_type", "client_credential"),
    ("appid", BOOKS),
    ("secret", BOOKS_SECRET),
];

pub(crate) const SCRIPT: &str = "<script>alert(1)</script>";

/// Name and value of a parameter.
pub(crate) type Pair<'a> = (&'a str, &'a str);
/// In the order in which they are sent.
pub(crate) type Pairs<'a> = [Pair<'a>];

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) browser: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Platform::default()).await
    }

    pub(crate) async fn of(platform: Platform) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            simulator: Simulator::start_on(listener, platform).await.unwrap(),
            browser: browser(),
        }
    }

    /// With switches set before anything is asked.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let world = Self::new().await;
        world.set(change);
        world
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.simulator.settings();
        change(&mut settings);
        self.simulator.set_settings(settings);
    }

    /// A fault rule that strikes once.
    pub(crate) fn order(&self, endpoint: Endpoint, effect: Effect) {
        let fault = Fault::new(endpoint, effect).times(1);
        self.simulator.add_fault(fault);
    }

    /// Moves the clock by which codes and tokens expire.
    pub(crate) fn advance(&self, seconds: u64) {
        self.simulator.advance_clock(Duration::from_secs(seconds));
    }

    pub(crate) fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.simulator.base_url())
    }

    pub(crate) fn request(&self, method: Method, path_and_query: &str) -> RequestBuilder {
        self.browser.request(method, self.url(path_and_query))
    }

    pub(crate) async fn get(&self, path_and_query: &str) -> Response {
        read(self.request(Method::GET, path_and_query)).await
    }

    /// Presses a button: sends a form.
    pub(crate) async fn post(&self, path_and_query: &str, form: &Pairs<'_>) -> Response {
        read(self.request(Method::POST, path_and_query).form(form)).await
    }

    /// Steers by a JSON body.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        read(self.request(method, path).json(body)).await
    }

    /// Calls without a body.
    pub(crate) async fn call(&self, method: Method, path: &str) -> Response {
        read(self.request(method, path)).await
    }

    /// Asks WeChat's server API; the response must be JSON.
    pub(crate) async fn json(&self, path: &str, query: &Pairs<'_>) -> Value {
        let response = read(self.request(Method::GET, path).query(query)).await;
        assert_eq!(response.status, 200);
        response.json()
    }

    /// Opens the authorize page with these parameters in this order.
    pub(crate) async fn authorize(&self, parameters: &Pairs<'_>) -> Response {
        self.get(&authorize_path(parameters)).await
    }

    /// Asks for silent authorization of the bookshop.
    pub(crate) async fn silent(&self, redirect_uri: &str) -> Response {
        let parameters = request(redirect_uri, "snsapi_base", "s");
        self.authorize(&parameters).await
    }

    /// Asks for silent authorization and gives the person's openid under the bookshop.
    pub(crate) async fn silent_openid(&self) -> String {
        let code = self.silent(APP).await.code();
        let body = self.exchange(BOOKS, &code).await;
        body["openid"].as_str().unwrap().to_owned()
    }

    /// Presses a button of the consent page.
    pub(crate) async fn decide(&self, to: &str, person: &str, decision: &str) -> Response {
        let query = query_of(&request(to, "snsapi_userinfo", "s7"));
        let form = [("person", person), ("decision", decision)];
        self.post(&format!("/_simulator/consent?{query}"), &form)
            .await
    }

    /// A code of the bookshop.
    pub(crate) fn code(&self, person: &str, scope: GrantedScope) -> String {
        self.simulator.issue_code(BOOKS, person, scope)
    }

    /// Exchanges a code the right way.
    pub(crate) async fn exchange(&self, appid: &str, code: &str) -> Value {
        let secret = secret_of(appid);
        self.json(EXCHANGE, &exchange_query(appid, &secret, code))
            .await
    }

    /// What the exchange for the bookshop brings.
    pub(crate) async fn tokens(&self, person: &str, scope: GrantedScope) -> Value {
        self.tokens_of(BOOKS, person, scope).await
    }

    pub(crate) async fn tokens_of(&self, appid: &str, person: &str, scope: GrantedScope) -> Value {
        let code = self.simulator.issue_code(appid, person, scope);
        self.exchange(appid, &code).await
    }

    /// Asks `/sns/userinfo` or `/sns/auth` with the tokens of an exchange.
    pub(crate) async fn ask(&self, path: &str, tokens: &Value) -> Value {
        self.json(path, &bearer(tokens)).await
    }

    /// Whether a code of the bookshop is still good, which it no longer is after this.
    pub(crate) async fn is_usable(&self, code: &str) -> bool {
        self.exchange(BOOKS, code).await["openid"].is_string()
    }
}

/// A response, read to its end.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether these fields of a JSON text, told with blanks between them, come in this order.
    pub(crate) fn has_in_order(&self, fields: &str) -> bool {
        let find = |field| self.text().find(&format!("\"{field}\":")).unwrap();
        fields.split(' ').map(find).is_sorted()
    }

    pub(crate) fn contains(&self, part: &str) -> bool {
        self.text().contains(part)
    }

    /// The code a redirect carries.
    pub(crate) fn code(&self) -> String {
        let url = Url::parse(self.location()).unwrap();
        let code = url.query_pairs().find(|(name, _)| name == "code");
        code.expect("a code in the redirect").1.into_owned()
    }

    pub(crate) fn assert_has<const N: usize>(&self, parts: [&str; N]) {
        for part in parts {
            assert!(self.contains(part), "{part}: {}", self.text());
        }
    }

    /// A page of WeChat's that refuses in these words, with this number or none, and says how to mend it.
    pub(crate) fn assert_refused(&self, text: &str, number: Option<i64>, case: &str) {
        assert_eq!(self.status, 200, "{case}");
        let page = self.text();
        assert!(page.contains(&format!("<h1>{text}</h1>")), "{case}: {page}");
        let shown = number.map_or_else(|| "错误码".into(), |number| format!("错误码：{number}"));
        assert_eq!(page.contains(&shown), number.is_some(), "{case}: {page}");
        let has_remedy = page.contains("怎么改") && page.contains("Simulated, not WeChat");
        assert!(has_remedy, "{case}: {page}");
    }

    /// A page that shows what was sent and does not run it.
    pub(crate) fn assert_escaped(&self) {
        let page = self.text();
        assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
    }
}

/// Sends a request and reads the response to its end.
pub(crate) async fn read(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    Response {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}

/// A browser with its own cookies.
pub(crate) fn browser() -> Client {
    // Built together with the proxy, reqwest leaves the choice of TLS to its user, also for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The parameters of a correct request of the bookshop, in WeChat's order.
pub(crate) fn request<'a>(redirect_uri: &'a str, scope: &'a str, state: &'a str) -> [Pair<'a>; 5] {
    [
        ("appid", BOOKS),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", scope),
        ("state", state),
    ]
}

/// What the bookshop asks for consent with.
pub(crate) fn asking() -> [Pair<'static>; 5] {
    request(APP, "snsapi_userinfo", "s7")
}

/// The same parameters but for the value of one.
pub(crate) fn with<'a>(good: &Pairs<'a>, name: &str, value: &'a str) -> Vec<Pair<'a>> {
    let change = |&(key, old)| (key, if key == name { value } else { old });
    good.iter().map(change).collect()
}

/// Names and values told as `name=value` with blanks between them.
pub(crate) fn pairs(text: &str) -> Vec<Pair<'_>> {
    let pairs = text.split(' ').map(|pair| pair.split_once('='));
    pairs.map(Option::unwrap).collect()
}

/// These parameters and one more behind them.
pub(crate) fn and<'a>(good: &Pairs<'a>, name: &'a str, value: &'a str) -> Vec<Pair<'a>> {
    [good, &[(name, value)]].concat()
}

pub(crate) fn authorize_path(parameters: &Pairs<'_>) -> String {
    format!("/connect/oauth2/authorize?{}", query_of(parameters))
}

pub(crate) fn query_of(parameters: &Pairs<'_>) -> String {
    let url = Url::parse_with_params("http://h/", parameters).unwrap();
    url.query().unwrap().to_owned()
}

/// What an exchange sends.
pub(crate) fn exchange_query<'a>(appid: &'a str, secret: &'a str, code: &'a str) -> [Pair<'a>; 4] {
    [
        ("appid", appid),
        ("secret", secret),
        ("code", code),
        ("grant_type", "authorization_code"),
    ]
}

/// What a refresh sends.
pub(crate) fn refresh_query(tokens: &Value) -> [Pair<'_>; 3] {
    let token = tokens["refresh_token"].as_str().unwrap();
    [
        ("appid", BOOKS),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ]
}

/// The built-in accounts' secrets end as their appids do.
pub(crate) fn secret_of(appid: &str) -> String {
    format!("simulator-secret-{}", &appid[appid.len() - 2..])
}

/// What `/sns/userinfo` and `/sns/auth` are asked with.
pub(crate) fn bearer(tokens: &Value) -> [Pair<'_>; 2] {
    ["access_token", "openid"].map(|name| (name, tokens[name].as_str().unwrap()))
}

pub(crate) fn errcode(errcode: i64) -> Effect {
    let errmsg = None;
    Effect::Errcode { errcode, errmsg }
}
