//! `HEAD` on what browsers open: as a `GET` without its body, and nothing comes of it.

use reqwest::{Method, Response, Url};
use wechat_simulator::{Effect, Endpoint, Fault, Settings};

use crate::support::*;

const WEBSITE: &str = "wx00000000000000d1";

async fn head(world: &World, path_and_query: &str) -> Response {
    let request = world
        .browser
        .request(Method::HEAD, world.url(path_and_query));
    request.send().await.unwrap()
}

// Choice: link checkers and previews ask like this.
#[actix_web::test]
async fn a_head_sees_the_redirect_and_issues_no_code() {
    let world = World::new().await;
    let fault = Fault::new(Endpoint::Authorize, Effect::EmptyBody).times(1);
    world.simulator.add_fault(fault);
    world.simulator.set_settings(Settings {
        snapshot_at_once: true,
        deliver_twice: true,
        ..Settings::default()
    });
    for (person, scope) in [
        ("xiaoming", "snsapi_base"),
        ("caidan", "snsapi_userinfo"),
        ("kuaizhao", "snsapi_userinfo"),
    ] {
        world.simulator.set_current(person);
        let response = head(&world, &authorize_path(&request(APP, scope, "s1"))).await;
        assert_eq!(response.status(), 302, "{person}");
        let target = Url::parse(location(&response)).unwrap();
        assert!(target.as_str().starts_with(APP) && target.as_str().ends_with("&state=s1"));
        let code = code_of(&response);
        let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        assert_eq!((code.len(), &body["errcode"]), (32, &40029.into()));
    }
    assert_eq!(world.simulator.faults().len(), 1, "no rule is used up");
    assert_eq!(world.simulator.requests()[0].method, "HEAD");
}

// The pages of WeChat's and of ours.
#[actix_web::test]
async fn a_head_of_a_page_has_its_status_and_type() {
    let world = World::new().await;
    let consent = authorize_path(&request(APP, "snsapi_userinfo", "s"));
    let refused = authorize_path(&request("https://evil.example/", "snsapi_base", "s"));
    let mut login = request(APP, "snsapi_login", "s");
    login[0].1 = WEBSITE;
    let login = authorize_path(&login).replace("/oauth2/authorize", "/qrconnect");
    for path in [
        &*consent,
        &*refused,
        &*login,
        "/_simulator",
        "/_simulator/health",
        "/_simulator/avatar/xiaoming/132",
    ] {
        let (head, get) = (head(&world, path).await, world.get(path).await);
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(
            head.headers()["content-type"],
            get.headers()["content-type"]
        );
    }
    let post = world
        .browser
        .post(world.url(&consent))
        .send()
        .await
        .unwrap();
    assert_eq!(post.status(), 404, "no other method than these two");
}
