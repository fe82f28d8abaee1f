//! The pages, and how each is reached.

use anyhow::ensure;
use e2e::user_agents::{DESKTOP, PHONE, WECHAT_ANDROID, WECOM};
use e2e::{Browser, SHOP, World, errcode};
use serde::Deserialize;
use wechat_simulator::Endpoint;

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
            "no wechat" => NO_WECHAT.to_owned(),
            "no webassembly" => "delete window.WebAssembly".to_owned(),
            other => clock(other.trim_start_matches("clock ").parse().expect("a time")),
        })
    }
}

/// The way to WeChat leads to no page, so that the app stays on the screen that says where it goes.
const NO_WECHAT: &str = "const read = Response.prototype.text;
    Response.prototype.text = function () {
        return read.call(this).then(text =>
            text.replace(/\"authorize_url_base\":\"[^\"]*/, '\"authorize_url_base\":\"mailto:nobody'));
    };";

/// All of them.
pub(super) fn stops() -> Vec<Stop> {
    let mut file: toml::Table = toml::from_str(include_str!("stops.toml")).expect("stops.toml");
    let stops = file.remove("stops").expect("stops in stops.toml");
    stops.try_into().expect("stops.toml")
}

/// Goes there.
pub(super) async fn arrive(stop: &Stop, browser: &Browser, world: &World) -> anyhow::Result<()> {
    let (simulator, name) = (&world.simulator, stop.name.as_str());
    let page = world.page(&stop.local);
    let refuses = |number| world.strike(Endpoint::AccessToken, errcode(number));
    match name {
        "profile" | "orders" => simulator.set_current("xiaohong"),
        "orders-empty" => simulator.set_current("ahua"),
        "orders-error" => browser.block(&["*/api/records*"]).await?,
        "failed-configuration" => refuses(40125),
        "failed-busy" => refuses(-1),
        "failed-rate-limited" => refuses(45011),
        "failed-code-expired" => simulator.set_current("guoqi"),
        "failed-offline" => browser.block(&["*/api/session"]).await?,
        "not-loaded" => browser.block(&["*.wasm"]).await?,
        _ => {}
    }
    let forgetful = match name {
        "failed-forgetful" => Some(
            browser
                .before_each_page(
                    "if (location.search.includes('code=')) { sessionStorage.clear(); localStorage.clear(); }",
                )
                .await?,
        ),
        _ => None,
    };
    let address = match name {
        "guest-refused" => {
            let state = plant(browser, world, Planted::default()).await?;
            format!("{page}/?state={state}")
        }
        "guest-snapshot" => {
            let planted = Planted::with(|it| it.scope = "snsapi_userinfo");
            let state = plant(browser, world, planted).await?;
            let code = simulator.issue_snapshot_code(SHOP, "kuaizhao");
            callback(world, &code, &state)
        }
        _ => page.clone(),
    };
    browser.goto(&address).await?;
    match name {
        "profile" | "orders" => {
            let ask = if name == "orders" {
                "[data-action=join]"
            } else {
                "[data-action=request-profile]"
            };
            browser.text("h1").await?;
            // Known from the stop before.
            if !browser.has("[data-across=person]").await && !browser.has("img.avatar").await {
                browser.tap(ask).await?;
                browser.tap("button[value=allow]").await?;
            }
        }
        "notice" => {
            browser.tap("[data-action=request-profile]").await?;
            browser.tap("button[value=refuse]").await?;
            browser.text(".notice").await?;
        }
        "guest-signed-out" => {
            browser.tap("[data-action=sign-out]").await?;
            browser.text("[data-action=sign-in]").await?;
        }
        "crashed" => {
            browser.text("[data-field=openid]").await?;
            browser
                .script(
                    "const [clone, create] = [Node.prototype.cloneNode, Document.prototype.createElement];
                     Node.prototype.cloneNode = Document.prototype.createElement = () => { throw 0 };
                     window.mend = () => {
                         Node.prototype.cloneNode = clone;
                         Document.prototype.createElement = create;
                     };",
                )
                .await?;
            browser.tap("a[href='/orders']").await?;
        }
        _ => {}
    }
    browser.eventually(&stop.is_there).await?;
    browser.script("window.mend?.()").await?;
    if let Some(script) = forgetful {
        browser.forget(script).await?;
    }
    ensure!(
        browser.address().await?.starts_with(&world.app),
        "this is not the app"
    );
    Ok(())
}
