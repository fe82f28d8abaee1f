//! The back end, which wechat-oauth's README shows, signs somebody in.

use axum::extract::State;
use reqwest::redirect::Policy;
use reqwest::{Client as Http, Response};
use tokio::net::TcpListener;
use wechat_oauth::{AppId, AppSecret, Client, Options, Scope};
use wechat_simulator::Simulator;

const BACK_END: &str = include_str!("../src/back_end.rs");
const README: &str = include_str!("../../../crates/wechat-oauth/README.md");
const BOOKS: &str = "wx00000000000000a1";
const SECRET: &str = "simulator-secret-a1";

mod back_end {
    include!("../src/back_end.rs");

    pub(super) async fn serve(listener: tokio::net::TcpListener, app: App) {
        axum::serve(listener, router(app)).await.unwrap();
    }
}

#[test]
fn the_crates_readme_shows_the_back_end_in_at_most_25_lines() {
    assert!(BACK_END.lines().count() <= 25);
    let block = format!("```rust\n{BACK_END}```\n");
    assert!(README.contains(&block), "copy it again:\n{block}");
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn the_back_end_signs_in_and_takes_no_code_of_another_browser() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = Simulator::start().await.unwrap();
    // Comes from the account's menu, so nobody has to press a button.
    simulator.set_current("caidan");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let mut options = Options::default();
    (options.api_base, options.open_base) = (simulator.base_url(), simulator.base_url());
    let app = (
        Client::with(Http::builder().no_proxy(), options).unwrap(),
        AppId::parse(BOOKS).unwrap(),
        AppSecret::parse(SECRET).unwrap(),
        site.clone(),
    );
    tokio::spawn(back_end::serve(listener, State(app.clone())));

    let browser = Http::builder().no_proxy().redirect(Policy::none());
    let browser = browser.build().unwrap();
    let begun = browser.get(format!("{site}/login")).send().await.unwrap();
    let (cookie, rest) = header(&begun, "set-cookie").split_once(';').unwrap();
    assert_eq!(rest, " Max-Age=600; Path=/; HttpOnly; SameSite=Lax");
    let (wechat, appid, ..) = &app;
    let public = wechat.begin(appid, "https://books.example.com/wechat", Scope::Base);
    assert!(public.cookie.ends_with("; SameSite=Lax; Secure"));
    let granted = browser.get(header(&begun, "location")).send().await;
    let granted = granted.unwrap();
    let back = header(&granted, "location");

    let get = async |url: &str, cookie: &str| {
        let request = browser.get(url).header("cookie", cookie);
        request.send().await.unwrap()
    };
    assert_eq!(get(back, "").await.status(), 400, "another browser");
    let refused = back.replace("code=", "no_code=");
    assert_eq!(get(&refused, cookie).await.status(), 400);
    let signed_in = get(back, cookie).await;
    assert_eq!(signed_in.status(), 200);
    let shown = signed_in.text().await.unwrap();
    let openid = simulator.openid(BOOKS, "caidan");
    assert!(
        shown.starts_with(&openid) && shown.contains("nickname"),
        "{shown}"
    );
    assert_eq!(get(back, cookie).await.status(), 502, "used up");
}
