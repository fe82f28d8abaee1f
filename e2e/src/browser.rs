//! Headless Chromium that looks like WeChat's browser on a phone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::{By, Capabilities, WebDriver};

use crate::chromedriver::Chromedriver;

/// How long an element may take to appear. Generous, because it costs nothing when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

const WECHAT: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Version/4.0 Chrome/142.0.7444.158 Mobile Safari/537.36 XWEB/1420037 MMWEBSDK/20250804 \
                      MicroMessenger/8.0.63.2920(0x28003F3C) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64";

/// What kind of browser to open.
#[derive(Clone, Copy)]
pub struct Look {
    /// Whether it says it is WeChat's.
    pub wechat: bool,
    /// Whether the system prefers dark pages.
    pub dark: bool,
    /// The reader's language, such as `zh-CN`.
    pub language: &'static str,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            wechat: true,
            dark: false,
            language: "zh-CN",
        }
    }
}

/// One browser with an empty profile; closed when dropped.
pub struct Browser {
    driver: WebDriver,
    _chromedriver: Chromedriver,
}

impl Browser {
    /// Opens one.
    ///
    /// # Errors
    /// When Chromium or its driver does not start.
    pub async fn open(look: Look) -> anyhow::Result<Self> {
        let chromedriver = Chromedriver::start().await?;
        let driver = WebDriver::new(&chromedriver.url, capabilities(look)?)
            .await
            .context("no session with Chromium")?;
        Ok(Self {
            driver,
            _chromedriver: chromedriver,
        })
    }

    /// Closes it, waiting until Chromium is gone.
    ///
    /// # Errors
    /// When the driver has gone before.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Opens an address as if typed.
    pub async fn goto(&self, url: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    /// Reloads the page.
    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The Back button.
    pub async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    /// What the address bar says.
    pub async fn address(&self) -> anyhow::Result<String> {
        Ok(self.driver.current_url().await?.to_string())
    }

    /// Waits for an element with text in it and gives that text.
    pub async fn text(&self, css: &str) -> anyhow::Result<String> {
        self.until(css, |text| !text.is_empty()).await
    }

    /// Waits until an element's text pleases.
    pub async fn until(&self, css: &str, pleases: impl Fn(&str) -> bool) -> anyhow::Result<String> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            // Between finding and reading, a page may go: then it is asked again.
            let text = match self.driver.find(By::Css(css)).await {
                Ok(element) => element.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if !text.is_empty() && pleases(&text) {
                return Ok(text);
            }
            if tokio::time::Instant::now() > deadline {
                let body = self
                    .script("return document.body ? document.body.innerText : ''")
                    .await?;
                bail!("waited for {css} in vain, it says {text:?}; the page says: {body}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for an element and taps it.
    pub async fn tap(&self, css: &str) -> anyhow::Result<()> {
        self.text(css).await?;
        Ok(self.driver.find(By::Css(css)).await?.click().await?)
    }

    /// Whether there is such an element now.
    pub async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Runs JavaScript in the page.
    pub async fn script(&self, code: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(code, vec![]).await?.json().clone())
    }

    /// Calls a method of the DevTools protocol.
    pub async fn devtools(&self, method: &'static str, params: Value) -> anyhow::Result<Value> {
        Ok(self
            .driver
            .cmd(Command::ExtensionCommand(Box::new(DevTools {
                method,
                params,
            })))
            .await?
            .value()?)
    }

    /// Runs JavaScript in every page from now on, before anything of the page's own.
    pub async fn before_each_page(&self, source: &str) -> anyhow::Result<()> {
        self.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": source }),
        )
        .await?;
        Ok(())
    }

    /// The addresses in this tab's history, oldest first.
    pub async fn history(&self) -> anyhow::Result<Vec<String>> {
        let history = self
            .devtools("Page.getNavigationHistory", json!({}))
            .await?;
        let entries = history["entries"].as_array().context("no history")?;
        Ok(entries
            .iter()
            .filter_map(|entry| Some(entry["url"].as_str()?.to_owned()))
            .collect())
    }

    /// The requests made since this was last asked, as `METHOD address`, redirects included.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let log = self.driver.get_log("performance").await?;
        let messages = log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok());
        Ok(messages
            .filter(|it| it["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|it| {
                let request = &it["message"]["params"]["request"];
                Some(format!(
                    "{} {}",
                    request["method"].as_str()?,
                    request["url"].as_str()?
                ))
            })
            .collect())
    }

    /// What the page wrote to the console since this was last asked, warnings and errors.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self
            .driver
            .get_log("browser")
            .await?
            .into_iter()
            .map(|entry| entry.message)
            .collect())
    }

    /// Saves what the screen shows to `target/screenshots/<name>.png`, to be looked at.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder)?;
        let shot = self
            .devtools("Page.captureScreenshot", json!({ "format": "png" }))
            .await?;
        let png = base64::engine::general_purpose::STANDARD
            .decode(shot["data"].as_str().unwrap_or_default())?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), png)?)
    }
}

fn capabilities(look: Look) -> anyhow::Result<Capabilities> {
    let mut args = vec![
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=390,844",
    ];
    let language = format!("--lang={}", look.language);
    args.push(&language);
    if look.dark {
        args.push("--blink-settings=preferredColorScheme=0");
    }
    let mut options = json!({
        "args": args,
        "prefs": { "intl.accept_languages": look.language },
        "mobileEmulation": { "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2 } },
    });
    if look.wechat {
        options["mobileEmulation"]["userAgent"] = WECHAT.into();
    }
    let all = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "performance": "ALL", "browser": "WARNING" },
    });
    Ok(serde_json::from_value(all)?)
}

/// Chromedriver's way to the DevTools protocol, beside the WebDriver standard.
#[derive(Debug)]
struct DevTools {
    method: &'static str,
    params: Value,
}

impl ExtensionCommand for DevTools {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "cmd": self.method, "params": self.params }))
    }

    fn method(&self) -> http::Method {
        http::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}
