//! What looks like WeChat's answer and is none of ours: other login systems, other providers, old links in chats.

use anyhow::ensure;
use e2e::walk;
use wechat_simulator::{Effect, Endpoint};

use super::login::sign_in;
use super::planted::{forget_everything, state};

#[test]
fn what_is_not_ours_changes_nothing_and_stays_in_the_address() {
    walk(async |world, browser| {
        let old = state(2, 10 * 60 * 1000);
        let cut = &state(1, 1000)[1..];
        let locals = [
            // md5, UUID, base64, and 32 letters and digits.
            "/?code=x&state=12fa275bac6998ba8f89a5baf13f93a0",
            "/?state=92fa275bac6998ba8f89a5baf13f93a0",
            "/?code=x&state=9ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "/?state=6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "/?code=x&state=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
            "/?state=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0",
            "/?code=x&state=9aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "/?state=1bcdefghijklmnopqrstuvwxyz012345",
            // Ours, but too old; ours, but not whole.
            &format!("/?code=x&state={old}"),
            &format!("/?state={cut}"),
            // Another provider's callback, and an invitation.
            "/orders?code=OTHER&state=csrf-of-the-other&x=1#frag",
            "/?code=INVITE2026",
        ];
        for (nth, local) in (1..).zip(locals) {
            forget_everything(browser, world).await?;
            let page = world.page(local);
            // First in a new browser, which signs in silently as on any other page, then in one that is signed in.
            for is_signed_in in [false, true] {
                if is_signed_in {
                    browser.reload().await?;
                } else {
                    browser.goto(&page).await?;
                }
                browser
                    .eventually("document.querySelector('main h1')")
                    .await?;
                browser.is_at(&page).await?;
                ensure!(!browser.has(".notice").await, "{local}: a notice");
                let visits = world.authorizations().len();
                ensure!(visits == nth, "{local}: {visits} visits, not {nth}");
            }
        }
        ensure!(world.exchange_results() == vec![0; locals.len()]);
        Ok(())
    });
}

#[test]
fn where_every_state_is_altered_on_the_way_the_page_stops_and_a_tap_begins_anew() {
    walk(async |world, browser| {
        let alter = "const { href } = location;
            if (/[?&]state=wl/.test(href)) history.replaceState(null, '', href.replace('&state=', '&amp;state='));";
        let alter = browser.before_each_page(alter).await?;
        browser.goto(&world.app).await?;
        for visits in [5, 10] {
            let text = browser.until(".message p", |it| it.contains("已停止自动重试"));
            let text = text.await?;
            ensure!(text.contains("没有登录结果"), "{text}");
            let visited = world.authorizations().len();
            ensure!(visited == visits, "{visited} visits to WeChat");
            if visits == 5 {
                browser.tap("[data-action=retry]").await?;
            }
        }
        ensure!(world.exchanges().is_empty());
        browser.forget(&alter).await?;
        browser.tap("[data-action=retry]").await?;
        browser.text("[data-field=openid]").await?;
        ensure!(world.authorizations().len() == 11);
        Ok(())
    });
}

/// The proxy's word about the session comes late, and is that there is none.
const LATE_ANSWER: &str = "const send = window.fetch;
    window.fetch = (...args) => (args[0].url || String(args[0])).endsWith('/api/session')
        ? new Promise(done => {
            window.answer = () => done(new Response(
                '{\"error\":{\"code\":\"unauthorized\",\"message\":\"\",\"request_id\":\"\"}}', { status: 401 }));
        })
        : send(...args);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));";

#[test]
fn a_tap_that_is_on_its_way_to_wechat_gets_there_whatever_the_proxy_says_meanwhile() {
    walk(async |world, browser| {
        sign_in(browser, world).await?;
        let slow = Effect::Delay { millis: 500 };
        world.strike(Endpoint::Authorize, slow);
        let tap = "setTimeout(() => {
                       document.querySelector('[data-action=request-profile]').click();
                       setTimeout(window.answer, 50);
                   }, 50);";
        browser.script(&format!("{LATE_ANSWER} {tap}")).await?;
        browser.text("button[value=allow]").await?;
        Ok(())
    });
}
