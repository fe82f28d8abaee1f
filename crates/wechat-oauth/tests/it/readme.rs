//! The back end of README.md signs somebody in.

use axum::extract::State;
use tokio::net::TcpListener;
use wechat_oauth::reqwest::{Response, redirect::Policy};

use crate::{World, http};

mod example {
    include!("../../examples/axum/back_end.rs");

    pub(super) async fn serve(listener: tokio::net::TcpListener, app: App) {
        axum::serve(listener, router(app)).await.unwrap();
    }
}

#[test]
fn the_readme_shows_the_back_end_in_at_most_25_lines() {
    let back_end = include_str!("../../examples/axum/back_end.rs");
    assert!(back_end.lines().count() <= 25);
    let block = format!("```rust\n{back_end}```\n");
    let is_shown = include_str!("../../README.md").contains(&block);
    assert!(is_shown, "copy it again:\n{block}");
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn the_example_signs_in_and_takes_no_code_of_another_browser() {
    let world = World::new().await;
    // Comes from the account's menu, so nobody has to press a button.
    world.simulator.set_current("caidan");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let app = (
        world.client.clone(),
        world.appid.clone(),
        world.secret.clone(),
    );
    tokio::spawn(example::serve(listener, State(app)));

    let browser = http().redirect(Policy::none()).build().unwrap();
    let begun = browser.get(format!("{site}/login")).send().await.unwrap();
    let (cookie, rest) = header(&begun, "set-cookie").split_once(';').unwrap();
    assert_eq!(rest, " Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure");
    let granted = browser
        .get(header(&begun, "location"))
        .send()
        .await
        .unwrap();
    let back = header(&granted, "location").replace("https://books.example.com", &site);

    let get = async |url: &str, cookie: &str| {
        let request = browser.get(url).header("cookie", cookie);
        request.send().await.unwrap()
    };
    assert_eq!(get(&back, "").await.status(), 400, "another browser");
    let refused = back.replace("code=", "no_code=");
    assert_eq!(get(&refused, cookie).await.status(), 400);
    let signed_in = get(&back, cookie).await;
    assert_eq!(signed_in.status(), 200);
    let shown = signed_in.text().await.unwrap();
    let openid = world.simulator.openid(world.appid.as_str(), "caidan");
    assert!(
        shown.starts_with(&openid) && shown.contains("nickname"),
        "{shown}"
    );
    assert_eq!(get(&back, cookie).await.status(), 502, "used up");
}
