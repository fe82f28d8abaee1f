//! The API of a running site, which may be on another host than the page.

use api_types::Bootstrap;
use reqwest::Url;
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL,
};

use super::fetch::{Answer, Fetcher, NoAnswer, REACH_THE_PROXY};
use super::report::{Finding, Subject};
use super::site_place::{self, bootstrap_of};
use crate::config::{PublicUrl, are_certainly_two_sites, origin_text};

/// Bootstrap, who may ask, cookies, readiness, and with what bootstrap says the site's place.
pub(super) async fn findings(place: &PublicUrl, page: &Answer, fetcher: &Fetcher) -> Vec<Finding> {
    let site = place.as_url();
    let bootstrap = match bootstrap_of(place, &page.body) {
        Ok(bootstrap) => bootstrap,
        Err(address) => {
            let what = format!("The page names {address:?} as its API.");
            let why = "the app cannot ask it.";
            let fix = "build the app with WECHAT_LOGIN_API_BASE=https://… or without it.";
            return vec![Subject("bootstrap").error(what, why, fix)];
        }
    };
    let ready = bootstrap.join("../readyz");
    let answer = fetcher.get_from(site, bootstrap.clone()).await;
    let answers = [Some(page), answer.as_ref().ok()];
    let mut findings = vec![
        cookies(answers.into_iter().flatten()),
        bootstrap_finding(&bootstrap, &answer),
    ];
    if let Ok(answer) = &answer
        && bootstrap.origin() != site.origin()
    {
        findings.push(cors(site, &bootstrap, answer));
    }
    if let Ok(address) = ready {
        findings.push(readiness(fetcher.get(address, "*/*").await));
    }
    let said = answer.ok();
    let said = said.and_then(|it| serde_json::from_str::<Bootstrap>(&it.body).ok());
    if let Some(said) = said {
        let public_url = &said.public_url;
        findings.extend(site_place::findings(place, page, public_url, &bootstrap, fetcher).await);
    }
    findings
}

/// Whether the page may read what the API on another host answers, and send its cookie there.
fn cors(site: &Url, api: &Url, answer: &Answer) -> Finding {
    const CHECK: Subject = Subject("cors");
    if are_certainly_two_sites(site, api) {
        return CHECK.error(
            format!("The page's API is on another site, {}.", origin_text(api)),
            "browsers neither keep nor send the session cookie, so that everybody who signs in stays signed out.",
            "give the API a host under the page's domain, with https, or the page's own, and build the app anew.",
        );
    }
    let site = site.origin().ascii_serialization();
    let is_allowed = answer.header(ACCESS_CONTROL_ALLOW_ORIGIN) == site
        && answer.header(ACCESS_CONTROL_ALLOW_CREDENTIALS) == "true";
    if is_allowed {
        return CHECK.ok("The page may ask the API on its other host.");
    }
    CHECK.error(format!("The API does not let pages of {site} ask."),
        "browsers keep its answers from the app, which shows an error.",
        format!(
            "add {site:?} to the proxy's allowed_origins, and let no web server drop or add Access-Control-Allow-Origin."
        ),
    )
}

fn bootstrap_finding(address: &Url, answer: &Result<Answer, NoAnswer>) -> Finding {
    const CHECK: Subject = Subject("bootstrap");
    let bad = |what: String, why, fix| CHECK.error(what, why, fix);
    let unanswered = |what: String, fix| {
        let why = "the app cannot learn its configuration and shows an error.";
        bad(what, why, fix)
    };
    const FORWARD: &str = "let the web server forward /api/ to the proxy; where the API is on another host, build the app with WECHAT_LOGIN_API_BASE.";
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer { cause, .. }) => {
            return unanswered(format!("{address}: {cause}."), FORWARD);
        }
    };
    let bootstrap = serde_json::from_str::<Bootstrap>(&answer.body).ok();
    let is_json = answer.kind() == "application/json";
    let bootstrap = match bootstrap {
        Some(bootstrap) if answer.status == 200 && is_json => bootstrap,
        _ => {
            let what = format!("{address} is not the proxy's JSON ({}).", answer.outcome());
            let is_without_proxy = answer.is_without_proxy();
            return unanswered(
                what,
                if is_without_proxy {
                    REACH_THE_PROXY
                } else {
                    FORWARD
                },
            );
        }
    };
    if !answer.header(CACHE_CONTROL).contains("no-store") {
        return bad(
            "/api/bootstrap lost its Cache-Control: no-store on the way.".to_owned(),
            "a cache hands one user's session to the next.",
            "do not set Cache-Control for /api/ in the web server or CDN.",
        );
    }
    if bootstrap.authorize_url_base != "https://open.weixin.qq.com" {
        return bad(
            format!(
                "Logins go to {}, not to WeChat.",
                bootstrap.authorize_url_base
            ),
            "users cannot log in, or log in with somebody who is not WeChat.",
            "remove [wechat] and simulator from the proxy's configuration.",
        );
    }
    CHECK.ok("/api/bootstrap is JSON that nobody keeps, and logins go to WeChat.")
}

fn cookies<'a>(answers: impl Iterator<Item = &'a Answer>) -> Finding {
    const CHECK: Subject = Subject("cookies");
    let mut insecure = Vec::new();
    for answer in answers {
        for cookie in answer.cookies() {
            let mut attributes = cookie.split(';').skip(1);
            if !attributes.any(|it| it.trim().eq_ignore_ascii_case("secure")) {
                // The name only: the value may be a session.
                insecure.push(cookie.split('=').next().unwrap_or_default().to_owned());
            }
        }
    }
    if insecure.is_empty() {
        return CHECK.ok("No cookie is set without Secure.");
    }
    CHECK.error(
        format!("Set without Secure: {}.", insecure.join(", ")),
        "anybody on the way reads it.",
        "give the proxy an https:// public_url; look what else sets cookies.",
    )
}

fn readiness(answer: Result<Answer, NoAnswer>) -> Finding {
    const CHECK: Subject = Subject("readyz");
    match answer {
        Ok(answer) if answer.status == 200 && answer.body.trim() == "ok" => {
            CHECK.ok("The proxy and its database answer.")
        }
        Ok(answer) if answer.is_without_proxy() => CHECK.error(
            "The web server does not reach the proxy.",
            "nobody can sign in.",
            REACH_THE_PROXY,
        ),
        Ok(answer) if answer.status == 503 => CHECK.error(
            "The proxy is not ready.",
            "its database does not answer, or it is stopping: logins fail.",
            "look at its log.",
        ),
        _ => CHECK.skipped(
            "/readyz cannot be reached from outside.",
            "nothing, if that is meant so; ask it on the proxy's own address.",
        ),
    }
}
