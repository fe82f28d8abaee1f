//! The record of a login that is under way, and browsers that withhold the storages it is in.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey, walk};
use serde_json::json;
use wechat_simulator::Settings;

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
fn a_login_of_ten_minutes_starts_anew_and_its_code_is_never_sent() {
    journey(WorldOptions::default(), async |world| {
        // In the last case the clock is set back by a day.
        for (age, authorizations) in [(9 * 60 + 50, 1), (10 * 60, 2), (-24 * 3600, 2)] {
            let before = (world.authorizations().len(), world.exchanges().len());
            let browser = Browser::open(Look::default()).await?;
            // Time passes while the browser is at WeChat.
            let wait = format!(
                "const now = Date.now;
                 if (location.search.includes('code=')) sessionStorage.setItem('aged', '1');
                 const ahead = sessionStorage.getItem('aged') ? {age} * 1000 : 0;
                 Date.now = () => now() + ahead;"
            );
            browser.before_each_page(&wait).await?;
            sign_in(&browser, &world).await?;
            let visits = world.authorizations().len() - before.0;
            ensure!(visits == authorizations, "{visits} visits after {age} s");
            let exchanges = world.exchanges().len() - before.1;
            ensure!(exchanges == 1, "{exchanges} exchanges after {age} s");
            let records = "return Object.keys(localStorage).filter(it => it.startsWith('wechat-login:')).length";
            ensure!(browser.script(records).await? == 0);
            // What is too old is nobody's answer, and stays where it is.
            let keeps_its_address = browser.address().await?.contains("code=");
            ensure!(keeps_its_address == (authorizations == 2));
            browser.close().await?;
        }
        Ok(())
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

/// Makes a storage throw, as browsers do where site data is forbidden.
fn without(storage: &str) -> String {
    format!(
        "Object.defineProperty(window, '{storage}',
             {{ get() {{ throw new DOMException('denied', 'SecurityError'); }} }});"
    )
}

#[test]
fn either_storage_alone_is_enough() {
    journey(WorldOptions::default(), async |world| {
        for (nth, blocked) in ["sessionStorage", "localStorage"].into_iter().enumerate() {
            let browser = Browser::open(Look::default()).await?;
            browser.before_each_page(&without(blocked)).await?;
            sign_in(&browser, &world).await?;
            ensure!(
                world.authorizations().len() == nth + 1,
                "without {blocked}: {:?}",
                world.authorizations()
            );
            ensure!(world.exchanges().len() == nth + 1);
            browser.close().await?;
        }
        Ok(())
    });
}

#[test]
fn without_storages_two_attempts_are_made_and_the_retry_works_once_they_are_back() {
    walk(async |world, browser| {
        let both = format!("{}{}", without("sessionStorage"), without("localStorage"));
        let blocked = browser.before_each_page(&both).await?;
        browser.goto(&world.app).await?;
        browser.title("浏览器没有记住登录").await?;
        let visits = world.authorizations().len();
        ensure!(visits == 2, "{visits} visits to WeChat");
        ensure!(world.exchanges().is_empty(), "{:?}", world.exchanges());
        browser.never_asked("POST ").await?;

        browser.forget(blocked).await?;
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-field=openid]").await?;
        world.asked_wechat(3, &[0])
    });
}
