//! What kind of browser to open, and what chromedriver is asked for.

use std::path::PathBuf;

use serde_json::json;
use thirtyfour::Capabilities;

use crate::user_agents;

/// What kind of browser to open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What it says it is; `None` for Chromium's own words, which are a computer's.
    pub user_agent: Option<&'static str>,
    /// Whether the system prefers dark pages.
    pub dark: bool,
    /// The reader's language, such as `zh-CN`.
    pub language: &'static str,
    /// Whether it keeps pages alive that were left, for Back to find (bfcache).
    pub keeps_pages: bool,
    /// Whether opening an address waits until everything there has loaded; not for pages that are kept from loading.
    pub waits_for_load: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            user_agent: Some(user_agents::WECHAT_ANDROID),
            dark: false,
            language: "zh-CN",
            keeps_pages: true,
            waits_for_load: true,
        }
    }
}

pub(super) fn capabilities(look: Look, program: Option<PathBuf>) -> anyhow::Result<Capabilities> {
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
        // jweixin reports to WeChat by a picture; nobody reports from here.
        "--host-resolver-rules=MAP *.qq.com ~NOTFOUND",
        "--window-size=390,844",
    ];
    let language = format!("--lang={}", look.language);
    args.push(&language);
    // The shell's word for `intl.accept_languages`.
    let accepted = format!("--accept-lang={}", look.language);
    args.push(&accepted);
    if !look.keeps_pages {
        args.push("--disable-features=BackForwardCache");
    }
    if look.dark {
        args.push("--blink-settings=preferredColorScheme=0");
    }
    let mut options = json!({
        "args": args,
        "prefs": { "intl.accept_languages": look.language },
        "mobileEmulation": { "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2 } },
    });
    if let Some(program) = program {
        options["binary"] = program.display().to_string().into();
    }
    if let Some(user_agent) = look.user_agent {
        options["mobileEmulation"]["userAgent"] = user_agent.into();
    }
    let all = json!({
        "browserName": "chrome",
        "pageLoadStrategy": if look.waits_for_load { "normal" } else { "none" },
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "performance": "ALL", "browser": "WARNING" },
    });
    Ok(serde_json::from_value(all)?)
}

/// Chromium without the window that is never seen: the same engine for less than half of the processor's time.
pub(super) fn headless_shell() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("chromium-headless-shell"))
        .find(|program| program.is_file())
}
