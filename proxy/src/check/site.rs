//! A running site from outside, with its address only: TLS, headers, what a missing file answers.

use api_types::Bootstrap;
use reqwest::Url;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::fetch::{Answer, Fetcher, NoAnswer};
use super::report::{Finding, Level};
use super::verify_file;
use crate::config::VerifyFile;

/// A missing file that asks like a script; nobody has one of this name.
const MISSING: &str = "/missing-0000000000000000.js";

/// What to look at.
#[derive(Debug, Clone)]
pub struct Site {
    origin: Url,
    verify_file: Option<VerifyFile>,
}

/// Why this is nothing to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSite {
    /// Not an origin.
    #[error("--url must be an origin such as https://shop.example")]
    Url,
    /// Not a name of WeChat's.
    #[error("--verify-file must be a name such as MP_verify_AbCdEf0123456789.txt")]
    VerifyFile,
}

impl Site {
    /// The site at `url`, an origin, and the name of the verification file that must be there.
    ///
    /// # Errors
    /// [`InvalidSite`] for what is neither.
    pub fn parse(url: &str, verify_file: Option<&str>) -> Result<Self, InvalidSite> {
        let origin = crate::config::parse_origin(url).map_err(|_| InvalidSite::Url)?;
        let parse = |name| VerifyFile::parse(name).ok_or(InvalidSite::VerifyFile);
        Ok(Self {
            origin,
            verify_file: verify_file.map(parse).transpose()?,
        })
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(path);
        url
    }
}

/// Page, WASM, missing file, bootstrap, cookies, readiness, verification file.
pub(super) async fn findings(site: &Site, fetcher: &Fetcher) -> Vec<Finding> {
    let page = match fetcher.get(site.at("/"), "text/html").await {
        Ok(page) => page,
        // Everything else would only say the same again.
        Err(error) => return vec![connection(&site.origin, Some(&error))],
    };
    let mut findings = vec![connection(&site.origin, None), index(&page)];
    let wasm = match wasm_address(&site.origin, &page.body) {
        Some(url) => Some(fetcher.get(url, "*/*").await),
        None => None,
    };
    findings.push(wasm_type(wasm));
    findings.push(missing(fetcher.get(site.at(MISSING), "text/html").await));
    let bootstrap = fetcher
        .get(site.at("/api/bootstrap"), "application/json")
        .await;
    let answers = [Some(&page), bootstrap.as_ref().ok()];
    findings.push(cookies(answers.into_iter().flatten()));
    findings.push(bootstrap_finding(&bootstrap));
    findings.push(ready(fetcher.get(site.at("/readyz"), "*/*").await));
    findings.push(match &site.verify_file {
        Some(file) => verify_file::finding(&site.origin, file, fetcher).await,
        None => Finding::skipped(
            "verify_file",
            "No verification file was named.",
            "add --verify-file MP_verify_….txt.",
        ),
    });
    findings
}

fn connection(origin: &Url, error: Option<&NoAnswer>) -> Finding {
    const CHECK: &str = "connection";
    let bad = |what: String, why, fix| Finding::bad(Level::Error, CHECK, what, why, fix);
    match error {
        Some(error) if error.is_certificate => bad(
            format!("The certificate is not valid: {}.", error.cause),
            "WeChat shows an empty white page and says nothing.",
            "renew it, or configure the whole chain (fullchain.pem), not the leaf alone.",
        ),
        Some(error) => bad(
            format!("The site does not answer: {}.", error.cause),
            "nobody can open it.",
            "look at DNS, firewall and web server.",
        ),
        None if origin.scheme() == "https" => {
            Finding::ok(CHECK, "Answers over TLS with a valid certificate chain.")
        }
        None => bad(
            "Answers over plain http.".to_owned(),
            "session cookies and codes travel in the open.",
            "use https; plain http is for simulators.",
        ),
    }
}

fn index(page: &Answer) -> Finding {
    const CHECK: &str = "index";
    let bad = |level, what: String, why, fix| Finding::bad(level, CHECK, what, why, fix);
    if page.status != 200 || !page.is_html() {
        return bad(
            Level::Error,
            format!("/ is no web page ({}).", page.outcome()),
            "there is no app to open.",
            "let / answer the built app's index.html itself.",
        );
    }
    let cache = page.header(CACHE_CONTROL);
    if cache.contains("no-cache") || cache.contains("no-store") {
        return Finding::ok(
            CHECK,
            format!("/ is a web page that is asked for anew each time ({cache})."),
        );
    }
    bad(
        Level::Error,
        "/ may be kept by browsers: no Cache-Control: no-cache.".to_owned(),
        "after a release phones open the old page, whose scripts are gone: an empty page for days.",
        "send Cache-Control: no-cache with index.html.",
    )
}

/// The first address in quotes that ends in `.wasm`.
fn wasm_address(origin: &Url, page: &str) -> Option<Url> {
    let mut parts = page.split(['"', '\'']);
    let address = parts.find(|part| part.ends_with(".wasm"))?;
    origin.join(address).ok()
}

