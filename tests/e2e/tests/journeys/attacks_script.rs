//! Somebody else's text with a script in it, wherever the app shows text: it is shown, and nothing runs.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, World, WorldOptions, journey, walk};
use serde_json::json;
use wechat_simulator::{Effect, Endpoint, Person};

use super::login::sign_in;
use super::planted::state;

/// Runs in all ways at once where text is taken for HTML, for an attribute or for a template.
const SCRIPT: &str =
    "<img src=x onerror=owned=1><script>owned=1</script>\"'><svg onload=owned=1>{{owned=1}}";

/// Nothing of the attacker's has run or become an element, on a page that has had time for it.
async fn assert_harmless(browser: &Browser, what: &str) -> anyhow::Result<()> {
    browser
        .script("return new Promise(done => setTimeout(done, 150))")
        .await?;
    let owned = browser.script("return window.owned === undefined").await?;
    ensure!(owned == true, "{what} ran");
    let elements = "return document.querySelectorAll('[onerror], [onload], body script:not([src]):not([type]), svg[onload]').length";
    let elements = browser.script(elements).await?;
    let own = browser
        .script("return fetch('/').then(it => it.text()).then(it => (it.split('<body')[1].match(/<script(?![^>]* (src|type)=)/g) || []).length)")
        .await?;
    ensure!(
        elements == own,
        "{what} became {elements} elements, {own} are the page's own"
    );
    Ok(())
}

#[test]
fn a_script_in_a_nickname_is_a_nickname() {
    walk(async |world, browser| {
        world.simulator.add_person(Person::new("mallory", SCRIPT));
        world.simulator.set_current("mallory");
        sign_in(browser, world).await?;
        browser.tap("[data-action=request-profile]").await?;
        browser.tap("button[value=allow]").await?;
        let name = browser
            .until("[data-field=nickname]", |name| name.contains("onerror"))
            .await?;
        ensure!(name.contains(SCRIPT), "{name}");
        assert_harmless(browser, "the nickname").await
    });
}

/// The bootstrap answer with another picture in it, as if WeChat, or the database, said so.
async fn show_picture(world: &World, picture: &str) -> anyhow::Result<Browser> {
    let browser = Browser::open(Look::default()).await?;
    sign_in(&browser, world).await?;
    browser.console().await?;
    let profile = json!({ "nickname": "Mallory", "headimgurl": picture });
    let changed = format!(
        "const real = window.fetch;
         window.fetch = async (...asked) => {{
             const answer = await real(...asked);
             if (!answer.url.includes('/api/bootstrap')) return answer;
             const told = await answer.json();
             if (told.session) told.session.profile = {profile};
             return new Response(JSON.stringify(told), answer);
         }};"
    );
    browser.before_each_page(&changed).await?;
    browser.goto(&world.app).await?;
    browser
        .until("[data-field=nickname]", |name| name.contains("Mallory"))
        .await?;
    Ok(browser)
}

#[test]
fn a_script_for_a_picture_shows_a_letter_and_runs_nothing() {
    journey(WorldOptions::default(), async |world| {
        for picture in [
            "javascript:window.owned=1",
            "data:text/html,<script>window.owned=1</script>",
            "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.owned=1'><script>top.owned=1</script>",
            "x\" onerror=\"window.owned=1",
        ] {
            let browser = show_picture(&world, picture).await?;
            assert_harmless(&browser, picture).await?;
            drop(browser);
        }
        Ok(())
    });
}

#[test]
fn a_picture_of_another_host_is_not_loaded_and_does_not_go_unseen() {
    journey(WorldOptions::default(), async |world| {
        let browser = show_picture(&world, "https://evil.example/beacon.png").await?;
        browser.text("span.avatar").await?;
        let violation = browser.close().await.err().map(|it| it.to_string());
        ensure!(violation.is_some_and(|it| it.contains("img-src")));
        Ok(())
    });
}

#[test]
fn a_script_in_an_order_is_an_order() {
    walk(async |world, browser| {
        let openid = world.simulator.openid(SHOP, "xiaoming");
        let order = json!({ "title": SCRIPT, "amount": 100, "currency": SCRIPT, "status": SCRIPT });
        let path = format!("shop/users/{openid}/records/order/1");
        world.tell(&path, order).await?;
        let odd = json!({ "title": { "toString": "<script>" }, "amount": "1e999", "currency": ["<svg>"], "status": null, "__proto__": { "title": SCRIPT } });
        world.tell(&path.replace("order/1", "order/2"), odd).await?;
        sign_in(browser, world).await?;
        browser.goto(&world.page("/orders")).await?;
        let page = browser
            .until("main", |text| text.contains("onerror"))
            .await?;
        ensure!(page.matches(SCRIPT).count() >= 2, "{page}");
        assert_harmless(browser, "the order").await
    });
}

#[test]
fn a_script_in_wechats_words_is_not_shown_and_runs_nothing() {
    walk(async |world, browser| {
        let refusal = Effect::Errcode {
            errcode: 48001,
            errmsg: Some(format!("{SCRIPT}, rid: {SCRIPT}")),
        };
        world.strike(Endpoint::AccessToken, refusal);
        browser.goto(&world.app).await?;
        let page = browser.until("main", |text| text.contains("48001")).await?;
        ensure!(!page.contains("onerror"), "{page}");
        assert_harmless(browser, "WeChat's refusal").await
    });
}

#[test]
fn a_script_in_the_address_runs_nowhere() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        let script = "%3Cimg%20src=x%20onerror=owned=1%3E%22'%3E%3Csvg%20onload=owned=1%3E";
        for local in [
            format!("/?state={script}"),
            format!("/?code={script}&state={script}"),
            format!("/?code={script}&state={}", state(1, 1000)),
            format!("/?account={script}"),
            format!("/{script}"),
            format!("/orders?account=shop&x={script}"),
            "/#<img src=x onerror=owned=1>".to_owned(),
            "/?x=<script>owned=1</script>".to_owned(),
            "/javascript:owned=1".to_owned(),
        ] {
            browser.goto(&world.page(&local)).await?;
            browser.text("main").await?;
            assert_harmless(browser, &local).await?;
            let stays = format!("return location.origin === '{}'", world.app);
            ensure!(browser.script(&stays).await? == true, "{local}");
        }
        Ok(())
    });
}
