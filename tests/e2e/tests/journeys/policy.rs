//! The Content-Security-Policy. That no journey breaks it is seen by every one of them, when its browser is closed.

use anyhow::ensure;
use e2e::{Browser, Look, World, WorldOptions, journey};

use crate::login::sign_in;

async fn signed_in(world: &World) -> anyhow::Result<Browser> {
    let browser = Browser::open(Look::default()).await?;
    sign_in(&browser, world).await?;
    ensure!(browser.console().await?.is_empty());
    Ok(browser)
}

/// Somebody got HTML of theirs into the page, tries everything with it, and is seen trying.
#[test]
fn smuggled_html_runs_nothing_and_does_not_go_unseen() {
    for (html, kind) in [
        ("<img src=x onerror=window.owned=1>", "script-src"),
        ("<img src=https://evil.example/beacon.png>", "img-src"),
        ("<iframe src=https://evil.example/></iframe>", "default-src"),
        ("<div style=\"position:fixed\">x</div>", "style-src"),
    ] {
        journey(WorldOptions::default(), async |world| {
            let browser = signed_in(&world).await?;
            let code = format!("document.body.insertAdjacentHTML('beforeend', {html:?})");
            browser.script(&code).await?;
            browser
                .script("return new Promise(done => setTimeout(done, 200))")
                .await?;
            ensure!(browser.script("return window.owned === undefined").await? == true);
            let violation = browser.close().await.err().map(|it| it.to_string());
            ensure!(violation.is_some_and(|it| it.contains(kind)), "{kind}");
            Ok(())
        });
    }
}

#[test]
fn a_smuggled_script_does_not_run_and_does_not_reach_another_host() {
    journey(WorldOptions::default(), async |world| {
        let browser = signed_in(&world).await?;
        let script = "const script = document.createElement('script'); script.text = 'window.owned = 1'; \
                      document.body.append(script); return window.owned === undefined";
        ensure!(browser.script(script).await? == true);
        let fetched = "return fetch('https://evil.example/').then(() => 'sent', () => 'refused')";
        ensure!(browser.script(fetched).await? == "refused");
        let evaluated = "const script = document.createElement('a'); script.href = 'javascript:window.owned = 1'; \
                         document.body.append(script); script.click(); return window.owned === undefined";
        ensure!(browser.script(evaluated).await? == true);
        ensure!(browser.console().await.is_err());
        Ok(())
    });
}

/// What old browser engines get, run by a new one: the app works with it as well.
#[test]
fn the_policy_of_old_browser_engines_lets_the_app_run() {
    journey(WorldOptions::default(), async |world| {
        let old = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 \
                   XWEB/4317 MMWEBSDK/20220903 Mobile Safari/537.36 MicroMessenger/8.0.28 WeChat/arm64";
        let browser = Browser::with(|look| look.user_agent = Some(old)).await?;
        sign_in(&browser, &world).await?;
        let policy = "return fetch('/').then(page => page.headers.get('content-security-policy'))";
        let policy = browser.script(policy).await?.to_string();
        ensure!(policy.contains("'unsafe-eval'"), "{policy}");
        browser.close().await
    });
}
