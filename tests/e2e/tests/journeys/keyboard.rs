//! Without a pointing device, and in the ears of a screen reader.

use anyhow::ensure;
use e2e::{Browser, Key, walk};
use serde_json::Value;

use super::login::sign_in;

/// What has the focus: its tag and what it says; and whether one can see that it has it.
const FOCUSED: &str = "const it = document.activeElement;
    return [it.tagName + ' ' + it.textContent, getComputedStyle(it).outlineStyle !== 'none'];";

/// Whether a page begins where its words do.
const AT_ITS_HEADING: &str = "document.activeElement.tagName === 'H1'";

/// Presses Tab over all controls and gives what they are, in order.
async fn controls_of(browser: &Browser) -> anyhow::Result<Vec<Value>> {
    let mut seen = Vec::new();
    loop {
        browser.press(Key::Tab).await?;
        let [name, is_visible] = match browser.script(FOCUSED).await? {
            Value::Array(pair) => pair.try_into().unwrap_or_default(),
            _ => Default::default(),
        };
        let is_control = name.as_str().is_some_and(|it| !it.starts_with("BODY"));
        if !is_control || seen.contains(&name) && name != "BUTTON 复制" || seen.len() > 20 {
            return Ok(seen);
        }
        ensure!(
            is_visible == true,
            "nothing shows that {name} has the focus"
        );
        seen.push(name);
    }
}

#[test]
fn tab_reaches_every_control_in_reading_order_and_shows_where_it_is() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        let controls = controls_of(browser).await?;
        let account = ["A 我的订单", "BUTTON 复制"];
        let login = ["BUTTON 使用我的微信昵称和头像", "BUTTON 退出登录"];
        ensure!(controls == [account, login].concat(), "{controls:?}");
        browser.goto(&world.page("/orders")).await?;
        browser.text("#more [role=status]").await?;
        let controls = controls_of(browser).await?;
        let orders = ["BUTTON 合并我的全部订单", "A 我的账号"];
        ensure!(controls == orders, "{controls:?}");
        Ok(())
    });
}

#[test]
fn enter_does_what_a_tap_does_and_the_new_page_begins_at_its_heading() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        browser.press(Key::Tab).await?;
        browser.press(Key::Enter).await?;
        browser.title("我的订单").await?;
        browser.eventually(AT_ITS_HEADING).await?;
        let focused = browser.script(FOCUSED).await?;
        ensure!(focused[0] == "H1 我的订单", "{focused}");
        browser.eventually("document.title === '我的订单'").await?;
        let loads = browser
            .script("return performance.getEntriesByType('navigation').length")
            .await?;
        ensure!(loads == 1);
        browser.back().await?;
        browser.text("[data-field=openid]").await?;
        browser.eventually(AT_ITS_HEADING).await?;
        browser.eventually("document.title === '我的账号'").await?;

        // Out and in again by keys alone.
        browser
            .eventually("(document.querySelector('[data-action=sign-out]').focus(), true)")
            .await?;
        browser.press(Key::Enter).await?;
        browser.title("已退出登录").await?;
        browser.eventually(AT_ITS_HEADING).await?;
        browser.press(Key::Tab).await?;
        browser.press(Key::Enter).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        ensure!(world.exchange_results() == [0, 0]);
        Ok(())
    });
}
