//! The debugger plays the app. All of it is ours: WeChat has nothing like it.

use crate::support::*;

async fn text(response: reqwest::Response) -> String {
    response.text().await.unwrap()
}

async fn press(world: &World, fields: &[(&str, &str)]) -> String {
    let request = world.browser.post(world.url("/_simulator/debugger/call"));
    text(request.form(fields).send().await.unwrap()).await
}

/// What a form on the page sends along under a name.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let after = page
        .split(&format!(r#"name="{name}" value=""#))
        .nth(1)
        .unwrap();
    after.split('"').next().unwrap()
}

fn link(page: &str) -> String {
    let after = page.split(r#"href="/connect/"#).nth(1).unwrap();
    format!(
        "/connect/{}",
        after.split('"').next().unwrap().replace("&amp;", "&")
    )
}

#[actix_web::test]
async fn the_debugger_walks_a_whole_login_and_shows_each_step() {
    let world = World::new().await;
    let query = format!("appid={BOOKS}&scope=snsapi_userinfo&state=s7");
    let start = text(world.get(&format!("/_simulator/debugger?{query}")).await).await;
    let link = link(&start);
    assert!(link.starts_with(&format!(
        "/connect/oauth2/authorize?appid={BOOKS}&redirect_uri=http%3A%2F%2F127.0.0.1"
    )));
    assert!(link.ends_with("&response_type=code&scope=snsapi_userinfo&state=s7#wechat_redirect"));

    let own_callback = world.url("/_simulator/debugger/callback");
    let response = world.decide(&own_callback, "xiaohong", "allow").await;
    let callback = text(
        world
            .get(
                location(&response)
                    .strip_prefix(&world.simulator.base_url())
                    .unwrap(),
            )
            .await,
    )
    .await;
    assert!(callback.contains("state 与发出的一致"));
    let code = field(&callback, "code").to_owned();

    let page = press(
        &world,
        &[("action", "token"), ("appid", BOOKS), ("code", &code)],
    )
    .await;
    for part in [
        "/sns/oauth2/access_token?",
        "secret=***",
        "/sns/userinfo?",
        "小红",
        "200 OK",
        "text/plain",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(BOOKS_SECRET));

    let fields = ["access_token", "refresh_token", "openid"].map(|name| (name, field(&page, name)));
    let [access_token, refresh_token, openid] = fields;
    for (action, part) in [
        ("refresh", "refresh_token?"),
        ("auth", "/sns/auth?"),
        ("userinfo", "小红"),
    ] {
        let sent = [
            ("action", action),
            ("appid", BOOKS),
            access_token,
            refresh_token,
            openid,
        ];
        assert!(press(&world, &sent).await.contains(part), "{action}");
    }
    let again = press(
        &world,
        &[("action", "token"), ("appid", BOOKS), ("code", &code)],
    )
    .await;
    assert!(again.contains("40163") && again.contains("已经用过"));
}

#[actix_web::test]
async fn the_debugger_tells_a_foreign_state() {
    let world = World::new().await;
    let page = text(
        world
            .get("/_simulator/debugger/callback?code=c&state=s")
            .await,
    )
    .await;
    assert!(page.contains("无法核对 state"));
    world.get("/_simulator/debugger?state=mine").await;
    let page = text(
        world
            .get("/_simulator/debugger/callback?code=c&state=theirs")
            .await,
    )
    .await;
    assert!(page.contains("不一致"));
    let page = text(world.get("/_simulator/debugger/callback?state=mine").await).await;
    assert!(page.contains("没有 code"));
}

#[actix_web::test]
async fn whatever_came_to_the_debugger_is_escaped() {
    let world = World::new().await;
    let attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/_simulator/debugger?appid={attack}&scope={attack}&state={attack}"),
        format!("/_simulator/debugger/callback?code={attack}&state={attack}"),
    ] {
        assert!(
            !text(world.get(&path).await).await.contains("<script>alert"),
            "{path}"
        );
    }
    let attack = "\"><script>alert(1)</script>";
    let fields = [
        ("action", "userinfo"),
        ("appid", BOOKS),
        ("access_token", attack),
        ("openid", attack),
        ("refresh_token", attack),
    ];
    let page = press(&world, &fields).await;
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
    let page = press(&world, &[("action", "token"), ("appid", "wx<b>")]).await;
    assert!(!page.contains("<b>") && page.contains("没有这个账号"));
}
