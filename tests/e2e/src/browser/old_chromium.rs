//! Any headless Chromium of the last years, directly over the DevTools protocol: there is no chromedriver for all of them.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use async_trait::async_trait;
use base64::Engine as _;
use serde_json::{Value, json};
use tokio::sync::{OnceCell, RwLock};

use super::chromium::request;
use super::engine::{Engine, colour_scheme};
use super::look::Look;
use super::socket::Socket;
use crate::program::Program;

/// The engine's own version, such as `74.0.3723.0`.
static VERSION: OnceCell<String> = OnceCell::const_new();

/// Between two questions.
const MOMENT: Duration = Duration::from_millis(10);

/// A script that takes longer is lost.
const LONGEST_SCRIPT: Duration = Duration::from_secs(5);

pub(super) struct OldChromium {
    path: String,
    look: Look,
    run: RwLock<Run>,
}

/// A running one with its one tab. It has no folder: everything is gone when it ends.
struct Run {
    program: Program,
    tab: Socket,
}

impl OldChromium {
    /// Starts the program, which has to be of this major version.
    pub(super) async fn start(look: Look, path: String, expected: u32) -> anyhow::Result<Self> {
        let version = VERSION.get_or_try_init(|| async {
            let run = Run::start(look, &path, None).await?;
            let version = run.tab.call("Browser.getVersion", json!({})).await?;
            run.program.end().await?;
            let version = version["product"].as_str().unwrap_or_default();
            let version = version.rsplit('/').next().unwrap_or_default();
            ensure!(
                major(version) == Some(expected),
                "{path} is Chromium {version}"
            );
            Ok(version.to_owned())
        });
        let run = Run::start(look, &path, Some(version.await?)).await?;
        let run = RwLock::new(run);
        Ok(Self { path, look, run })
    }

    /// Goes somewhere by this method, and waits until it is there and has loaded.
    async fn go(&self, method: &'static str, params: Value) -> anyhow::Result<()> {
        let run = self.run.read().await;
        let before = run.tab.told();
        run.tab.call(method, params).await?;
        let has_arrived =
            |event: &Value| is_of_page(event) || event["method"] == "Page.navigatedWithinDocument";
        run.tab.tells(before, has_arrived).await?;
        self.has_settled(&run).await;
        Ok(())
    }

    /// Waits until nothing is loading, as chromedriver does: what is asked while a page goes may stay without an answer.
    async fn has_settled(&self, run: &Run) {
        let is_loading = |events: &[Value]| {
            let news = events.iter().rev();
            let mut news =
                news.filter_map(|it| it["method"].as_str()?.strip_prefix("Page.frameSt"));
            news.next() == Some("artedLoading")
        };
        if self.look.waits_for_load {
            // A page that loads for long is asked all the same.
            let _ = tokio::time::timeout(LONGEST_SCRIPT, run.tab.until(|it| !is_loading(it))).await;
        }
    }

    /// The tab's history, and where it is in there.
    async fn history(&self) -> anyhow::Result<(Value, i64)> {
        let mut history = self
            .devtools("Page.getNavigationHistory", json!({}))
            .await?;
        let at = history["currentIndex"].as_i64().context("no history")?;
        Ok((history["entries"].take(), at))
    }

    /// Goes so many entries on in the history.
    async fn go_by(&self, entries: i64) -> anyhow::Result<()> {
        let (history, at) = self.history().await?;
        let entry = history[usize::try_from(at + entries)?]["id"].clone();
        let entry = json!({ "entryId": entry });
        self.go("Page.navigateToHistoryEntry", entry).await
    }
}

impl Run {
    async fn start(look: Look, path: &str, version: Option<&str>) -> anyhow::Result<Self> {
        // The oldest take the language from the first, newer ones from the environment, the newest from the second.
        let language = format!("--lang={}", look.language);
        let accepted = format!("--accept-lang={}", look.language);
        let locale = look.language.replace('-', "_");
        let locale = ["LC_ALL", "LANGUAGE"].map(|name| format!("{name}={locale}.UTF-8"));
        let words = look.user_agent.zip(version);
        // Not DevTools' override, with which Chromium 73 ignores preloads.
        let user_agent =
            words.map(|(words, version)| format!("--user-agent={}", with_version(words, version)));
        // An older one crashed in our journeys while it was on, perhaps for another reason.
        let has_bfcache = version.and_then(major).is_some_and(|it| it >= 86);
        let bfcache = match look.keeps_pages && has_bfcache {
            true => "--enable-features=BackForwardCache",
            false => "--disable-features=BackForwardCache",
        };
        let mut command = vec!["env", &locale[0], &locale[1], path];
        command.extend([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
        ]);
        command.extend([&*language, &*accepted, bfcache]);
        command.extend(user_agent.as_deref());
        command.push("about:blank");
        let (program, url) = Program::start(&command, "DevTools listening on ").await?;
        let browser = Socket::connect(&url).await?;
        // Its own first tab, because only that is in the reader's language; it may not be there yet.
        let tab = loop {
            let targets = browser.call("Target.getTargets", json!({})).await?;
            let mut targets = targets["targetInfos"].as_array().into_iter().flatten();
            let tab = targets.find(|it| it["type"] == "page");
            if let Some(tab) = tab.and_then(|it| it["targetId"].as_str()) {
                break tab.to_owned();
            }
            tokio::time::sleep(MOMENT).await;
        };
        let place = url.split("/devtools/").next().unwrap_or_default();
        let tab = Socket::connect(&format!("{place}/devtools/page/{tab}")).await?;
        for domain in ["Page", "Network", "Log"] {
            tab.call(&format!("{domain}.enable"), json!({})).await?;
        }
        let size = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        tab.call("Emulation.setDeviceMetricsOverride", size).await?;
        tab.call("Emulation.setEmulatedMedia", colour_scheme(look.dark))
            .await?;
        Ok(Self { program, tab })
    }
}

