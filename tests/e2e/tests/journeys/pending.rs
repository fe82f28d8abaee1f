//! The record of a login that is under way, and browsers that withhold the storages it is in.

use anyhow::ensure;
use e2e::walk;
use serde_json::json;
use wechat_simulator::Settings;

use super::elsewhere::FORGETFUL;
use super::login::sign_in;
use super::planted::{state, step_aside};

#[test]
fn a_login_under_way_is_in_both_storages_bound_to_its_code_when_that_is_sent_and_gone_afterwards() {
    walk(async |world, browser| {
        let spy = "const read = it => Object.entries(it).filter(([key]) => key.startsWith('wechat-login:'));
                   if (location.search.includes('code=')) {
                       const code = new URLSearchParams(location.search).get('code');
                       window.returned = [read(sessionStorage), read(localStorage)];
                       const send = window.fetch;
                       window.fetch = (...args) => {
                           if ((args[0].url || String(args[0])).endsWith('/api/session'))
                               window.bound = [sessionStorage, localStorage].map(
                                   it => read(it).map(([, value]) => value.split('\\n')[4] === code));
                           return send(...args);
                       };
                   }";
        browser.before_each_page(spy).await?;
        sign_in(browser, world).await?;
        let kept = browser
            .script(
                "const [tab, copy] = window.returned;
                 return [tab.length, JSON.stringify(tab) === JSON.stringify(copy), tab[0][1].split('\\n')[4]]",
            )
            .await?;
        ensure!(kept == json!([1, true, ""]), "{kept}");
        let bound = browser.script("return window.bound").await?;
        ensure!(bound == json!([[true], [true]]), "{bound}");
        let left = browser.records().await?;
        ensure!(left == 0, "{left} records left");
        Ok(())
    });
}

#[test]
fn a_callback_that_wechat_delivers_twice_signs_in_with_one_exchange() {
    walk(async |world, browser| {
        world.simulator.set_settings(Settings {
            deliver_twice: true,
            ..world.simulator.settings()
        });
        browser.goto(&world.app).await?;
        world.is_signed_in(browser, "xiaoming").await?;
        browser.asked("code=", 2).await?;
        world.asked_wechat(1, &[0])
    });
}

#[test]
fn records_of_abandoned_logins_are_swept_and_other_peoples_keys_are_not() {
    walk(async |world, browser| {
        step_aside(browser, world).await?;
        let [old, fresh] = [state(1, 600_000), state(1, 1000)];
        let plant = format!(
            "for (const storage of [sessionStorage, localStorage]) {{
                const record = ['v'.repeat(32), 'shop', 'snsapi_base', '/', ''].join('\\n');
                storage.setItem('wechat-login:{old}', record);
                storage.setItem('wechat-login:{fresh}', record);
                storage.setItem('wechat-login:1' + 'o'.repeat(31), record);
                storage.setItem('wechat-login:garbage', '{{\"x\":1}}');
                storage.setItem('theirs', 'kept');
            }}"
        );
        browser.script(&plant).await?;
        sign_in(browser, world).await?;
        let keys = browser
            .script("return [sessionStorage, localStorage].map(it => Object.keys(it).sort())")
            .await?;
        let record = format!("wechat-login:{fresh}");
        // Beside which module is in the cache.
        let site = json!(["theirs", "wechat-login-app", record]);
        ensure!(keys == json!([["theirs", record], site]), "{keys}");
        Ok(())
    });
}

#[test]
fn without_storages_two_attempts_are_made_and_the_retry_works_once_they_are_back() {
    walk(async |world, browser| {
        let blocked = browser.before_each_page(FORGETFUL).await?;
        browser.goto(&world.app).await?;
        browser.title("浏览器没有记住登录").await?;
        let visits = world.authorizations().len();
        ensure!(visits == 2, "{visits} visits to WeChat");
        ensure!(world.exchanges().is_empty(), "{:?}", world.exchanges());
        browser.never_asked("POST ").await?;

        browser.forget(&blocked).await?;
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-field=openid]").await?;
        world.asked_wechat(3, &[0])
    });
}
