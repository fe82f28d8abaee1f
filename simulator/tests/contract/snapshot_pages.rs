//! Snapshot pages in the browser. What the server sees is in `snapshot_answers`.

use reqwest::Response;

use crate::support::*;

fn query() -> String {
    let path = authorize_path(&request(APP, "snsapi_userinfo", "s7"));
    path.split_once('?').unwrap().1.to_owned()
}

async fn browse(world: &World, query: &str) -> Response {
    let url = world.url(&format!("/_simulator/snapshot?{query}"));
    world.browser.post(url).send().await.unwrap()
}

async fn exchanged(world: &World, redirect: &Response) -> serde_json::Value {
    world
        .exchange(BOOKS, BOOKS_SECRET, &code_of(redirect))
        .await
}

// Announcement of 2022-05-09: a snapshot first, then by 使用完整服务 consent and the real page. That this brings a new code
// and no flag is our reading of it.
#[actix_web::test]
async fn a_virtual_user_comes_first_and_the_real_one_after_full_service() {
    let world = World::new().await;
    world.simulator.set_current("kuaizhao");
    let page = world
        .authorize(&request(APP, "snsapi_userinfo", "s7"))
        .await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("使用完整服务") && page.contains("Simulated, not WeChat"));
    assert!(!page.contains("允许"), "the consent pop-up is suppressed");

    let first = browse(&world, &query()).await;
    assert_eq!(first.status(), 303);
    assert!(location(&first).ends_with("&state=s7"));
    let virtual_user = exchanged(&world, &first).await;
    assert_eq!(virtual_user["is_snapshotuser"], 1);

    let consent = world
        .get(&format!("/_simulator/full-service?{}", query()))
        .await;
    let consent = consent.text().await.unwrap();
    assert!(consent.contains("允许") && consent.contains("name=\"full_service\""));
    let form = [
        ("person", "kuaizhao"),
        ("decision", "allow"),
        ("full_service", "yes"),
    ];
    let url = world.url(&format!("/_simulator/consent?{}", query()));
    let second = world.browser.post(url).form(&form).send().await.unwrap();
    let real_user = exchanged(&world, &second).await;
    assert_eq!(real_user.get("is_snapshotuser"), None);
    assert_eq!(
        real_user["openid"],
        world.simulator.openid(BOOKS, "kuaizhao")
    );
    assert_ne!(real_user["openid"], virtual_user["openid"]);
}

// Whoever is chosen on the consent page sees what they would have seen.
#[actix_web::test]
async fn choosing_a_snapshot_person_for_consent_leads_to_the_snapshot() {
    let world = World::new().await;
    let response = world.decide(APP, "kuaizhao", "allow").await;
    let next = location(&response).to_owned();
    assert!(next.starts_with("/connect/oauth2/authorize?") && next.ends_with("#wechat_redirect"));
    let page = world.get(&next).await.text().await.unwrap();
    assert!(page.contains("使用完整服务"));
}

// h5: forceSnapShot=true opens the snapshot; token page: only snsapi_userinfo is ever marked.
#[actix_web::test]
async fn force_snap_shot_makes_a_snapshot_of_userinfo_only() {
    let world = World::new().await;
    let mut parameters = request(APP, "snsapi_userinfo", "s").to_vec();
    parameters.push(("forceSnapShot", "true"));
    let page = world.authorize(&parameters).await.text().await.unwrap();
    assert!(page.contains("使用完整服务"));
    parameters[3].1 = "snsapi_base";
    assert_eq!(world.authorize(&parameters).await.status(), 302);
    parameters[3].1 = "snsapi_userinfo";
    world.simulator.set_current("caidan");
    assert_eq!(
        world.authorize(&parameters).await.status(),
        302,
        "silent logic wins"
    );
}

// The page in between is ours; a test may do without.
#[actix_web::test]
async fn a_snapshot_may_redirect_at_once() {
    let mut platform = wechat_simulator::Platform::default();
    platform.set_settings(wechat_simulator::Settings {
        snapshot_at_once: true,
        ..Default::default()
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let world = World {
        simulator: wechat_simulator::Simulator::start_on(listener, platform)
            .await
            .unwrap(),
        browser: browser(),
    };
    world.simulator.set_current("kuaizhao");
    let response = world.authorize(&request(APP, "snsapi_userinfo", "s")).await;
    assert_eq!(response.status(), 302);
    assert_eq!(exchanged(&world, &response).await["is_snapshotuser"], 1);
}

// Nobody gets a virtual user's code, nor skips a check, by calling the pages behind the buttons.
#[actix_web::test]
async fn the_buttons_of_a_snapshot_check_the_request_again() {
    let world = World::new().await;
    let ordinary = browse(&world, &query()).await;
    assert!(location(&ordinary).starts_with("/connect/oauth2/authorize?"));
    let evil = query().replace("127.0.0.1%3A8080", "evil.example");
    let refused = browse(&world, &evil).await;
    assert_eq!(refused.status(), 200);
    assert!(refused.text().await.unwrap().contains("错误码：10003"));
    let refused = world.get(&format!("/_simulator/full-service?{evil}")).await;
    assert!(refused.text().await.unwrap().contains("错误码：10003"));
}

// Ours: a page of another site must not press the simulator's buttons.
#[actix_web::test]
async fn forms_of_other_sites_are_turned_away() {
    let world = World::new().await;
    world.simulator.set_current("kuaizhao");
    for page in ["snapshot", "consent"] {
        let url = world.url(&format!("/_simulator/{page}?{}", query()));
        let form = [("person", "xiaohong"), ("decision", "allow")];
        let request = world.browser.post(url).form(&form);
        let response = request.header("sec-fetch-site", "cross-site").send();
        let response = response.await.unwrap();
        assert_eq!(response.status(), 403, "{page}");
        assert_eq!(response.headers().get("set-cookie"), None, "{page}");
    }
}
