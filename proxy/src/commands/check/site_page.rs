//! The page of a running site: what it is sent with, and what it loads.

use reqwest::Url;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

use super::fetch::{Answer, NoAnswer, REACH_THE_PROXY};
use super::report::{Finding, Subject};
use crate::config::PublicUrl;
use crate::http::app_files::policy::{api_origin, hashes};

pub(super) fn index(site: &PublicUrl, page: &Answer) -> Finding {
    const CHECK: Subject = Subject("index");
    let path = format!("{}/", site.path());
    if page.status != 200 || !page.is_html() {
        return CHECK.error(
            format!("{path} is no web page ({}).", page.outcome()),
            "there is no app to open.",
            if page.is_without_proxy() {
                REACH_THE_PROXY.to_owned()
            } else {
                format!(
                    "let {path} answer the built app's index.html itself; if it redirects to the right place on purpose, \
                     check that one."
                )
            },
        );
    }
    let cache = page.header(CACHE_CONTROL);
    if cache.contains("no-cache") || cache.contains("no-store") {
        return CHECK.ok(format!(
            "{path} is a web page that is asked for anew each time ({cache})."
        ));
    }
    CHECK.error(
        format!("{path} may be kept by browsers: no Cache-Control: no-cache."),
        "after a release phones open the old page, whose scripts are gone: an empty page for days.",
        "send Cache-Control: no-cache with index.html.",
    )
}

/// Whether the headers are those of this page, and not of the version before.
pub(super) fn policy(page: &Answer) -> Finding {
    const CHECK: Subject = Subject("policy");
    const MAKE: &str = "let the proxy serve the app, or make the headers anew from what is published: `wechat-login-proxy headers`; then reload the web server.";
    let error = |what: &str, why| CHECK.error(what, why, MAKE);
    let warning = |what: &str, why| CHECK.warning(what, why, MAKE);
    if page.status != 200 || !page.is_html() {
        return CHECK.skipped("There is no page.", "see above.");
    }
    let policy = page.header(CONTENT_SECURITY_POLICY);
    if policy.is_empty() {
        return warning(
            "The page comes without Content-Security-Policy.",
            "whatever somebody manages to put into the page runs.",
        );
    }
    let words = || policy.split([' ', ';']);
    let mut hashes = ["script", "style"]
        .into_iter()
        .flat_map(|element| hashes(&page.body, element));
    if hashes.any(|hash| !words().any(|word| word == hash)) {
        return error(
            "The Content-Security-Policy is not this page's: a script or style in the page is not in it.",
            "browsers do not run it: everybody sees an empty page.",
        );
    }
    if api_origin(&page.body).is_some_and(|api| !words().any(|word| word == api)) {
        return error(
            "The Content-Security-Policy leaves out the host of the API.",
            "the app may not ask it, and shows an error.",
        );
    }
    if page.header(REFERRER_POLICY) != "no-referrer" {
        return warning(
            "The page comes without Referrer-Policy: no-referrer.",
            "its address can hold a code, which other hosts are told.",
        );
    }
    if page.header(X_CONTENT_TYPE_OPTIONS) != "nosniff" {
        return warning(
            "The page comes without X-Content-Type-Options: nosniff.",
            "browsers take files for scripts that are none.",
        );
    }
    CHECK.ok("The page comes with its own Content-Security-Policy.")
}

/// The first address in quotes that ends in `.wasm`.
pub(super) fn wasm_address(base: &Url, page: &str) -> Option<Url> {
    let mut parts = page.split(['"', '\'']);
    let address = parts.find(|part| part.ends_with(".wasm"))?;
    base.join(address).ok()
}

pub(super) fn wasm_type(answer: Option<Result<Answer, NoAnswer>>) -> Finding {
    const CHECK: Subject = Subject("wasm");
    let why = "the app starts late or not at all.";
    let answer = match answer {
        None => {
            let fix = "if this is the right page, was the app built with trunk?";
            return CHECK.skipped("The page names no .wasm file.", fix);
        }
        Some(Err(NoAnswer { cause, .. })) => {
            let what = format!("The .wasm file cannot be fetched: {cause}.");
            return CHECK.error(what, why, "look at the web server's log.");
        }
        Some(Ok(answer)) => answer,
    };
    let kind = answer.kind();
    if answer.status != 200 {
        let what = format!("The .wasm file is missing ({}).", answer.outcome());
        return CHECK.error(what, why, "publish the whole dist folder, index.html last.");
    }
    if kind != "application/wasm" {
        let what = format!("The .wasm file has the type {kind:?}, not application/wasm.");
        let fix = "add application/wasm for .wasm to the web server's types.";
        return CHECK.error(what, why, fix);
    }
    CHECK.ok("The .wasm file comes as application/wasm.")
}

/// Whether the page has a service worker load the rest of the app while it leaves for WeChat.
pub(super) fn leaves_by_worker(page: &str) -> bool {
    let ways = page.split_once("data-leave=\"");
    let ways = ways.and_then(|(_, after)| Some(after.split_once('"')?.0));
    ways.is_some_and(|ways| ways.contains("worker"))
}

pub(super) fn worker(answer: Result<Answer, NoAnswer>) -> Finding {
    const CHECK: Subject = Subject("worker");
    let bad = |what: String, fix| {
        let why =
            "where phones could go on loading the app on the way to WeChat, they load it twice.";
        CHECK.warning(what, why, fix)
    };
    let answer = match answer {
        Ok(answer) if answer.status == 200 => answer,
        Ok(answer) => {
            let what = format!("/sw.js is missing ({}).", answer.outcome());
            return bad(what, "publish the whole dist folder.");
        }
        Err(NoAnswer { cause, .. }) => {
            let what = format!("/sw.js cannot be fetched: {cause}.");
            return bad(what, "look at the web server's log.");
        }
    };
    let kind = answer.kind();
    if !kind.ends_with("/javascript") {
        let what = format!("/sw.js has the type {kind:?}, not text/javascript.");
        return bad(
            what,
            "add text/javascript for .js to the web server's types.",
        );
    }
    let policy = answer.header(CONTENT_SECURITY_POLICY);
    let mut directives = policy.split(';').map(str::trim);
    let may_ask = directives.any(|it| it.starts_with("connect-src ") && it.contains("'self'"));
    if !policy.is_empty() && !may_ask {
        return bad(
            "The Content-Security-Policy of /sw.js does not let it load the app.".to_owned(),
            "send connect-src 'self' with it, as the page's own policy has it.",
        );
    }
    CHECK.ok("/sw.js may load the app while the page leaves.")
}

pub(super) fn missing(answer: Result<Answer, NoAnswer>) -> Finding {
    const CHECK: Subject = Subject("missing_file");
    match answer {
        Ok(answer) if answer.status == 404 => {
            let cache = answer.header(CACHE_CONTROL);
            if !cache.contains("max-age") || cache.contains("max-age=0") {
                return CHECK.ok("A missing file is a 404.");
            }
            CHECK.error(
                format!("A missing file is a 404 that is kept ({cache})."),
                "who asks while a new version is being copied has an empty page for as long.",
                "send that Cache-Control with files that are there only.",
            )
        }
        Ok(answer) => CHECK.error(
            format!("A missing script is answered with {}.", answer.outcome()),
            "an old page takes the new page for its script and stays empty.",
            "answer index.html only for paths without a dot.",
        ),
        Err(NoAnswer { cause, .. }) => CHECK.skipped(
            format!("A missing file could not be asked for: {cause}."),
            "check again.",
        ),
    }
}
