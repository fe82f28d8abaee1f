//! Firefox, headless, over WebDriver BiDi: directly, because geckodriver adds nothing to it.

use std::time::Duration;

use anyhow::{Context, bail};
use async_trait::async_trait;
use base64::Engine as _;
use serde_json::{Value, json};
use tokio::sync::RwLock;
use tokio::time::timeout;

use super::chromium::request;
use super::device::Key;
use super::engine::Engine;
use super::look::Look;
use super::socket::Socket;
use crate::program::Program;

/// Its profile goes with the keeper's folder.
const START: &str = r#"mkdir "$TMPDIR/profile"
printf %s "$1" >"$TMPDIR/profile/user.js"
exec firefox-esr --headless --remote-debugging-port=0 --profile "$TMPDIR/profile""#;

/// A script that takes longer is lost: now and then nothing is said about one whose page goes.
const LONGEST_SCRIPT: Duration = Duration::from_secs(5);

pub(super) struct Firefox {
    program: Program,
    socket: Socket,
    look: Look,
    tab: RwLock<Tab>,
}

struct Tab {
    name: String,
    /// What has cookies, storages and cache of its own.
    container: String,
}

impl Firefox {
    pub(super) async fn start(look: Look) -> anyhow::Result<Self> {
        let mut preferences = vec![
            ("intl.accept_languages", json!(look.language)),
            ("ui.systemUsesDarkTheme", json!(u8::from(look.dark))),
            // Its viewer of JSON is a page of its own, without the site's storages.
            ("devtools.jsonview.enabled", json!(false)),
        ];
        let user_agent = look.user_agent.map(|words| json!(words));
        preferences.extend(user_agent.map(|words| ("general.useragent.override", words)));
        if !look.keeps_pages {
            preferences.push(("browser.sessionhistory.max_total_viewers", json!(0)));
        }
        let preferences: String = preferences
            .iter()
            .map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"))
            .collect();
        let command = ["sh", "-c", START, "sh", &preferences];
        let (program, url) = Program::start(&command, "WebDriver BiDi listening on ").await?;
        let socket = Socket::connect(&format!("{url}/session")).await?;
        socket
            .call("session.new", json!({ "capabilities": {} }))
            .await?;
        let events = json!({ "events": ["log.entryAdded", "network.beforeRequestSent"] });
        socket.call("session.subscribe", events).await?;
        let tab = RwLock::new(Tab::open(&socket, None).await?);
        Ok(Self {
            program,
            socket,
            look,
            tab,
        })
    }

    /// Calls a method with the tab as its `context`.
    async fn call(&self, method: &str, mut params: Value) -> anyhow::Result<Value> {
        params["context"] = self.tab.read().await.name.as_str().into();
        self.socket.call(method, params).await
    }

    /// Goes somewhere by this method; where a page goes on by itself is no failure.
    async fn go(&self, method: &str, mut params: Value) -> anyhow::Result<()> {
        let waits = self.look.waits_for_load;
        params["wait"] = if waits { "complete" } else { "none" }.into();
        self.call(method, params).await.map(drop)
    }

    async fn traverse(&self, delta: i8) -> anyhow::Result<()> {
        let delta = json!({ "delta": delta });
        self.call("browsingContext.traverseHistory", delta)
            .await
            .map(drop)
    }

    async fn act(&self, source: Value) -> anyhow::Result<()> {
        let actions = json!({ "actions": [source] });
        self.call("input.performActions", actions).await.map(drop)
    }
}

impl Tab {
    async fn open(socket: &Socket, container: Option<String>) -> anyhow::Result<Self> {
        let container = match container {
            Some(container) => container,
            None => {
                let new = socket.call("browser.createUserContext", json!({})).await?;
                named(&new, "userContext")?
            }
        };
        let new = json!({ "type": "tab", "userContext": container });
        let new = socket.call("browsingContext.create", new).await?;
        let name = named(&new, "context")?;
        let size = json!({
            "context": name, "viewport": { "width": 390, "height": 844 }, "devicePixelRatio": 2,
        });
        socket.call("browsingContext.setViewport", size).await?;
        Ok(Self { name, container })
    }
}

fn named(answer: &Value, key: &str) -> anyhow::Result<String> {
    let name = answer[key].as_str();
    Ok(name.with_context(|| format!("no {key}"))?.to_owned())
}

#[async_trait]
impl Engine for Firefox {
    async fn goto(&self, url: &str) -> anyhow::Result<()> {
        self.go("browsingContext.navigate", json!({ "url": url }))
            .await
    }

    async fn reload(&self) -> anyhow::Result<()> {
        self.go("browsingContext.reload", json!({})).await
    }

