//! The page for people at `/_simulator`, and what all our pages have in common. WeChat has nothing like it.

use reqwest::Method;
use serde_json::Value;

use crate::support::*;

async fn press(world: &World, form: &str, fields: &Pairs<'_>) -> Response {
    let path = format!("/_simulator/forms/{form}");
    world.post(&path, fields).await
}

async fn page(world: &World) -> String {
    world.get("/_simulator").await.text().to_owned()
}

async fn everybody(world: &World) -> Vec<Value> {
    let people = world.get("/_simulator/personas").await;
    people.json().as_array().unwrap().clone()
}

#[actix_web::test]
async fn somebody_added_on_the_page_takes_the_phone_and_keeps_odd_characters() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let name = format!("{SCRIPT}'\"&");
    let fields = pairs("note=<i> take_phone=true habit= no_unionid=true");
    let fields = and(&fields, "nickname", &name);
    let response = press(&world, "person", &fields).await;
    assert_eq!(response.status, 303);
    assert_eq!(response.location(), "/_simulator#people");
    let added = everybody(&world).await.pop().unwrap();
    assert!(added["nickname"] == name && added["unionid"] == false);
    assert_ne!(world.silent_openid().await, xiaoming);
    let page = world.get("/_simulator").await;
    page.assert_escaped();
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
        let is_chinese = name.chars().all(|c| c >= '\u{4E00}');
        assert!(name.chars().count() >= 2 && is_chinese, "{name}");
        let id = person["id"].as_str().unwrap();
        let picture = world.get(&format!("/_simulator/avatar/{id}")).await;
        assert_eq!(picture.header("content-type"), "image/svg+xml");
    }
}

#[actix_web::test]
async fn the_phone_is_handed_over_on_the_page() {
    let world = World::new().await;
    let xiaoming = world.silent_openid().await;
    let phone = "/_simulator/phone";
    let response = world.post(phone, &[("person", "xiaohong")]).await;
    assert_eq!((response.status, response.location()), (303, "/_simulator"));
    assert_ne!(world.silent_openid().await, xiaoming);

    let page = world.get("/_simulator").await;
    page.assert_has([BOOKS, CAFE, FLOWERS, "小红", "正拿着手机"]);
    page.assert_has(["Simulated, not WeChat", "&lt;b&gt;小&amp;"]);
    assert!(!page.contains("<b>小") && !page.contains(BOOKS_SECRET));
    let unknown = world.post(phone, &[("person", "nobody")]).await;
    assert_eq!(unknown.status, 404);
}

#[actix_web::test]
async fn the_log_on_the_page_masks_secrets_and_escapes() {
    let world = World::new().await;
    let openid = world.silent_openid().await;
    let path = "/sns/userinfo?%3Cimg%20src%3Dx%3E=%3Cb%3E&lang=%3Cb%3E";
    world.get(path).await;
    let page = page(&world).await;
    assert!(page.contains("&lt;img src=x&gt;") && page.contains("&lt;b&gt;"));
    assert!(!page.contains("<img src=x>"));
    assert!(!page.contains(BOOKS_SECRET) && !page.contains(&openid));
}

#[actix_web::test]
async fn the_log_narrows_down_by_path_account_and_outcome() {
    let world = World::new().await;
    world.silent_openid().await;
    world.exchange(CAFE, "nonsense").await;
    for (query, entries) in [
        ("", 3),
        ("path=/sns/oauth2/access_token", 2),
        ("outcome=error", 1),
        ("outcome=40029", 1),
        ("outcome=ok", 2),
        (&format!("appid={CAFE}"), 1),
        (&format!("appid={CAFE}&outcome=ok"), 0),
    ] {
        let list = world.get(&format!("/_simulator/log?{query}")).await;
        let shown = list.text().matches("<details").count();
        assert_eq!(shown, entries, "{query}");
    }
}

