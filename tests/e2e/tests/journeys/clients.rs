//! Browsers told apart by what they say they are.

use anyhow::ensure;
use e2e::user_agents as ua;
use e2e::{Browser, WorldOptions, journey};

use super::planted::forget_everything;

#[test]
fn every_client_is_marked_and_only_those_of_wechat_are_sent_there() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::with(|look| look.user_agent = None).await?;
        for (user_agent, name, is_sent) in [
            (ua::WECHAT_ANDROID, "wechat-android", true),
            (ua::WECHAT_HARMONYOS, "wechat-harmonyos", true),
            (ua::WECHAT_WINDOWS, "wechat-windows", true),
            (ua::WECHAT_MAC, "wechat-mac", true),
            (ua::MINI_PROGRAM, "miniprogram", true),
            (ua::WECOM, "wecom", false),
            (ua::PHONE, "phone", false),
            (ua::DESKTOP, "desktop", false),
        ] {
            forget_everything(&browser, &world).await?;
            let before = world.authorizations().len();
            browser.pretend(user_agent, "zh-CN").await?;
            browser.goto(&world.app).await?;
            if is_sent {
                browser.text("[data-field=openid]").await?;
            } else {
                browser.title("请在微信中打开").await?;
            }
            let mark = browser
                .script("return document.documentElement.dataset.client")
                .await?;
            ensure!(mark == name, "{mark} instead of {name}");
            let visits = world.authorizations().len() - before;
            ensure!(
                visits == usize::from(is_sent),
                "{name}: {visits} visits to WeChat"
            );
        }
        browser.close().await
    });
}
