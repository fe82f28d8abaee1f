//! Firefox, headless, over WebDriver BiDi, which it speaks without a driver.

use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use base64::Engine as _;
use serde_json::{Value, json};
use tokio::sync::RwLock;
use tokio::time::timeout;

use super::chromium::request;
use super::engine::{Engine, Key};
use super::look::Look;
use super::socket::Socket;
use crate::program::Program;

/// Its profile goes with the keeper's folder.
const START: &str = r#"mkdir "$TMPDIR/profile"
printf %s "$1" >"$TMPDIR/profile/user.js"
exec firefox-esr --headless --remote-debugging-port=0 --profile "$TMPDIR/profile""#;

/// A script that takes longer is lost, as by a page that goes.
const LONGEST_SCRIPT: Duration = Duration::from_secs(5);

pub(super) struct Firefox {
    program: Program,
    socket: Socket,
    look: Look,
    tab: RwLock<Tab>,
}

/// The one tab in use, and the container that keeps its cookies, storages and cache from those of earlier ones.
struct Tab {
    name: String,
    container: String,
}

impl Firefox {
    pub(super) async fn start(look: Look) -> anyhow::Result<Self> {
        let mut preferences = vec![
            ("intl.accept_languages", json!(look.language)),
            ("ui.systemUsesDarkTheme", json!(u8::from(look.dark))),
            // Its viewer of JSON is a page without the site's storages.
            ("devtools.jsonview.enabled", json!(false)),
            // Nobody sees them, and what is no page forbids them.
            ("browser.chrome.site_icons", json!(false)),
        ];
        if let Some(words) = look.user_agent {
            preferences.push(("general.useragent.override", json!(words)));
        }
        if !look.keeps_pages {
            preferences.push(("browser.sessionhistory.max_total_viewers", json!(0)));
        }
        let preferences = preferences.iter();
        let preferences: Vec<_> = preferences
            .map(|(name, value)| format!("user_pref('{name}', {value});"))
            .collect();
        let command = ["sh", "-c", START, "sh", &preferences.join("\n")];
        let (program, url) = Program::start(&command, "WebDriver BiDi listening on ").await?;
        let socket = Socket::connect(&format!("{url}/session")).await?;
        let session = json!({ "capabilities": {} });
        socket.call("session.new", session).await?;
        let events = json!({ "events": ["log.entryAdded", "network.beforeRequestSent"] });
        socket.call("session.subscribe", events).await?;
        let tab = RwLock::new(Tab::open(&socket).await?);
        Ok(Self {
            program,
            socket,
            look,
            tab,
        })
    }

    /// Calls a method with the tab as what this parameter says.
    async fn call(&self, method: &str, tab: &str, mut params: Value) -> anyhow::Result<Value> {
        params[tab] = match tab {
            "contexts" => json!([self.tab.read().await.name]),
            "target" => json!({ "context": self.tab.read().await.name }),
            _ => json!(self.tab.read().await.name),
        };
        self.socket.call(method, params).await
    }

    async fn tell(&self, method: &str, params: Value) -> anyhow::Result<()> {
        self.call(method, "context", params).await.map(drop)
    }

    /// Goes somewhere by this method.
    async fn go(&self, method: &str, mut params: Value) -> anyhow::Result<()> {
        let waits = self.look.waits_for_load;
        params["wait"] = json!(if waits { "complete" } else { "none" });
        self.tell(method, params).await
    }

    async fn go_by(&self, entries: i8) -> anyhow::Result<()> {
        let entries = json!({ "delta": entries });
        match self.tell("browsingContext.traverseHistory", entries).await {
            // As where the button is grey.
            Err(error) if error.to_string().contains("no such history entry") => Ok(()),
            other => other,
        }
    }

    async fn act(&self, kind: &str, actions: Value) -> anyhow::Result<()> {
        let source = json!({ "type": kind, "id": kind, "actions": actions });
        let sources = json!({ "actions": [source] });
        self.tell("input.performActions", sources).await
    }
}

impl Tab {
    async fn open(socket: &Socket) -> anyhow::Result<Self> {
        let new = socket.call("browser.createUserContext", json!({})).await?;
        let container = text(&new, "userContext")?;
        let new = json!({ "type": "tab", "userContext": container });
        let new = socket.call("browsingContext.create", new).await?;
        let name = text(&new, "context")?;
        let window = json!({ "width": 390, "height": 844 });
        let size = json!({ "context": name, "viewport": window, "devicePixelRatio": 2 });
        socket.call("browsingContext.setViewport", size).await?;
        Ok(Self { name, container })
    }
}

