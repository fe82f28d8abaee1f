//! The authorize page: silent redirects, and errors that the app never learns of.

use crate::support::*;

// h5: snsapi_base redirects at once, with nothing to see. The status is a choice.
#[actix_web::test]
async fn snsapi_base_redirects_at_once_with_code_then_state() {
    let world = World::new().await;
    let response = world
        .authorize(&request("http://127.0.0.1:8080/me", "snsapi_base", "s1"))
        .await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let code = code_of(&response);
    assert_eq!(
        location(&response),
        format!("http://127.0.0.1:8080/me?code={code}&state=s1")
    );
}

// h5: a code is new at each authorization; observed: 32 letters and digits.
#[actix_web::test]
async fn every_authorization_has_its_own_code_of_32_letters_and_digits() {
    let world = World::new().await;
    let first = code_of(&world.authorize(&request(APP, "snsapi_base", "s")).await);
    let second = code_of(&world.authorize(&request(APP, "snsapi_base", "s")).await);
    assert_ne!(first, second);
    assert!(first.len() == 32 && first.bytes().all(|b| b.is_ascii_alphanumeric()));
}

// h5 calls state optional. An empty one comes back empty: observed.
#[actix_web::test]
async fn state_may_be_missing() {
    let world = World::new().await;
    let response = world
        .authorize(&request(APP, "snsapi_base", "s")[..4])
        .await;
    assert_eq!(response.status(), 302);
    assert!(
        location(&response).ends_with("&state="),
        "the code stays out of this message"
    );
}

// h5: the table of errors on the page; observed: status 200 and the line with 错误码. The order is a choice.
#[actix_web::test]
async fn each_mistake_gets_wechats_page_with_its_number() {
    let world = World::new().await;
    let good = request(APP, "snsapi_base", "s");
    for (name, value, text, number) in [
        ("appid", "", "appid不能为空", Some(10012)),
        ("redirect_uri", "", "redirect_uri不能为空", Some(10011)),
        ("scope", "", "scope不能为空", Some(10010)),
        (
            "appid",
            "wxffffffffffffffff",
            "不支持微信开放平台的Appid，请使用公众号Appid",
            Some(10016),
        ),
        (
            "scope",
            "snsapi_login",
            "此公众号并没有这些scope的权限",
            Some(10005),
        ),
        (
            "scope",
            "SNSAPI_BASE",
            "此公众号并没有这些scope的权限",
            Some(10005),
        ),
        ("response_type", "token", "该链接无法访问", None),
        ("response_type", "", "该链接无法访问", None),
        (
            "redirect_uri",
            "https://evil.example/",
            "redirect_uri域名与后台配置不一致",
            Some(10003),
        ),
    ] {
        let changed = good.map(|(key, old)| (key, if key == name { value } else { old }));
        let response = world.authorize(&changed).await;
        assert_eq!(response.status(), 200, "{name}={value}");
        let page = response.text().await.unwrap();
        assert!(
            page.contains(&format!("<h1>{text}</h1>")),
            "{name}={value}: {page}"
        );
        match number {
            Some(number) => assert!(
                page.contains(&format!("错误码：{number}")),
                "{name}={value}: {page}"
            ),
            None => assert!(!page.contains("错误码"), "{name}={value}: {page}"),
        }
        assert!(page.contains("怎么改") && page.contains("Simulated, not WeChat"));
        let logged = world.simulator.requests().pop().unwrap();
        assert_eq!(logged.errcode, number.unwrap_or(1), "{name}={value}");
    }
}

// h5: letter case of the parameters matters.
#[actix_web::test]
async fn parameter_names_are_case_sensitive() {
    let world = World::new().await;
    let mut wrong = request(APP, "snsapi_base", "s");
    wrong[0].0 = "appId";
    let page = world.authorize(&wrong).await.text().await.unwrap();
    assert!(page.contains("错误码：10012"));
}

// h5: state has at most 128 bytes; observed: "state参数过长" without a number.
#[actix_web::test]
async fn state_of_128_bytes_passes_and_129_do_not() {
    let world = World::new().await;
    let (longest, too_long) = ("a".repeat(128), "a".repeat(129));
    let passed = world
        .authorize(&request(APP, "snsapi_base", &longest))
        .await;
    assert!(passed.status() == 302 && location(&passed).ends_with(&format!("&state={longest}")));
    // Bytes count, not characters: 43 ideographs are 129 bytes.
    for state in [too_long, "茶".repeat(43)] {
        let refused = world.authorize(&request(APP, "snsapi_base", &state)).await;
        assert_eq!(refused.status(), 200);
        assert!(refused.text().await.unwrap().contains("state参数过长"));
    }
}

// A page that prints what was sent must not run it.
#[actix_web::test]
async fn whatever_came_in_the_address_is_escaped_on_the_page() {
    let world = World::new().await;
    let mut attack = request(APP, "snsapi_base", "s");
    attack[0].1 = "<script>alert(1)</script>";
    let page = world.authorize(&attack).await.text().await.unwrap();
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
}
