//! Puts a browser into a state that takes long to reach by walking.

use std::time::{SystemTime, UNIX_EPOCH};

use api_types::LoginState;
use e2e::{Browser, World};

/// A login that is under way.
pub(crate) struct Planted<'a> {
    /// The scope it asked for.
    pub(crate) scope: &'static str,
    /// The page it leads back to.
    pub(crate) return_to: &'a str,
    /// The code it is bound to, or nothing.
    pub(crate) code: &'a str,
}

impl Default for Planted<'_> {
    fn default() -> Self {
        Self {
            scope: "snsapi_base",
            return_to: "/",
            code: "",
        }
    }
}

impl Planted<'_> {
    /// The ordinary login but for this.
    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut planted = Self::default();
        change(&mut planted);
        planted
    }
}

/// A `state` as the app makes them, of a login that began so many milliseconds ago.
pub(crate) fn state(attempt: u8, age: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(0));
    let login = LoginState {
        attempt,
        made_at: now.saturating_sub(age),
    };
    login
        .write(&"a".repeat(LoginState::NONCE_LENGTH))
        .to_string()
}

/// Opens an address of the app's origin that is not the app.
pub(crate) async fn step_aside(browser: &Browser, world: &World) -> anyhow::Result<()> {
    let aside = world.page("/robots.txt");
    browser.goto(&aside).await?;
    browser
        .eventually(&format!("location.href === '{aside}' && document.body"))
        .await
}

/// Makes the browser wait for the `state` that it gives. It is left on an address that is not the app.
pub(crate) async fn plant(
    browser: &Browser,
    world: &World,
    planted: Planted<'_>,
) -> anyhow::Result<String> {
    step_aside(browser, world).await?;
    let state = state(1, 1000);
    let (scope, return_to, code) = (planted.scope, planted.return_to, planted.code);
    let script = format!(
        "sessionStorage.setItem('wechat-login:{state}',
            ['b'.repeat(32), 'shop', '{scope}', {return_to:?}, '{code}'].join('\\n'))"
    );
    browser.script(&script).await?;
    Ok(state)
}

/// The address WeChat sends the browser back to.
pub(crate) fn callback(world: &World, code: &str, state: &str) -> String {
    format!("{}/?code={code}&state={state}", world.app)
}

/// As if this browser had never been here.
pub(crate) async fn forget_everything(browser: &Browser, world: &World) -> anyhow::Result<()> {
    step_aside(browser, world).await?;
    browser
        .script("sessionStorage.clear(); localStorage.clear()")
        .await?;
    browser.lose_cookies().await
}