fn text(answer: &Value, key: &str) -> anyhow::Result<String> {
    let text = answer[key].as_str();
    Ok(text.with_context(|| format!("no {key}"))?.to_owned())
}

#[async_trait]
impl Engine for Firefox {
    async fn goto(&self, url: &str) -> anyhow::Result<()> {
        let url = json!({ "url": url });
        self.go("browsingContext.navigate", url).await
    }

    async fn reload(&self) -> anyhow::Result<()> {
        self.go("browsingContext.reload", json!({})).await
    }

    async fn back(&self) -> anyhow::Result<()> {
        self.go_by(-1).await
    }

    async fn forward(&self) -> anyhow::Result<()> {
        self.go_by(1).await
    }

    async fn address(&self) -> anyhow::Result<String> {
        let tree = self.call("browsingContext.getTree", "root", json!({}));
        text(&tree.await?["contexts"][0], "url")
    }

    async fn script(&self, code: &str) -> anyhow::Result<Value> {
        let code = format!("JSON.stringify(await (async function () {{ {code}\n }})())");
        let code = format!("async function () {{ return {code} }}");
        let script =
            json!({ "functionDeclaration": code, "awaitPromise": true, "userActivation": true });
        let outcome = self.call("script.callFunction", "target", script);
        let outcome = timeout(LONGEST_SCRIPT, outcome).await;
        let outcome = outcome.context("no answer to a script")??;
        let thrown = &outcome["exceptionDetails"]["text"];
        ensure!(outcome["type"] == "success", "{thrown}");
        let value = outcome["result"]["value"].as_str();
        Ok(serde_json::from_str(value.unwrap_or("null"))?)
    }

    async fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        let to = json!({ "type": "pointerMove", "x": x.round(), "y": y.round() });
        let [down, up] =
            ["Down", "Up"].map(|it| json!({ "type": format!("pointer{it}"), "button": 0 }));
        self.act("pointer", json!([to, down, up])).await
    }

    async fn press(&self, key: Key) -> anyhow::Result<()> {
        let key = match key {
            Key::Tab => "\u{e004}",
            Key::Enter => "\u{e007}",
        };
        let [down, up] = ["keyDown", "keyUp"].map(|it| json!({ "type": it, "value": key }));
        self.act("key", json!([down, up])).await
    }

    async fn before_each_page(&self, source: &str) -> anyhow::Result<String> {
        let script = json!({ "functionDeclaration": format!("function () {{ {source}\n }}") });
        let added = self.call("script.addPreloadScript", "contexts", script);
        text(&added.await?, "script")
    }

    async fn forget(&self, script: &str) -> anyhow::Result<()> {
        let script = json!({ "script": script });
        let removed = self.socket.call("script.removePreloadScript", script);
        removed.await.map(drop)
    }

    async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        let all = json!({ "origin": "document" });
        let shot = self.call("browsingContext.captureScreenshot", "context", all);
        let png = text(&shot.await?, "data")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(png)?)
    }

    async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let size =
            json!({ "viewport": { "width": width, "height": height }, "devicePixelRatio": 1 });
        self.tell("browsingContext.setViewport", size).await
    }

    async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let (words, locale) = (
            json!({ "userAgent": user_agent }),
            json!({ "locale": language }),
        );
        self.call("emulation.setUserAgentOverride", "contexts", words)
            .await?;
        let told = self.call("emulation.setLocaleOverride", "contexts", locale);
        told.await.map(drop)
    }

    async fn lose_cookies(&self) -> anyhow::Result<()> {
        let all = json!({ "type": "storageKey", "userContext": self.tab.read().await.container });
        let lost = self
            .socket
            .call("storage.deleteCookies", json!({ "partition": all }));
        lost.await.map(drop)
    }

    async fn lose_cache(&self) -> anyhow::Result<()> {
        self.forget_everything().await
    }

    async fn forget_everything(&self) -> anyhow::Result<()> {
        let new = Tab::open(&self.socket).await?;
        let old = std::mem::replace(&mut *self.tab.write().await, new).container;
        let old = json!({ "userContext": old });
        self.socket.call("browser.removeUserContext", old).await?;
        self.requests().await?;
        self.console().await.map(drop)
    }

    async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.socket.take("log.entryAdded", |entry| {
            let matters = entry["level"] == "warn" || entry["level"] == "error";
            let text = entry["text"].as_str()?;
            // What the others call a violation.
            let text = text.replace(
                "Content-Security-Policy: The",
                "Content Security Policy: The",
            );
            matters.then_some(text)
        }))
    }

    async fn requests(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.socket.take("network.beforeRequestSent", request))
    }

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        self.program.end().await
    }
}
