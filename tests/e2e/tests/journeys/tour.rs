//! A walk past every page there is, for journeys that look at all of them.

mod stops;

use std::time::Duration;

use e2e::{Browser, CAFE, Look, SHOP, Website, World, WorldOptions};
use serde_json::json;
use wechat_simulator::{Person, Settings};

use super::orders::buy;
use super::planted::forget_everything;

/// What a tour needs: QR logins, and nothing else out of the ordinary.
pub(crate) fn options() -> WorldOptions {
    WorldOptions::with(|it| it.website = Website::Shops)
}

/// A browser whose language, user agent, theme and size change on the way. It does not wait for pages to load, because
/// some of them never do.
pub(crate) async fn tourist(language: &'static str) -> anyhow::Result<Browser> {
    Browser::open(Look {
        user_agent: None,
        language,
        waits_for_load: false,
        ..Look::default()
    })
    .await
}

/// Two people who bought something: one known to all accounts, the other not yet. And one with a long name without a
/// space.
pub(crate) async fn furnish(world: &World) -> anyhow::Result<()> {
    let name = "Wolfeschlegelsteinhausen👨\u{200d}👩\u{200d}👧ليلى";
    world.simulator.add_person(Person::new("long", name));
    let unionid = world.simulator.unionid(SHOP, "xiaohong");
    for (account, appid) in [("shop", SHOP), ("cafe", CAFE)] {
        let openid = world.simulator.openid(appid, "xiaohong");
        let user = format!("{account}/users/{openid}");
        world.tell(&user, json!({ "unionid": unionid })).await?;
        buy(world, account, "xiaohong", 0..3).await?;
    }
    buy(world, "shop", "xiaoming", 0..2).await
}

/// Brings a browser that may have been anywhere to each page, and has it looked at there.
pub(crate) async fn tour(
    browser: &Browser,
    world: &World,
    language: &str,
    mut look: impl AsyncFnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for stop in stops::stops() {
        forget_everything(browser, world).await?;
        browser.block(&[]).await?;
        world.simulator.clear_faults();
        world.simulator.set_current("xiaoming");
        world.simulator.set_settings(Settings {
            refusal: wechat_simulator::RefusalBehaviour::RedirectWithState,
            ..Settings::default()
        });
        // Codes and their clock are the same for all stops; the log is nobody's here.
        world.simulator.advance_clock(Duration::from_secs(1));
        browser.pretend(stop.user_agent(), language).await?;
        let mut scripts = Vec::new();
        for script in stop.scripts() {
            scripts.push(browser.before_each_page(&script).await?);
        }
        let visited = async {
            stops::arrive(&stop, browser, world).await?;
            look(&stop.name).await
        };
        visited
            .await
            .map_err(|error| error.context(format!("at the stop {}", stop.name)))?;
        for script in scripts {
            browser.forget(&script).await?;
        }
    }
    Ok(())
}