#[actix_web::test]
async fn buttons_move_the_clock_set_switches_clear_the_log_and_reset() {
    let world = World::new().await;
    world.silent_openid().await;
    let moved = press(&world, "clock", &[("advance_seconds", "7200")]).await;
    assert_eq!(moved.status, 303);
    assert!(page(&world).await.contains("<strong>02:00:0"));
    let settings = pairs("refusal=blank remember_consent_seconds=60 require_state=true");
    let set = press(&world, "settings", &settings).await;
    assert_eq!(set.location(), "/_simulator#settings");
    assert!(page(&world).await.contains(r#"value="blank" selected"#));
    press(&world, "clear-log", &[]).await;
    assert!(page(&world).await.contains("还没有请求"));
    assert_eq!(press(&world, "reset", &[]).await.status, 303);
    let page = page(&world).await;
    assert!(page.contains("<strong>00:00:0") && page.contains(r#"value="go_back" selected"#));
}

#[actix_web::test]
async fn faults_are_ordered_and_called_off_on_the_page() {
    let world = World::new().await;
    let fields = "endpoint=access_token effect=errcode number=45011 person= count=2 percent=100";
    let fields = and(&pairs(fields), "appid", BOOKS);
    let ordered = press(&world, "fault", &fields).await;
    assert_eq!(ordered.location(), "/_simulator#faults");
    assert!(page(&world).await.contains("access_token → errcode 45011"));
    assert_eq!(world.exchange(BOOKS, "any").await["errcode"], 45011);
    let one_left = page(&world).await;
    assert!(one_left.contains("还剩 1 次"));
    let (_, id) = one_left.split_once(r#"name="id" value=""#).unwrap();
    let id = id.split('"').next().unwrap();
    press(&world, "remove-fault", &[("id", id)]).await;
    assert!(page(&world).await.contains("没有故障规则"));
    assert_eq!(world.exchange(BOOKS, "any").await["errcode"], 40029);
}

#[actix_web::test]
async fn the_number_of_a_fault_goes_where_its_effect_needs_it() {
    let world = World::new().await;
    for (effect, shown) in [
        ("string_errcode", "errcode &quot;502&quot;"),
        ("http_status", "HTTP 502"),
        ("delay", "延迟 502 毫秒"),
        ("empty_body", "空的应答"),
    ] {
        let fields = pairs("endpoint=userinfo number=502 person=xiaoming percent=50");
        press(&world, "fault", &and(&fields, "effect", effect)).await;
        let row = format!("userinfo → {shown}");
        assert!(page(&world).await.contains(&row), "{effect}");
    }
    assert!(page(&world).await.contains("机会 50%"));
}

#[actix_web::test]
async fn wrong_forms_and_those_of_other_sites_are_turned_away() {
    let world = World::new().await;
    for (form, fields) in [
        ("clock", [("advance_seconds", "-1")]),
        ("settings", [("refusal", "<b>")]),
        ("person", [("habit", "<b>")]),
        ("fault", [("endpoint", "<b>")]),
        ("fault", [("effect", "delay")]),
    ] {
        let page = press(&world, form, &fields).await;
        assert_eq!(page.status, 400, "{form}");
        let is_ours = page.contains("Simulated, not WeChat");
        assert!(is_ours && !page.contains("<b>"), "{form}");
    }
    world.simulator.set_current("kuaizhao");
    let query = query_of(&asking());
    let fields = pairs("advance_seconds=1 person=ahua action=auth decision=allow");
    let fields = and(&fields, "appid", BOOKS);
    for form in [
        "forms/clock",
        "forms/reset",
        "forms/person",
        "phone",
        "debugger/call",
        &format!("snapshot?{query}"),
        &format!("consent?{query}"),
    ] {
        for site in ["cross-site", "same-site"] {
            let request = world.request(Method::POST, &format!("/_simulator/{form}"));
            let request = request.header("sec-fetch-site", site).form(&fields);
            let response = read(request).await;
            assert_eq!(response.status, 403, "{form} from {site}");
            assert_eq!(response.headers.get("set-cookie"), None, "{form}");
        }
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
        let page = world.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(page.contains("模拟环境 · Simulated, not WeChat"), "{path}");
        for foreign in ["<script src", "<link rel=\"stylesheet\""] {
            assert!(!page.contains(foreign), "{path}");
        }
    }
}
