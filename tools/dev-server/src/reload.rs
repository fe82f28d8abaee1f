//! What pages are told while they are open: that the app was built anew, that it cannot be, which programs are missing.
//!
//! A script ([`client.js`](CLIENT)) is added to every page on its way to the browser; the files stay as they were built. It
//! listens to a stream of server-sent events, each the whole truth:
//! `{"build": "7-1a2b", "notes": [{"title": "…", "text": "…"}]}`.
//!
//! Pages come without a Content-Security-Policy here, as they do from trunk; production's is made by the proxy.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use crate::language::Language;
use crate::page::escaped;
use crate::site::Site;
use crate::status::Build;

/// The script.
pub(crate) const CLIENT: &str = include_str!("client.js");

/// Where both are, below the path of the site.
pub(crate) const FOLDER: &str = "/_dev/";

/// How often programs are looked for while a page is open; as often, an open connection is found to be closed.
const PAUSE: Duration = Duration::from_secs(2);

/// The line that loads the script into a page of this build.
pub(crate) fn tag(prefix: &str, build: Option<&str>) -> String {
    let build = escaped(build.unwrap_or_default());
    format!("<script src=\"{prefix}{FOLDER}client.js\" data-build=\"{build}\" defer></script>")
}

/// The built page with that line.
pub(crate) fn added_to(html: &str, tag: &str) -> String {
    match html.split_once("</head>") {
        Some((head, rest)) => format!("{head}{tag}</head>{rest}"),
        None => format!("{html}{tag}"),
    }
}

/// The stream. It begins with how things are and goes on with every change.
pub(crate) fn events(site: &web::Data<Site>, request: &HttpRequest) -> HttpResponse {
    let language = Language::of_browser(request.headers());
    let start = Following {
        site: site.clone(),
        language,
        told: None,
    };
    let parts = stream::unfold(start, |mut following| async {
        let part = following.next().await;
        Some((Ok::<_, Infallible>(part), following))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(parts)
}

struct Following {
    site: web::Data<Site>,
    language: Language,
    told: Option<Value>,
}

impl Following {
    /// The next event. Where nothing changes a comment, by which a browser that has gone is noticed.
    async fn next(&mut self) -> Bytes {
        let mut builds = self.site.builds.clone();
        if self.told.is_some() {
            let change = builds.changed();
            let changed = tokio::time::timeout(PAUSE, change).await;
            // Whoever wrote the file has gone: nothing comes from there any more.
            if let Ok(Err(_)) = changed {
                tokio::time::sleep(PAUSE).await;
            }
        }
        let build = builds.borrow_and_update().clone();
        let told = self.truth(&build).await;
        if self.told.as_ref() == Some(&told) {
            return Bytes::from_static(b":\n\n");
        }
        let event = format!("data: {told}\n\n");
        self.told = Some(told);
        event.into()
    }

    async fn truth(&self, build: &Build) -> Value {
        let mut notes = Vec::new();
        if let Some(words) = &build.broken {
            let title = self.language.pick(
                "应用编译失败。下面看到的是上一个能用的版本；改好并保存后会自动刷新。",
                "The app does not compile. Below is its last good version; fix it and save, and the page reloads.",
            );
            notes.push(json!({ "title": title, "text": words }));
        }
        for program in [&self.site.proxy, &self.site.simulator] {
            if self.site.is_missing(program).await {
                notes.push(json!({ "title": program.sentence(self.language) }));
            }
        }
        json!({ "build": self.site.name_of(build), "notes": notes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_goes_to_the_end_of_the_head() {
        let tag = tag("/h5", Some("7\"<"));
        assert!(tag.contains("src=\"/h5/_dev/client.js\" data-build=\"7&quot;&lt;\""));
        let page = added_to("<head><title>x</title></head><body></head>", "T");
        assert_eq!(page, "<head><title>x</title>T</head><body></head>");
        assert_eq!(added_to("x", "T"), "xT");
    }
}