    async fn back(&self) -> anyhow::Result<()> {
        self.traverse(-1).await
    }

    async fn forward(&self) -> anyhow::Result<()> {
        self.traverse(1).await
    }

    async fn address(&self) -> anyhow::Result<String> {
        let root = json!({ "root": self.tab.read().await.name });
        let tree = self.socket.call("browsingContext.getTree", root).await?;
        named(&tree["contexts"][0], "url")
    }

    async fn script(&self, code: &str) -> anyhow::Result<Value> {
        let function = format!(
            "async function () {{ return JSON.stringify(await (async function () {{ {code}\n }})()) }}"
        );
        let target = json!({ "context": self.tab.read().await.name });
        let call = json!({
            "functionDeclaration": function, "awaitPromise": true, "target": target, "userActivation": true,
        });
        let outcome = timeout(
            LONGEST_SCRIPT,
            self.socket.call("script.callFunction", call),
        );
        let outcome = outcome.await.context("no answer to a script")??;
        if outcome["type"] != "success" {
            bail!("{}", outcome["exceptionDetails"]["text"]);
        }
        let value = outcome["result"]["value"].as_str();
        Ok(serde_json::from_str(value.unwrap_or("null"))?)
    }

    async fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        self.act(json!({ "type": "pointer", "id": "mouse", "actions": [
            { "type": "pointerMove", "x": x.round(), "y": y.round() },
            { "type": "pointerDown", "button": 0 }, { "type": "pointerUp", "button": 0 },
        ] }))
        .await
    }

    async fn press(&self, key: Key) -> anyhow::Result<()> {
        let value = match key {
            Key::Tab => "\u{e004}",
            Key::Enter => "\u{e007}",
        };
        self.act(json!({ "type": "key", "id": "keyboard", "actions": [
            { "type": "keyDown", "value": value }, { "type": "keyUp", "value": value },
        ] }))
        .await
    }

    async fn before_each_page(&self, source: &str) -> anyhow::Result<String> {
        let function = format!("function () {{ {source}\n }}");
        let tabs = json!([self.tab.read().await.name]);
        let script = json!({ "functionDeclaration": function, "contexts": tabs });
        let added = self.socket.call("script.addPreloadScript", script).await?;
        named(&added, "script")
    }

    async fn forget(&self, script: &str) -> anyhow::Result<()> {
        let script = json!({ "script": script });
        let removed = self.socket.call("script.removePreloadScript", script).await;
        removed.map(drop)
    }

    async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        let origin = json!({ "origin": "document" });
        let shot = self
            .call("browsingContext.captureScreenshot", origin)
            .await?;
        let png = named(&shot, "data")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(png)?)
    }

    async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let size = json!({ "viewport": { "width": width, "height": height } });
        self.call("browsingContext.setViewport", size)
            .await
            .map(drop)
    }

    async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let contexts = json!([self.tab.read().await.name]);
        let words = json!({ "userAgent": user_agent, "contexts": contexts });
        self.socket
            .call("emulation.setUserAgentOverride", words)
            .await?;
        let locale = json!({ "locale": language, "contexts": contexts });
        self.socket
            .call("emulation.setLocaleOverride", locale)
            .await?;
        Ok(())
    }

    async fn lose_cookies(&self) -> anyhow::Result<()> {
        let all = json!({ "type": "storageKey", "userContext": self.tab.read().await.container });
        let all = json!({ "partition": all });
        self.socket.call("storage.deleteCookies", all).await?;
        Ok(())
    }

    async fn forget_everything(&self) -> anyhow::Result<()> {
        let mut tab = self.tab.write().await;
        let old = std::mem::replace(&mut *tab, Tab::open(&self.socket, None).await?);
        let old = json!({ "userContext": old.container });
        self.socket.call("browser.removeUserContext", old).await?;
        drop(tab);
        self.requests().await?;
        self.console().await.map(drop)
    }

    async fn new_tab(&self) -> anyhow::Result<()> {
        let mut tab = self.tab.write().await;
        let new = Tab::open(&self.socket, Some(tab.container.clone())).await?;
        let old = json!({ "context": std::mem::replace(&mut *tab, new).name });
        self.socket.call("browsingContext.close", old).await?;
        Ok(())
    }

    async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.socket.take("log.entryAdded", |entry| {
            let matters = entry["level"] == "warn" || entry["level"] == "error";
            let place = &entry["stackTrace"]["callFrames"][0]["url"];
            let text = entry["text"].as_str()?;
            matters.then(|| format!("{place} {text}"))
        }))
    }

    async fn requests(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.socket.take("network.beforeRequestSent", request))
    }

    async fn quit(self: Box<Self>) -> anyhow::Result<()> {
        self.program.end().await
    }
}