fn wasm_type(answer: Option<Result<Answer, NoAnswer>>) -> Finding {
    const CHECK: &str = "wasm";
    let why = "the app starts late or not at all.";
    let answer = match answer {
        None => {
            let fix = "if this is the right page, was the app built with trunk?";
            return Finding::skipped(CHECK, "The page names no .wasm file.", fix);
        }
        Some(Err(NoAnswer { cause, .. })) => {
            let what = format!("The .wasm file cannot be fetched: {cause}.");
            return Finding::bad(
                Level::Error,
                CHECK,
                what,
                why,
                "look at the web server's log.",
            );
        }
        Some(Ok(answer)) => answer,
    };
    let kind = answer.header(CONTENT_TYPE);
    if answer.status != 200 {
        let what = format!("The .wasm file is missing ({}).", answer.outcome());
        return Finding::bad(
            Level::Error,
            CHECK,
            what,
            why,
            "publish the whole dist folder, index.html last.",
        );
    }
    if kind.split(';').next().map(str::trim) != Some("application/wasm") {
        let what = format!("The .wasm file has the type {kind:?}, not application/wasm.");
        let fix = "add application/wasm for .wasm to the web server's types.";
        return Finding::bad(Level::Error, CHECK, what, why, fix);
    }
    Finding::ok(CHECK, "The .wasm file comes as application/wasm.")
}

fn missing(answer: Result<Answer, NoAnswer>) -> Finding {
    const CHECK: &str = "missing_file";
    match answer {
        Ok(answer) if answer.status == 404 => Finding::ok(CHECK, "A missing file is a 404."),
        Ok(answer) => Finding::bad(
            Level::Error,
            CHECK,
            format!("A missing script is answered with {}.", answer.outcome()),
            "an old page takes the new page for its script and stays empty.",
            "answer index.html only for paths without a dot.",
        ),
        Err(NoAnswer { cause, .. }) => Finding::skipped(
            CHECK,
            format!("A missing file could not be asked for: {cause}."),
            "check again.",
        ),
    }
}

fn bootstrap_finding(answer: &Result<Answer, NoAnswer>) -> Finding {
    const CHECK: &str = "bootstrap";
    let bad = |what: String, why, fix| Finding::bad(Level::Error, CHECK, what, why, fix);
    let unanswered = |what: String| {
        bad(
            what,
            "the app cannot learn its configuration and shows an error.",
            "let the web server forward /api/ to the proxy; or is the API on another host, which this does not know?",
        )
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer { cause, .. }) => return unanswered(format!("/api/bootstrap: {cause}.")),
    };
    let bootstrap = serde_json::from_str::<Bootstrap>(&answer.body).ok();
    let is_json = answer.header(CONTENT_TYPE).starts_with("application/json");
    let bootstrap = match bootstrap {
        Some(bootstrap) if answer.status == 200 && is_json => bootstrap,
        _ => {
            let what = format!(
                "/api/bootstrap is not the proxy's JSON ({}).",
                answer.outcome()
            );
            return unanswered(what);
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
    Finding::ok(
        CHECK,
        "/api/bootstrap is JSON that nobody keeps, and logins go to WeChat.",
    )
}

fn cookies<'a>(answers: impl Iterator<Item = &'a Answer>) -> Finding {
    const CHECK: &str = "cookies";
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
        return Finding::ok(CHECK, "No cookie is set without Secure.");
    }
    Finding::bad(
        Level::Error,
        CHECK,
        format!("Set without Secure: {}.", insecure.join(", ")),
        "anybody on the way reads it.",
        "give the proxy an https:// public_url; look what else sets cookies.",
    )
}

fn ready(answer: Result<Answer, NoAnswer>) -> Finding {
    const CHECK: &str = "readyz";
    match answer {
        Ok(answer) if answer.status == 200 && answer.body.trim() == "ok" => {
            Finding::ok(CHECK, "The proxy and its database answer.")
        }
        Ok(answer) if answer.status == 503 => Finding::bad(
            Level::Error,
            CHECK,
            "The proxy is not ready.",
            "its database does not answer, or it is stopping: logins fail.",
            "look at its log.",
        ),
        _ => Finding::skipped(
            CHECK,
            "/readyz cannot be reached from outside.",
            "nothing, if that is meant so; ask it on the proxy's own address.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_and_names_of_the_console_are_sites() {
        assert!(Site::parse("https://shop.example", Some("MP_verify_a1.txt")).is_ok());
        for url in [
            "shop.example",
            "https://shop.example/app",
            "ftp://shop.example",
        ] {
            assert_eq!(
                Site::parse(url, None).err(),
                Some(InvalidSite::Url),
                "{url}"
            );
        }
        let site = Site::parse("https://shop.example", Some("index.html"));
        assert_eq!(site.err(), Some(InvalidSite::VerifyFile));
    }

    #[test]
    fn the_wasm_is_found_in_the_page() {
        let origin = Url::parse("https://shop.example").unwrap();
        let page =
            r#"<script>import init from '/a.js'; init({ module_or_path: '/a_bg.wasm' })</script>"#;
        let found = wasm_address(&origin, page).unwrap();
        assert_eq!(found.as_str(), "https://shop.example/a_bg.wasm");
        assert_eq!(wasm_address(&origin, "<p>wasm</p>"), None);
    }
}
