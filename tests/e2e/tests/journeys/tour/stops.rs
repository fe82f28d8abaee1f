//! The pages, and how each is reached.

use anyhow::ensure;
use e2e::user_agents::{DESKTOP, PHONE, WECOM};
use e2e::{Browser, SHOP, World};
use wechat_simulator::{Effect, Endpoint, Fault};

use crate::planted::{Planted, callback, plant};
use crate::slow::{NO_ANSWER, NO_APP, clock};

/// One page.
pub(crate) struct Stop {
    /// What the browser says it is, if not WeChat.
    pub(super) user_agent: Option<&'static str>,
    /// What runs before the page.
    pub(super) scripts: &'static [fn() -> String],
    /// Where it is.
    local: &'static str,
    /// JavaScript that is true once the page is there.
    is_there: &'static str,
}

const WECHAT: Stop = Stop {
    user_agent: None,
    scripts: &[],
    local: "/",
    is_there: "document.querySelector('main h1')",
};

const FAILED: Stop = Stop {
    is_there: "document.querySelector('.message .icon.warn')",
    ..WECHAT
};

const ORDERS: Stop = Stop {
    local: "/orders",
    is_there: "document.querySelector('#more [role=status]:not(.loading)')",
    ..WECHAT
};

const OPEN: Stop = Stop {
    // Without a website application.
    local: "/orders?account=cafe",
    is_there: "document.querySelector('img.qr')?.complete",
    ..WECHAT
};

const CRASH: Stop = Stop {
    is_there: "document.querySelector('#failure h1')",
    ..WECHAT
};

/// The way to WeChat leads to no page, so that the app stays on the screen that says where it goes.
const NO_WECHAT: &str = "const read = Response.prototype.text;
    Response.prototype.text = function () {
        return read.call(this).then(text =>
            text.replace(/\"authorize_url_base\":\"[^\"]*/, '\"authorize_url_base\":\"mailto:nobody'));
    };";

/// By name, which is also the name of its pictures.
pub(crate) const STOPS: &[(&str, Stop)] = &[
    (
        "skeleton",
        Stop {
            scripts: &[|| NO_APP.to_owned(), || clock(2999)],
            is_there: "document.querySelector('#skeleton p')",
            ..WECHAT
        },
    ),
    (
        "skeleton-very-slow",
        Stop {
            scripts: &[|| NO_APP.to_owned(), || clock(8000)],
            is_there: "document.querySelector('#skeleton button:not([hidden])')",
            ..WECHAT
        },
    ),
    (
        "loading-slow",
        Stop {
            scripts: &[|| NO_ANSWER.to_owned(), || clock(3000)],
            is_there: "/网络有点慢|a little longer/.test(document.querySelector('main .loading')?.textContent)",
            ..WECHAT
        },
    ),
    (
        "loading-very-slow",
        Stop {
            scripts: &[|| NO_ANSWER.to_owned(), || clock(8000)],
            is_there: "document.querySelector('main [data-action=reload]')",
            ..WECHAT
        },
    ),
    (
        "redirecting",
        Stop {
            scripts: &[|| NO_WECHAT.to_owned()],
            is_there: "/前往|Going/.test(document.querySelector('main .loading')?.textContent)",
            ..WECHAT
        },
    ),
    ("profile-base", WECHAT),
    (
        "profile",
        Stop {
            is_there: "document.querySelector('img.avatar')?.complete",
            ..WECHAT
        },
    ),
    ("notice", WECHAT),
    ("orders", ORDERS),
    ("orders-empty", ORDERS),
    ("orders-not-joined", ORDERS),
    (
        "orders-error",
        Stop {
            is_there: "document.querySelector('#more [data-action=retry]')",
            ..ORDERS
        },
    ),
    ("guest-refused", WECHAT),
    ("guest-signed-out", WECHAT),
    ("guest-snapshot", WECHAT),
    ("failed-configuration", FAILED),
    ("failed-busy", FAILED),
    ("failed-rate-limited", FAILED),
    ("failed-code-expired", FAILED),
    ("failed-offline", FAILED),
    ("failed-forgetful", FAILED),
    (
        "failed-unknown-account",
        Stop {
            local: "/?account=nobody",
            ..FAILED
        },
    ),
    (
        "not-found",
        Stop {
            local: "/no/such/page",
            ..FAILED
        },
    ),
    (
        "open-phone",
        Stop {
            user_agent: Some(PHONE),
            ..OPEN
        },
    ),
    (
        "open-desktop",
        Stop {
            user_agent: Some(DESKTOP),
            ..OPEN
        },
    ),
    (
        "open-wecom",
        Stop {
            user_agent: Some(WECOM),
            ..OPEN
        },
    ),
    (
        "open-desktop-qr-login",
        Stop {
            user_agent: Some(DESKTOP),
            local: "/",
            ..OPEN
        },
    ),
    (
        "unsupported",
        Stop {
            scripts: &[|| "delete window.WebAssembly".to_owned()],
            ..CRASH
        },
    ),
    ("crashed", CRASH),
    ("not-loaded", CRASH),
];

/// Goes there.
pub(super) async fn arrive(
    name: &str,
    stop: &Stop,
    browser: &Browser,
    world: &World,
) -> anyhow::Result<()> {
    let simulator = &world.simulator;
    let errcode = |errcode| Effect::Errcode {
        errcode,
        errmsg: None,
    };
    let page = format!("{}{}", world.app, stop.local);
    let refuses = |number| {
        simulator.add_fault(Fault::new(Endpoint::AccessToken, errcode(number)));
    };
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
            format!("{page}?state={state}")
        }
        "guest-snapshot" => {
            let planted = Planted {
                scope: "snsapi_userinfo",
                ..Planted::default()
            };
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
    browser.eventually(stop.is_there).await?;
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