/// Whether the whole page is another one, also one that Back has brought to life.
fn is_of_page(event: &Value) -> bool {
    event["method"] == "Page.frameNavigated" && event["params"]["frame"]["parentId"].is_null()
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// WeChat's words with this engine's version: what it can do is known by it.
fn with_version(user_agent: &str, version: &str) -> String {
    let Some((before, rest)) = user_agent.split_once("Chrome/") else {
        return user_agent.to_owned();
    };
    let after = rest.split_once(' ').map_or("", |(_, after)| after);
    format!("{before}Chrome/{version} {after}")
}

#[async_trait]
impl Engine for OldChromium {
    async fn devtools(&self, method: &'static str, params: Value) -> anyhow::Result<Value> {
        let tab = &self.run.read().await.tab;
        if method == "Network.clearBrowserCache" {
            // Only so is the renderer's own cache of scripts emptied, too.
            for is_disabled in [true, false] {
                let cache = json!({ "cacheDisabled": is_disabled });
                tab.call("Network.setCacheDisabled", cache).await?;
            }
        }
        tab.call(method, params).await
    }

    async fn own_words(&self, user_agent: &str) -> String {
        with_version(user_agent, VERSION.get().map_or("", String::as_str))
    }

    async fn goto(&self, url: &str) -> anyhow::Result<()> {
        self.go("Page.navigate", json!({ "url": url })).await
    }

    async fn reload(&self) -> anyhow::Result<()> {
        self.go("Page.reload", json!({})).await
    }

    async fn back(&self) -> anyhow::Result<()> {
        self.go_by(-1).await
    }

    async fn forward(&self) -> anyhow::Result<()> {
        self.go_by(1).await
    }

    async fn address(&self) -> anyhow::Result<String> {
        let (history, at) = self.history().await?;
        let address = history[usize::try_from(at)?]["url"].as_str();
        Ok(address.context("no address")?.to_owned())
    }

    async fn script(&self, code: &str) -> anyhow::Result<Value> {
        let evaluation = json!({
            "expression": format!("(async function () {{ {code}\n }})()"),
            "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let run = self.run.read().await;
        let before = run.tab.told();
        let outcome = tokio::select! {
            biased;
            outcome = run.tab.call("Runtime.evaluate", evaluation) => outcome,
            gone = run.tab.tells(before, is_of_page) => gone.and_then(|()| bail!("the page went away")),
            () = tokio::time::sleep(LONGEST_SCRIPT) => bail!("no answer to a script"),
        };
        let mut outcome = outcome?;
        let thrown = &outcome["exceptionDetails"];
        ensure!(thrown.is_null(), "{thrown}");
        Ok(outcome["result"]["value"].take())
    }

    async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        // Old ones see only what is in the window.
        let size = self
            .script("return [innerWidth, innerHeight, document.documentElement.scrollHeight]")
            .await?;
        let window = |height: &Value| json!({ "width": size[0], "height": height, "deviceScaleFactor": 1, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", window(&size[2]))
            .await?;
        let shot = self
            .devtools("Page.captureScreenshot", json!({ "format": "png" }))
            .await?;
        self.devtools("Emulation.setDeviceMetricsOverride", window(&size[1]))
            .await?;
        let png = shot["data"].as_str().unwrap_or_default();
        Ok(base64::engine::general_purpose::STANDARD.decode(png)?)
    }

    async fn forget_everything(&self) -> anyhow::Result<()> {
        let mut run = self.run.write().await;
        let new = Run::start(self.look, &self.path, VERSION.get().map(String::as_str)).await?;
        std::mem::replace(&mut *run, new).program.end().await
    }

    async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.run.read().await.tab.take("Log.entryAdded", |params| {
            let entry = &params["entry"];
            let matters = entry["level"] == "warning" || entry["level"] == "error";
            let text = entry["text"].as_str()?;
            // They put styles of their own into a file that is no page.
            let matters = matters && !text.contains("directive: \"default-src 'none'\"");
            matters.then(|| format!("{} {text}", entry["url"]))
        }))
    }

    async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let run = self.run.read().await;
        Ok(run.tab.take("Network.requestWillBeSent", request))
    }

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        self.run.into_inner().program.end().await
    }
}
