//! The page for people at `/_simulator`. All of it is ours: WeChat has nothing like it.

use serde_json::Value;

use crate::support::*;

async fn press(world: &World, form: &str, fields: &[(&str, &str)]) -> reqwest::Response {
    let request = world
        .browser
        .post(world.url(&format!("/_simulator/forms/{form}")));
    request.form(fields).send().await.unwrap()
}

async fn page(world: &World) -> String {
    world.get("/_simulator").await.text().await.unwrap()
}

async fn everybody(world: &World) -> Vec<Value> {
    let text = world
        .get("/_simulator/personas")
        .await
        .text()
        .await
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[actix_web::test]
async fn somebody_added_on_the_page_takes_the_phone_and_keeps_odd_characters() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let name = "<script>alert(1)</script>'\"&";
    let fields = [
        ("nickname", name),
        ("note", "<i>"),
        ("take_phone", "true"),
        ("habit", ""),
    ];
    let response = press(&world, "person", &fields).await;
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (303, "/_simulator#people")
    );
    let added = everybody(&world).await.pop().unwrap();
    assert_eq!(added["nickname"], name);
    assert_ne!(world.silent_openid().await, xiaoming);
    let page = page(&world).await;
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
    assert!(!page.contains("<i>") && page.contains("&lt;i&gt;"));
}

