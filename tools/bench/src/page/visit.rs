//! One person's first login with an empty browser, and the return with a session, in a new tab: what is seen of them alike
//! in all browsers, by the line and by the pages.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use bench::report::Figures;
use e2e::{Browser, Look};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use crate::figures::{
    AUTHORIZE, BOOTSTRAPS, LOGIN, MODULES, MODULES_AGAIN, RETURN, SCRIPTS, SCRIPTS_AGAIN,
};
use crate::line::Asked;
use crate::pages::{Pages, Variant};
use crate::phones::Engine;

/// Runs in every page before anything of its own.
const WATCH: &str = include_str!("watch.js");

/// WeChat's browser, which is watched from the beginning.
pub(crate) fn look() -> Look {
    Look {
        waits_for_load: false,
        ..Look::default()
    }
}

/// How long a login may take; a slow phone needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether the profile is there: seldom, because the page's own thread has to answer.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the browser may go on writing its caches, and the page fetching what nobody waits for.
const AFTERMATH: Duration = Duration::from_millis(500);

/// What watch.js noted, in milliseconds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    openid: String,
    /// Since the navigation to the page that shows it.
    after: f64,
    /// When that was, since 1970-01-01 UTC.
    time_origin: f64,
}

/// From opening a page until it shows who is signed in.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) asked: Vec<Asked>,
    pub(crate) seen: Seen,
}

/// Opens the page and waits until it shows who is signed in.
pub(crate) async fn visit(
    browser: &Browser,
    pages: &Pages,
    variant: Variant,
) -> anyhow::Result<Visit> {
    browser.before_each_page(WATCH).await?;
    browser
        .goto(&format!("{}/", pages.address(variant)?))
        .await?;
    let seen = wait(browser).await?;
    sleep(AFTERMATH).await;
    let asked = pages.line.asked();
    Ok(Visit { asked, seen })
}

async fn wait(browser: &Browser) -> anyhow::Result<Seen> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // A page that goes while it is asked says nothing; the next one is asked again.
        if let Ok(noted) = browser.script("return window.benchPage || null").await
            && !noted.is_null()
        {
            return Ok(serde_json::from_value(noted)?);
        }
        if Instant::now() > deadline {
            let page = browser.script("return document.body.innerText").await?;
            anyhow::bail!("no openid on the screen; the page says: {page}");
        }
        sleep(PAUSE).await;
    }
}

/// The figures that every browser has of a first login and of a return; `openid` is what the page has to show.
///
/// # Errors
/// When it shows something else, or asked for other things than a login needs.
pub(crate) fn figures(
    [first, again]: &[Visit; 2],
    openid: &str,
    engine: Engine,
) -> anyhow::Result<Figures> {
    for visit in [first, again] {
        let is_right = visit.seen.openid == openid;
        ensure!(is_right, "the page shows another openid than WeChat gave");
    }
    let login = [
        ("GET /", 2),
        ("GET /api/bootstrap", 2),
        ("GET /connect/oauth2/authorize", 1),
        ("POST /api/session", 1),
    ];
    check(first, engine, &login).context("the first login")?;
    let arrival = [("GET /", 1), ("GET /api/bootstrap", 1)];
    check(again, engine, &arrival).context("the return")?;
    let at = |what| {
        let asked = first.asked.iter().find(|it| it.what == what);
        anyhow::Ok(asked.with_context(|| format!("no {what}"))?.at)
    };
    let tap = at("GET /")?;
    let count = |visit: &Visit, is_meant: fn(&str) -> bool| {
        visit.asked.iter().filter(|it| is_meant(&it.what)).count() as f64
    };
    let is_bootstrap = |what: &str| what == "GET /api/bootstrap";
    let is_module = |what: &str| what.ends_with(".wasm");
    let is_script = |what: &str| what.ends_with(".js") && what != "GET /sw.js";
    Ok(Figures::from([
        (AUTHORIZE, at("GET /connect/oauth2/authorize")? - tap),
        (LOGIN, first.seen.time_origin + first.seen.after - tap),
        (RETURN, again.seen.after),
        (BOOTSTRAPS, count(first, is_bootstrap)),
        (MODULES, count(first, is_module)),
        (SCRIPTS, count(first, is_script)),
        (MODULES_AGAIN, count(again, is_module)),
        (SCRIPTS_AGAIN, count(again, is_script)),
    ]))
}

/// Beside files, what was asked for is what was expected, in the order of the alphabet. WebKit does not use everything
/// that is preloaded: how often it asks for the configuration is a figure.
fn check(visit: &Visit, engine: Engine, expected: &[(&str, usize)]) -> anyhow::Result<()> {
    let is_told = |what: &str| engine == Engine::Chromium || what != "GET /api/bootstrap";
    let mut asked = BTreeMap::new();
    for what in visit.asked.iter().map(|it| it.what.as_str()) {
        if !what.contains('.') && is_told(what) {
            *asked.entry(what).or_insert(0) += 1;
        }
    }
    let asked: Vec<(&str, usize)> = asked.into_iter().collect();
    let expected: Vec<(&str, usize)> = expected
        .iter()
        .copied()
        .filter(|it| is_told(it.0))
        .collect();
    ensure!(asked == expected, "{asked:?} instead of {expected:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(asked: &[(&str, f64)]) -> Visit {
        Visit {
            asked: asked
                .iter()
                .map(|(what, at)| Asked {
                    what: (*what).to_owned(),
                    at: *at,
                })
                .collect(),
            seen: Seen {
                openid: "o".to_owned(),
                after: 50.0,
                time_origin: 1_900.0,
            },
        }
    }

    #[test]
    fn a_login_is_timed_from_its_first_request_and_its_requests_are_counted() {
        let asked = [
            ("GET /", 1_000.0),
            ("GET /a.wasm", 1_010.0),
            ("GET /api/bootstrap", 1_010.0),
            ("GET /sw.js", 1_020.0),
            ("GET /connect/oauth2/authorize", 1_400.0),
            ("GET /", 1_500.0),
            ("GET /a.wasm", 1_510.0),
            ("GET /a.js", 1_510.0),
            ("GET /api/bootstrap", 1_510.0),
            ("POST /api/session", 1_600.0),
        ];
        let again = visit(&[("GET /", 0.0), ("GET /api/bootstrap", 1.0)]);
        let figures = figures(&[visit(&asked), again], "o", Engine::Chromium);
        let figures = figures.unwrap();
        let expected = [
            (AUTHORIZE, 400.0),
            (LOGIN, 950.0),
            (RETURN, 50.0),
            (BOOTSTRAPS, 2.0),
            (MODULES, 2.0),
            (SCRIPTS, 1.0),
            (MODULES_AGAIN, 0.0),
            (SCRIPTS_AGAIN, 0.0),
        ];
        assert_eq!(figures, Figures::from(expected));
    }

    #[test]
    fn a_second_exchange_is_refused_and_a_second_configuration_in_chromium() {
        let asked = [("GET /", 0.0), ("GET /api/bootstrap", 0.0)];
        let arrival = [("GET /", 1), ("GET /api/bootstrap", 1)];
        let twice = visit(&[&asked[..], &asked[1..]].concat());
        assert!(check(&twice, Engine::WebKit, &arrival).is_ok());
        assert!(check(&twice, Engine::Chromium, &arrival).is_err());
        let posted = visit(&[&asked[..], &[("POST /api/session", 0.0)]].concat());
        assert!(check(&posted, Engine::WebKit, &arrival).is_err());
    }
}
