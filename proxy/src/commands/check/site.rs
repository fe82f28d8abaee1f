//! A running site from outside, with its address only: TLS, headers, what a missing file answers.

use super::fetch::Fetcher;
use super::report::{Finding, Subject};
use super::site_place::base_of;
use super::{connection, site_api, site_page, verify_file};
use crate::config::{PublicUrl, VerifyFile, parse_public_url};

/// A missing file that asks like a script; nobody has one of this name.
const MISSING: &str = "/missing-0000000000000000.js";

/// What to look at.
#[derive(Debug, Clone)]
pub struct Site {
    url: PublicUrl,
    verify_file: Option<VerifyFile>,
}

/// Why this is nothing to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSite {
    /// Neither an origin nor one with a path.
    #[error("--url must be an address such as https://shop.example or https://shop.example/h5")]
    Url,
    /// Not a name of WeChat's.
    #[error("--verify-file must be a name such as MP_verify_AbCdEf0123456789.txt")]
    VerifyFile,
}

impl Site {
    /// The site at `url`, an origin and perhaps a path, and the name of the verification file that must be there.
    ///
    /// # Errors
    /// [`InvalidSite`] for what is neither.
    pub fn parse(url: &str, verify_file: Option<&str>) -> Result<Self, InvalidSite> {
        let parse = |name| VerifyFile::parse(name).ok_or(InvalidSite::VerifyFile);
        Ok(Self {
            url: parse_public_url(url).map_err(|_| InvalidSite::Url)?,
            verify_file: verify_file.map(parse).transpose()?,
        })
    }
}

/// Page, policy, WASM, service worker, missing file, bootstrap, cookies, readiness, base, where the app belongs, the
/// cookie's path, verification file.
pub(super) async fn findings(site: &Site, fetcher: &Fetcher, now: u64) -> Vec<Finding> {
    let Site { url, verify_file } = site;
    let page = fetcher.get(url.at("/"), "text/html").await;
    let mut findings = vec![connection::finding(url, &page, now)];
    // Everything else would only say the same again.
    let Ok(page) = page else {
        return findings;
    };
    findings.push(site_page::index(url, &page));
    findings.push(site_page::policy(&page));
    let base = base_of(url, &page.body);
    let wasm = match site_page::wasm_address(&base, &page.body) {
        Some(url) => Some(fetcher.get(url, "*/*").await),
        None => None,
    };
    findings.push(site_page::wasm_type(wasm));
    if site_page::leaves_by_worker(&page.body)
        && let Ok(worker) = base.join("sw.js")
    {
        findings.push(site_page::worker(fetcher.get(worker, "*/*").await));
    }
    let missing = fetcher.get(url.at(MISSING), "text/html").await;
    findings.push(site_page::missing(missing));
    findings.extend(site_api::findings(url, &page, fetcher).await);
    findings.push(match verify_file {
        Some(file) => verify_file::finding(url, file, fetcher).await,
        None => Subject("verify_file").skipped(
            "No verification file was named.",
            "add --verify-file MP_verify_….txt.",
        ),
    });
    findings
}