#[actix_web::test]
async fn somebody_without_a_name_gets_a_chinese_one_and_an_id_of_their_own() {
    let world = World::new().await;
    press(&world, "person", &[("nickname", "")]).await;
    press(&world, "person", &[("nickname", " ")]).await;
    let everybody = everybody(&world).await;
    let [.., first, second] = everybody.as_slice() else {
        panic!("two more")
    };
    assert_ne!(first["id"], second["id"]);
    for person in [first, second] {
        let name = person["nickname"].as_str().unwrap();
        assert!(
            name.chars().count() >= 2 && name.chars().all(|c| c >= '\u{4E00}'),
            "{name}"
        );
        let picture = world
            .get(&format!(
                "/_simulator/avatar/{}",
                person["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    }
}

#[actix_web::test]
async fn the_log_on_the_page_masks_secrets() {
    let world = World::new().await;
    let openid = world.silent_openid().await;
    let page = page(&world).await;
    assert!(!page.contains(BOOKS_SECRET) && !page.contains(&openid));
}

#[actix_web::test]
async fn the_log_narrows_down_by_path_account_and_outcome() {
    let world = World::new().await;
    world.silent_openid().await;
    world.exchange(CAFE, CAFE_SECRET, "nonsense").await;
    let count = async |query: &str| {
        let list = world.get(&format!("/_simulator/log?{query}")).await;
        list.text().await.unwrap().matches("<details").count()
    };
    for (query, entries) in [
        ("", 3),
        ("path=/sns/oauth2/access_token", 2),
        ("outcome=error", 1),
        ("outcome=40029", 1),
        ("outcome=ok", 2),
        (&format!("appid={CAFE}"), 1),
        (&format!("appid={CAFE}&outcome=ok"), 0),
    ] {
        assert_eq!(count(query).await, entries, "{query}");
    }
}

#[actix_web::test]
async fn what_the_log_shows_of_a_request_is_escaped() {
    let world = World::new().await;
    world
        .get("/sns/userinfo?%3Cimg%20src%3Dx%3E=%3Cb%3E&lang=%3Cb%3E")
        .await;
    let page = page(&world).await;
    assert!(page.contains("&lt;img src=x&gt;") && page.contains("&lt;b&gt;"));
    assert!(!page.contains("<img src=x>"));
}

#[actix_web::test]
async fn buttons_move_the_clock_set_switches_clear_the_log_and_reset() {
    let world = World::new().await;
    world.silent_openid().await;
    assert_eq!(
        press(&world, "clock", &[("advance_seconds", "7200")])
            .await
            .status(),
        303
    );
    assert!(page(&world).await.contains("<strong>02:00:0"));
    let settings = [
        ("refusal", "blank"),
        ("remember_consent_seconds", "60"),
        ("require_state", "true"),
    ];
    assert_eq!(
        location(&press(&world, "settings", &settings).await),
        "/_simulator#settings"
    );
    assert!(page(&world).await.contains(r#"value="blank" selected"#));
    press(&world, "clear-log", &[]).await;
    assert!(page(&world).await.contains("还没有请求"));
    assert_eq!(press(&world, "reset", &[]).await.status(), 303);
    let page = page(&world).await;
    assert!(page.contains("<strong>00:00:0") && page.contains(r#"value="go_back" selected"#));
}

#[actix_web::test]
async fn a_wrong_form_is_refused_on_a_page() {
    let world = World::new().await;
    for (form, fields) in [
        ("clock", [("advance_seconds", "-1")]),
        ("settings", [("refusal", "<b>")]),
        ("person", [("habit", "<b>")]),
        ("fault", [("endpoint", "<b>")]),
    ] {
        let response = press(&world, form, &fields).await;
        assert_eq!(response.status(), 400, "{form}");
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("<b>") && page.contains("Simulated, not WeChat"),
            "{form}"
        );
    }
}

#[actix_web::test]
async fn faults_are_ordered_and_called_off_on_the_page() {
    let world = World::new().await;
    let fields = [
        ("endpoint", "access_token"),
        ("effect", "errcode"),
        ("number", "45011"),
        ("appid", BOOKS),
        ("person", ""),
        ("count", "2"),
        ("percent", "100"),
    ];
    assert_eq!(
        location(&press(&world, "fault", &fields).await),
        "/_simulator#faults"
    );
    assert!(page(&world).await.contains("access_token → errcode 45011"));
    assert_eq!(
        world.exchange(BOOKS, BOOKS_SECRET, "any").await["errcode"],
        45011
    );
    let page_with_one_left = page(&world).await;
    assert!(page_with_one_left.contains("还剩 1 次"));
    let id = page_with_one_left
        .split(r#"name="id" value=""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    press(&world, "remove-fault", &[("id", id)]).await;
    assert!(page(&world).await.contains("没有故障规则"));
    assert_eq!(
        world.exchange(BOOKS, BOOKS_SECRET, "any").await["errcode"],
        40029
    );
}

#[actix_web::test]
async fn forms_of_other_sites_are_turned_away() {
    let world = World::new().await;
    for form in [
        "forms/clock",
        "forms/reset",
        "forms/person",
        "phone",
        "debugger/call",
    ] {
        for site in ["cross-site", "same-site"] {
            let request = world
                .browser
                .post(world.url(&format!("/_simulator/{form}")));
            let request = request.header("sec-fetch-site", site);
            let fields = [
                ("advance_seconds", "1"),
                ("person", "ahua"),
                ("action", "auth"),
                ("appid", BOOKS),
            ];
            let response = request.form(&fields).send().await.unwrap();
            assert_eq!(response.status(), 403, "{form} from {site}");
        }
    }
}

#[actix_web::test]
async fn a_reset_from_another_origin_is_turned_away_and_one_from_here_is_not() {
    let world = World::new().await;
    for (origin, status) in [
        ("http://evil.example", 403),
        ("null", 403),
        (&*world.simulator.base_url(), 204),
    ] {
        let reset = world.browser.post(world.url("/_simulator/reset"));
        let response = reset.header("origin", origin).send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
    }
}

#[actix_web::test]
async fn every_page_of_ours_says_that_it_is_simulated_and_runs_no_foreign_code() {
    let world = World::new().await;
    for path in [
        "/_simulator",
        "/_simulator/debugger",
        "/_simulator/debugger/callback",
        "/_simulator/fidelity",
        "/x",
    ] {
        let response = world.get(path).await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        let page = response.text().await.unwrap();
        assert!(page.contains("模拟环境 · Simulated, not WeChat"), "{path}");
        assert!(
            !page.contains("<script src") && !page.contains("<link rel=\"stylesheet\""),
            "{path}"
        );
    }
}
