//! The Content-Security-Policy of a page: what it may run, load and ask, and nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use sha2::{Digest, Sha256};

use super::old_engine::needs_unsafe_eval;
use crate::config::PageOrigins;

/// Where pictures of users come from: WeChat's avatar hosts, `thirdwx.qlogo.cn` and `wx.qlogo.cn` among others.
const AVATARS: &str = "https://*.qlogo.cn";

/// What stands in a policy where it allows WebAssembly.
const PLACE: &str = "{webassembly}";

/// The word for it. Engines that do not know it complain of it.
pub(crate) const STRICT: &str = "'wasm-unsafe-eval'";

/// The word that old browser engines know, which allows `eval`, too.
pub(crate) const FOR_OLD_ENGINES: &str = "'unsafe-eval'";

/// The policy of one page, made of the page itself: its inline scripts and styles by their hashes, so that nothing
/// that somebody smuggles into it runs.
#[derive(Debug, Clone)]
pub(crate) struct PagePolicy {
    template: String,
    strict: String,
    for_old_engines: String,
}

impl PagePolicy {
    /// The policy of this page, on which scripts and pictures of these origins may appear, pictures of WeChat's users
    /// besides.
    ///
    /// Where the page's API is on another origin, which the page says in the link `api-bootstrap`, that may be asked
    /// and shows its QR codes.
    pub(crate) fn of(html: &str, origins: &PageOrigins) -> Self {
        let api = api_origin(html).map(|origin| format!(" {origin}"));
        let api = api.unwrap_or_default();
        let pictures = words(origins.pictures.iter().cloned());
        let foreign = words(origins.scripts.iter().cloned());
        let scripts = words(hashes(html, "script"));
        let styles = words(hashes(html, "style"));
        let styles = if styles.is_empty() {
            " 'none'".to_owned()
        } else {
            styles
        };
        let template = format!(
            "default-src 'none'; script-src 'self' {PLACE}{scripts}{foreign}; style-src{styles}; \
             connect-src 'self'{api}; img-src 'self' data: {AVATARS}{api}{pictures}; base-uri 'self'; \
             form-action 'none'; frame-ancestors 'none'"
        );
        Self {
            strict: template.replace(PLACE, STRICT),
            for_old_engines: template.replace(PLACE, FOR_OLD_ENGINES),
            template,
        }
    }

    /// As the browser that calls itself this understands it: an old engine runs no WebAssembly without `'unsafe-eval'`.
    pub(crate) fn for_browser(&self, user_agent: Option<&str>) -> &str {
        if user_agent.is_some_and(needs_unsafe_eval) {
            &self.for_old_engines
        } else {
            &self.strict
        }
    }

    /// With `word` for WebAssembly: [`STRICT`], [`FOR_OLD_ENGINES`], or a variable of a web server's configuration.
    pub(crate) fn with_word(&self, word: &str) -> String {
        self.template.replace(PLACE, word)
    }
}

/// The hashes of all inline elements of this name, as a policy has to name them for these to count.
pub(crate) fn hashes<'a>(html: &'a str, element: &'a str) -> impl Iterator<Item = String> + 'a {
    inline(html, element).map(|content| {
        let hash = BASE64_STANDARD.encode(Sha256::digest(content));
        format!("'sha256-{hash}'")
    })
}

/// Words in a policy, each with a blank before it.
fn words(words: impl Iterator<Item = String>) -> String {
    words.map(|word| format!(" {word}")).collect()
}

/// What stands between the tags of elements of this name, those aside that load something else instead.
///
/// Good for pages as the bundler writes them: tags in small letters, no comment with a tag in it.
fn inline<'a>(html: &'a str, element: &'a str) -> impl Iterator<Item = &'a str> + 'a {
    let (opening, closing) = (format!("<{element}"), format!("</{element}>"));
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once(&opening)?;
            let (attributes, after) = after.split_once('>')?;
            rest = after;
            let is_this_element =
                attributes.is_empty() || attributes.starts_with(char::is_whitespace);
            if is_this_element && !attributes.contains(" src=") {
                let (content, after) = after.split_once(&closing)?;
                rest = after;
                return Some(content);
            }
        }
    })
}

/// The origin of the API, where the page names one that is not its own.
pub(crate) fn api_origin(html: &str) -> Option<String> {
    let address = Url::parse(api_bootstrap(html)?).ok()?;
    Some(address.origin().ascii_serialization())
}

/// What the page's app asks first, as the page's link `api-bootstrap` says it: a path, or an address elsewhere.
pub(crate) fn api_bootstrap(html: &str) -> Option<&str> {
    attribute(html, "id=\"api-bootstrap\"", "href")
}

/// The value of an attribute that stands behind `beginning` in a tag.
pub(crate) fn attribute<'a>(html: &'a str, beginning: &str, name: &str) -> Option<&'a str> {
    let (_, after) = html.split_once(beginning)?;
    let (tag, _) = after.split_once('>')?;
    let (_, after) = tag.split_once(name)?;
    let (value, _) = after.strip_prefix("=\"")?.split_once('"')?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!DOCTYPE html><html><head>\
        <link id=\"api-bootstrap\" rel=\"preload\" as=\"fetch\" href=\"/api/bootstrap\" crossorigin=\"use-credentials\" />\
        <style>p{}</style></head><body><script>alert(1)</script>\
        <script src=\"/a.js\"></script><script type=\"module\">import '/b.js'</script></body></html>";

    fn strict(html: &str) -> String {
        PagePolicy::of(html, &PageOrigins::default())
            .for_browser(None)
            .to_owned()
    }

    #[test]
    fn every_inline_script_and_style_is_allowed_by_its_hash_and_nothing_else() {
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64, and so on.
        let expected = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' \
            'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' \
            'sha256-pq97yxHuBwrYC5r3DYmClO5fUidjKb+wUFkivHD7+iw='; \
            style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='; connect-src 'self'; \
            img-src 'self' data: https://*.qlogo.cn; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";
        assert_eq!(strict(PAGE), expected);
    }

    #[test]
    fn an_api_elsewhere_may_be_asked_and_shows_its_pictures() {
        let page = PAGE.replace(
            "/api/bootstrap",
            "https://api.shop.example/base/api/bootstrap",
        );
        let policy = strict(&page);
        assert!(
            policy.contains("connect-src 'self' https://api.shop.example;"),
            "{policy}"
        );
        assert!(
            policy.contains("https://*.qlogo.cn https://api.shop.example;"),
            "{policy}"
        );
    }

    #[test]
    fn an_element_of_a_longer_name_is_another_one() {
        assert_eq!(
            inline("<styles>x</styles><style>y</style>", "style").collect::<Vec<_>>(),
            ["y"]
        );
    }
}
