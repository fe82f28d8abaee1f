//! Whether a running site is where its proxy is told that it is, and whether page and cookie agree with that.

use api_types::Bootstrap;
use reqwest::Url;
use reqwest::header::LOCATION;

use super::fetch::{Answer, Fetcher, NoAnswer};
use super::report::{Finding, Subject};
use crate::config::{PublicUrl, parse_public_url};
use crate::http::app_files::base::base;
use crate::http::app_files::policy::api_bootstrap;

/// What the addresses in the page of `site` are relative to.
pub(super) fn base_of(site: &PublicUrl, html: &str) -> Url {
    let page = site.at("/");
    page.join(base(html).unwrap_or_default()).unwrap_or(page)
}

/// What the app asks first, or what the page names in its place.
pub(super) fn bootstrap_of(site: &PublicUrl, html: &str) -> Result<Url, String> {
    let address = api_bootstrap(html).unwrap_or("api/bootstrap");
    let url = base_of(site, html).join(address);
    url.map_err(|_| address.to_owned())
}

/// The page's base, where the app belongs and the cookie's path, of a site whose proxy says that it is at `public_url`.
pub(super) async fn findings(
    site: &PublicUrl,
    page: &Answer,
    public_url: &str,
    bootstrap: &Url,
    fetcher: &Fetcher,
) -> Vec<Finding> {
    let Ok(wanted) = parse_public_url(public_url) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if page.status == 200 && page.is_html() {
        findings.push(base_finding(&wanted, base(&page.body)));
    }
    findings.push(place(site, &wanted, fetcher).await);
    let removal = match bootstrap.join("session") {
        Ok(session) => fetcher.sign_out(site.as_url(), session).await.ok(),
        Err(_) => None,
    };
    findings.push(cookie_path(&wanted, bootstrap, removal.as_ref()));
    findings
}

fn base_finding(wanted: &PublicUrl, found: Option<&str>) -> Finding {
    const CHECK: Subject = Subject("base");
    let place = format!("{}/", wanted.path());
    // At the root many pages do without.
    let shown = found.unwrap_or("/");
    if shown == place {
        return CHECK.ok(format!("The page's addresses are relative to {place}."));
    }
    CHECK.error(
        format!("The page's addresses are relative to {shown}, and public_url is below {place}."),
        "the app looks for its files and pages where other things are.",
        "let the proxy serve the app, or have the web server change the line <base href=\"/\" /> as docs/en/serving.md \
         describes.",
    )
}

/// Whether users are where the app wants to be, and if not, how they fare.
async fn place(site: &PublicUrl, wanted: &PublicUrl, fetcher: &Fetcher) -> Finding {
    const CHECK: Subject = Subject("public_url");
    let (here, there) = (site.text(), wanted.text());
    if here == there {
        return CHECK.ok("The app is where public_url says.");
    }
    let bad = |what: String| {
        CHECK.error(
            format!("Whoever opens {here} is moved by the app to public_url, {there}, {what}"),
            "nobody who comes by this address can use the app.",
            "write into public_url the one address under which users reach the app, with its path.",
        )
    };
    let page = match fetcher.get(wanted.at("/"), "text/html").await {
        Ok(page) => page,
        Err(NoAnswer { cause, .. }) => return bad(format!("which does not answer: {cause}.")),
    };
    let location = page.header(LOCATION);
    if !location.is_empty()
        && let Ok(next) = wanted.at("/").join(&location)
        && parse_public_url(next.as_str()).is_ok_and(|next| next.text() == here)
    {
        return CHECK.error(
            format!(
                "Whoever opens {here} is moved by the app to public_url, {there}, and sent back from there by a redirect."
            ),
            "people go round once, and logins begin at one address and come back to the other.",
            format!("write {here:?} into public_url, or redirect to public_url instead of away from it."),
        );
    }
    if page.status != 200 || !page.is_html() {
        return bad(format!("where the app is not ({}).", page.outcome()));
    }
    let bootstrap = match bootstrap_of(wanted, &page.body) {
        Ok(url) => fetcher.get_from(wanted.as_url(), url).await.ok(),
        Err(_) => None,
    };
    let said = bootstrap.and_then(|it| serde_json::from_str::<Bootstrap>(&it.body).ok());
    if said.is_none_or(|it| it.public_url != there) {
        return bad("where something else is.".to_owned());
    }
    CHECK.warning(
        format!("Whoever opens {here} is moved by the app to public_url, {there}."),
        "the page is loaded twice, here and there.",
        "give people addresses under public_url, and let the web server redirect this one there.",
    )
}

/// Whether browsers send the session's cookie to the API, and to nobody else. `removal` is the answer to a sign-out of
/// nobody, which names the cookie.
fn cookie_path(wanted: &PublicUrl, api: &Url, removal: Option<&Answer>) -> Finding {
    const CHECK: Subject = Subject("cookie_path");
    let cookie = removal.and_then(|answer| {
        let mut cookies = answer.cookies();
        cookies.find(|it| it.contains("wechat_login="))
    });
    let Some(cookie) = cookie else {
        return CHECK.skipped(
            "The session cookie was not to be seen.",
            "look at what /api/session answers.",
        );
    };
    let mut attributes = cookie.split(';').map(str::trim);
    let name = attributes.next().unwrap_or_default();
    let path = attributes.find_map(|it| it.strip_prefix("Path="));
    let path = path.unwrap_or("/");
    let below = api.path().strip_prefix(path);
    let is_sent = path == "/" || below.is_some_and(|it| it.starts_with('/'));
    if !is_sent || (name.starts_with("__Host-") && path != "/") {
        return CHECK.error(
            format!("The session cookie is for {path}, and the API is {}.", api.path().trim_end_matches("bootstrap")),
            "browsers do not send it there: everybody who signs in stays signed out.",
            "write into public_url the address under which users reach the app, with its path, and let no web server \
             change the cookie.",
        );
    }
    let is_beside_others = !wanted.path().is_empty() && api.origin() == wanted.as_url().origin();
    if path == "/" && is_beside_others {
        return CHECK.warning(
            "The session cookie is for all paths of the host.",
            "other applications on this host get it, too.",
            "take public_url's own origin out of allowed_origins, and let no web server change the cookie.",
        );
    }
    CHECK.ok(format!(
        "The session cookie is for {path}, where the API is."
    ))
}
