//! The pages, and how each is reached.

use anyhow::ensure;
use e2e::user_agents::{DESKTOP, PHONE, WECHAT_ANDROID, WECOM};
use e2e::{Browser, SHOP, World, errcode};
use serde::Deserialize;
use wechat_simulator::Endpoint;

use crate::first_stage::MISSING;
use crate::planted::{Planted, callback, plant};
use crate::slow::{NO_ANSWER, NO_APP, clock};

/// One page, as `stops.toml` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stop {
    pub(super) name: String,
    user_agent: Option<String>,
    #[serde(default)]
    scripts: Vec<String>,
    #[serde(default)]
    local: String,
    person: Option<String>,
    errcode: Option<i64>,
    block: Option<String>,
    script: Option<String>,
    #[serde(default)]
    taps: Vec<String>,
    /// Known from the stop before, it makes taps needless.
    unless: Option<String>,
    is_there: String,
}

impl Stop {
    /// What the browser says it is.
    pub(super) fn user_agent(&self) -> &'static str {
        match self.user_agent.as_deref() {
            Some("phone") => PHONE,
            Some("desktop") => DESKTOP,
            Some("wecom") => WECOM,
            other => {
                assert_eq!(other, None);
                WECHAT_ANDROID
            }
        }
    }

    /// What runs before the page.
    pub(super) fn scripts(&self) -> impl Iterator<Item = String> {
        self.scripts.iter().map(|script| match script.as_str() {
            "no app" => NO_APP.to_owned(),
            "no answer" => NO_ANSWER.to_owned(),
            "no first stage" => MISSING.to_owned(),
            other => match other.strip_prefix("clock ") {
                Some(time) => clock(time.parse().expect("a time")),
                None => other.to_owned(),
            },
        })
    }
}

/// All of them.
pub(super) fn stops() -> Vec<Stop> {
    let mut file: toml::Table = toml::from_str(include_str!("stops.toml")).expect("stops.toml");
    let stops = file.remove("stops").expect("stops in stops.toml");
    stops.try_into().expect("stops.toml")
}

/// Goes there.
pub(super) async fn arrive(stop: &Stop, browser: &Browser, world: &World) -> anyhow::Result<()> {
    let page = world.page(&stop.local);
    if let Some(person) = &stop.person {
        world.simulator.set_current(person);
    }
    if let Some(number) = stop.errcode {
        world.strike(Endpoint::AccessToken, errcode(number));
    }
    if let Some(addresses) = &stop.block {
        browser.block(&[addresses]).await?;
    }
    let address = match stop.name.as_str() {
        "guest-refused" => {
            let state = plant(browser, world, Planted::default()).await?;
            format!("{page}/?state={state}")
        }
        "guest-snapshot" => {
            let planted = Planted::with(|it| it.scope = "snsapi_userinfo");
            let state = plant(browser, world, planted).await?;
            let code = world.simulator.issue_snapshot_code(SHOP, "kuaizhao");
            callback(world, &code, &state)
        }
        _ => page,
    };
    browser.goto(&address).await?;
    if !stop.taps.is_empty() {
        browser.text("main h1").await?;
    }
    if let Some(script) = &stop.script {
        browser.script(script).await?;
    }
    let is_needless = match &stop.unless {
        Some(css) => browser.has(css).await,
        None => false,
    };
    for tap in stop.taps.iter().filter(|_| !is_needless) {
        browser.tap(tap).await?;
    }
    browser.eventually(&stop.is_there).await?;
    browser.script("window.mend?.()").await?;
    ensure!(
        browser.address().await?.starts_with(&world.app),
        "this is not the app"
    );
    Ok(())
}
