//! What all browser engines are driven by.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use async_trait::async_trait;
use serde_json::{Value, json};
use thirtyfour::WebDriver;

/// A key that means something to a browser.
#[derive(Clone, Copy)]
pub enum Key {
    /// On to the next control.
    Tab,
    /// Does what the focused control does.
    Enter,
}

/// What a person and a test do with a browser, in the fewest words; the rest of [`Browser`](super::Browser) is made of
/// it and has it, too. What has a default is done over the DevTools protocol, as by all kinds of Chromium; what an
/// engine's driver cannot do is an error.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Opens an address as if typed, and waits until it has loaded or failed.
    async fn goto(&self, url: &str) -> anyhow::Result<()>;
    /// Reloads the page.
    async fn reload(&self) -> anyhow::Result<()>;
    /// The Back button.
    async fn back(&self) -> anyhow::Result<()>;
    /// The Forward button.
    async fn forward(&self) -> anyhow::Result<()>;
    /// What the address bar says.
    async fn address(&self) -> anyhow::Result<String>;
    /// Runs the body of a function; a promise is waited for.
    async fn script(&self, code: &str) -> anyhow::Result<Value>;
    /// Presses and releases the mouse, or taps, at a point of the window in CSS pixels.
    async fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }
    /// Presses and releases a key.
    async fn press(&self, key: Key) -> anyhow::Result<()> {
        let (name, number, text) = match key {
            Key::Tab => ("Tab", 9, ""),
            Key::Enter => ("Enter", 13, "\r"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({
                "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": number, "text": text,
            });
            self.devtools("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }
    /// Runs JavaScript in every page from now on, before anything of the page's own; gives what [`forget`](Self::forget)
    /// wants.
    async fn before_each_page(&self, source: &str) -> anyhow::Result<String> {
        let source = json!({ "source": source });
        let added = self
            .devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await?;
        let identifier = added["identifier"].as_str();
        Ok(identifier.context("no such script")?.to_owned())
    }
    /// Runs it no more.
    async fn forget(&self, script: &str) -> anyhow::Result<()> {
        let identifier = json!({ "identifier": script });
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier)
            .await?;
        Ok(())
    }
    /// The page as far down as it goes, as PNG.
    async fn screenshot(&self) -> anyhow::Result<Vec<u8>>;
    /// From now on the window is so large, in CSS pixels.
    async fn set_size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }
    /// From now on the system prefers dark pages, or light ones.
    async fn set_dark(&self, dark: bool) -> anyhow::Result<()> {
        self.devtools("Emulation.setEmulatedMedia", colour_scheme(dark))
            .await?;
        Ok(())
    }
    /// From the next page on it says it is `user_agent`, of a reader of `language` (such as `zh-CN`).
    async fn pretend(&self, user_agent: &str, language: &str) -> anyhow::Result<()> {
        let words = self.own_words(user_agent).await;
        let words = json!({ "userAgent": words, "acceptLanguage": language });
        self.devtools("Network.setUserAgentOverride", words).await?;
        // What dates and prices are written by; older ones keep what they were started with.
        for locale in [json!({}), json!({ "locale": language })] {
            let _ = self.devtools("Emulation.setLocaleOverride", locale).await;
        }
        Ok(())
    }
    /// Requests to addresses like these (`*` for anything) fail from now on, and no others.
    async fn block(&self, addresses: &[&str]) -> anyhow::Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": addresses }))
            .await?;
        Ok(())
    }
    /// Throws all cookies away, and with them the session.
    async fn lose_cookies(&self) -> anyhow::Result<()> {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .await?;
        Ok(())
    }
    /// Throws away the files it keeps; an engine may throw everything away.
    async fn lose_cache(&self) -> anyhow::Result<()> {
        self.devtools("Network.clearBrowserCache", json!({}))
            .await?;
        Ok(())
    }
    /// As after a start with an empty profile.
    async fn forget_everything(&self) -> anyhow::Result<()>;
    /// A new tab, and so a new process, instead of all there are, with the same profile. Scripts go with the old ones.
    async fn new_tab(&self) -> anyhow::Result<()> {
        anyhow::bail!("this engine's driver has no tabs")
    }
    /// Warnings and errors on the console since this was last asked.
    async fn console(&self) -> anyhow::Result<Vec<String>>;
    /// Requests since this was last asked, as `METHOD address`, redirects included.
    async fn requests(&self) -> anyhow::Result<Vec<String>>;
    /// Ends it, waiting until it is gone.
    async fn quit(self: Box<Self>) -> anyhow::Result<()>;

    /// Taps an element that is there.
    async fn tap(&self, css: &str) -> anyhow::Result<()> {
        let css = json!(css);
        let find = format!(
            "var it = document.querySelector({css}); it.scrollIntoView({{ block: 'nearest' }});
             var box = it.getBoundingClientRect();
             var x = box.left + box.width / 2, y = box.top + box.height / 2;
             var top = document.elementFromPoint(x, y);
             if (!top || !it.contains(top) && !top.contains(it)) throw new Error('something is over ' + {css});
             return [x, y];"
        );
        let mut point = self.script(&find).await?;
        // What is loaded meanwhile may move it.
        loop {
            let now = self.script(&find).await?;
            if now == point {
                break;
            }
            point = now;
        }
        let at = |nth: usize| point[nth].as_f64().unwrap_or_default();
        self.click(at(0), at(1)).await
    }

    /// What a screen reader comes by, in its order: the ARIA role, the name, and `*` where the focus is.
    async fn accessibility(&self) -> anyhow::Result<Vec<String>> {
        anyhow::bail!("this engine's driver has no accessibility tree")
    }

    /// A user agent in this engine's own version.
    async fn own_words(&self, user_agent: &str) -> String {
        user_agent.to_owned()
    }

    /// Calls a method of the DevTools protocol.
    async fn devtools(&self, _method: &'static str, _params: Value) -> anyhow::Result<Value> {
        anyhow::bail!("this engine's driver has no such thing")
    }

    /// What the WebDriver standard has besides, of this machine's Chromium alone.
    fn webdriver(&self) -> anyhow::Result<&WebDriver> {
        anyhow::bail!("this engine's driver has no such thing")
    }

    /// What DevTools told about network and page since this was last asked: objects of `method` and `params`.
    async fn events(&self) -> anyhow::Result<Vec<Value>> {
        anyhow::bail!("this engine's driver has no such thing")
    }

    /// The process that all of this browser's processes descend from; `None` once it has ended.
    fn process(&self) -> Option<u32> {
        None
    }
}

/// Roles that all engines tell by the same words; of texts and groups each makes something else.
const ROLES: [&str; 8] = [
    "alert", "button", "checkbox", "heading", "image", "link", "radio", "status",
];

/// A line of [`Engine::accessibility`], for roles that engines agree on.
pub(super) fn line(role: &str, name: &str, has_focus: bool) -> Option<String> {
    let focus = if has_focus { " *" } else { "" };
    let name = name.trim();
    ROLES
        .contains(&role)
        .then(|| format!("{role} {name}{focus}").trim_end().to_owned())
}

/// What DevTools is told for dark pages, or light ones. Without effect before Chromium 76, which knows only light ones.
pub(super) fn colour_scheme(dark: bool) -> Value {
    let value = if dark { "dark" } else { "light" };
    // The older ones insist on a word here.
    json!({ "media": "", "features": [{ "name": "prefers-color-scheme", "value": value }] })
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
