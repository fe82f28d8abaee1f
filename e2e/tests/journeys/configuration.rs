//! Mistakes of the operator: nothing a user does mends them.

use anyhow::ensure;
use e2e::{Browser, Look, WorldOptions, journey};
use wechat_simulator::{Effect, Endpoint, Fault};

#[test]
fn a_configuration_error_is_explained_to_the_operator_and_nothing_starts_anew() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        let advices = [
            (40013, "appid"),
            (40125, "AppSecret"),
            (40164, "IP"),
            (40243, "冻结"),
            (48001, "权限"),
        ];
        for (nth, (errcode, advice)) in (1..).zip(advices) {
            world.simulator.clear_faults();
            let refused = Effect::Errcode {
                errcode,
                errmsg: None,
            };
            world
                .simulator
                .add_fault(Fault::new(Endpoint::AccessToken, refused));
            browser.goto(&world.app).await?;
            let shown = browser
                .until("[data-field=errcode]", |text| {
                    text.starts_with(&errcode.to_string())
                })
                .await?;
            ensure!(shown.contains("(rid: "), "{shown}");
            ensure!(browser.text("h1").await? == "登录没有成功");
            ensure!(browser.text("[data-field=request_id]").await?.len() >= 16);
            let said = browser.text("[data-field=advice]").await?;
            ensure!(said.contains(advice), "{errcode}: {said}");
            ensure!(
                !browser.has("[data-action=retry]").await,
                "{errcode}: a retry is offered"
            );
            ensure!(
                !browser.has(".message .button").await,
                "{errcode}: a way to hammer"
            );
            let visits = world.authorizations().len();
            ensure!(visits == nth, "{errcode}: {visits} visits instead of {nth}");
            ensure!(
                world.exchanges().len() == nth,
                "{:?}",
                world.exchange_results()
            );
        }
        browser.close().await
    });
}
