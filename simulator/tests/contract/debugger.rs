//! The debugger plays the app. All of it is ours: WeChat has nothing like it.

use crate::support::*;

async fn press(world: &World, fields: &Pairs<'_>) -> Response {
    world.post("/_simulator/debugger/call", fields).await
}

/// What stands behind this mark, up to the end of the attribute.
fn attribute<'a>(page: &'a str, mark: &str) -> &'a str {
    let (_, after) = page.split_once(mark).unwrap();
    after.split('"').next().unwrap()
}

/// What a form on the page sends along under a name.
fn field<'a>(page: &'a Response, name: &str) -> &'a str {
    attribute(page.text(), &format!(r#"name="{name}" value=""#))
}

#[actix_web::test]
async fn the_debugger_walks_a_whole_login_and_shows_each_step() {
    let world = World::new().await;
    let path = format!("/_simulator/debugger?appid={WEBSITE}&state=a%20b%26c");
    let website = world.get(&path).await;
    let link = attribute(website.text(), r#"href="/connect/"#);
    assert!(link.starts_with(&format!("qrconnect?appid={WEBSITE}&amp;")));
    assert!(link.ends_with("&amp;scope=snsapi_login&amp;state=a%20b%26c#wechat_redirect"));
    let query = format!("appid={BOOKS}&scope=snsapi_userinfo&state=s7&force_popup=true");
    let start = world.get(&format!("/_simulator/debugger?{query}")).await;
    let link = attribute(start.text(), r#"href="/connect/"#).replace("&amp;", "&");
    let callback = "redirect_uri=http%3A%2F%2F127.0.0.1";
    assert!(link.starts_with(&format!("oauth2/authorize?appid={BOOKS}&{callback}")));
    let rest = "&response_type=code&scope=snsapi_userinfo&state=s7&forcePopup=true#wechat_redirect";
    assert!(link.ends_with(rest));

    let own_callback = world.url("/_simulator/debugger/callback");
    let response = world.decide(&own_callback, "xiaohong", "allow").await;
    let base_url = world.simulator.base_url();
    let path = response.location().strip_prefix(&base_url).unwrap();
    let callback = world.get(path).await;
    assert!(callback.contains("state 与发出的一致"));
    let code = field(&callback, "code");

    let exchange = [("action", "token"), ("appid", BOOKS), ("code", code)];
    let page = press(&world, &exchange).await;
    page.assert_has(["/sns/oauth2/access_token?", "/sns/userinfo?"]);
    page.assert_has(["secret=***", "小红", "200 OK", "text/plain"]);
    assert!(!page.contains(BOOKS_SECRET));

    for (action, part) in [
        ("refresh", "refresh_token?"),
        ("auth", "/sns/auth?"),
        ("userinfo", "小红"),
    ] {
        let tokens = ["access_token", "refresh_token", "openid"];
        let tokens = tokens.map(|name| (name, field(&page, name)));
        let sent = [&[("action", action), ("appid", BOOKS)], &tokens[..]];
        press(&world, &sent.concat()).await.assert_has([part]);
    }
    let again = press(&world, &exchange).await;
    assert!(again.contains("40163") && again.contains("已经用过"));
}

#[actix_web::test]
async fn the_debugger_tells_a_foreign_state() {
    let world = World::new().await;
    for (sent, query, part) in [
        (false, "code=c&state=s", "无法核对 state"),
        (true, "code=c&state=theirs", "不一致"),
        (true, "state=mine", "没有 code"),
    ] {
        if sent {
            world.get("/_simulator/debugger?state=mine").await;
        }
        let path = format!("/_simulator/debugger/callback?{query}");
        assert!(world.get(&path).await.contains(part), "{query}");
    }
}

#[actix_web::test]
async fn whatever_came_to_the_debugger_is_escaped() {
    let world = World::new().await;
    let attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("?appid={attack}&scope={attack}&state={attack}"),
        format!("/callback?code={attack}&state={attack}"),
    ] {
        let page = world.get(&format!("/_simulator/debugger{path}")).await;
        assert!(!page.contains("<script>alert"), "{path}");
    }
    let attack = format!("\">{SCRIPT}");
    let fields = ["access_token", "openid", "refresh_token"].map(|name| (name, &*attack));
    let fields = [&[("action", "userinfo"), ("appid", BOOKS)], &fields[..]];
    press(&world, &fields.concat()).await.assert_escaped();
    let page = press(&world, &[("action", "token"), ("appid", "wx<b>")]).await;
    assert!(!page.contains("<b>") && page.contains("没有这个账号"));
}
