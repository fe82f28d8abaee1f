//! Puts a browser into a state that takes long to reach by walking.

use e2e::{Browser, World};

/// A `state` as the app makes them, first attempt.
pub(crate) const STATE: &str = "1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The record of a login that is under way under [`STATE`].
pub(crate) struct Planted<'a> {
    /// The scope it asked for.
    pub(crate) scope: &'static str,
    /// The page it leads back to.
    pub(crate) return_to: &'a str,
    /// Milliseconds since it began.
    pub(crate) age: u64,
}

impl Default for Planted<'_> {
    fn default() -> Self {
        Self {
            scope: "snsapi_base",
            return_to: "/",
            age: 1000,
        }
    }
}

/// Opens an address of the app's origin that is not the app.
pub(crate) async fn step_aside(browser: &Browser, world: &World) -> anyhow::Result<()> {
    let aside = format!("{}/robots.txt", world.app);
    browser.goto(&aside).await?;
    browser
        .eventually(&format!("location.href === '{aside}' && document.body"))
        .await
}

/// Makes the browser wait for [`STATE`]. It is left on an address that is not the app.
pub(crate) async fn plant(
    browser: &Browser,
    world: &World,
    planted: Planted<'_>,
) -> anyhow::Result<()> {
    step_aside(browser, world).await?;
    let Planted {
        scope,
        return_to,
        age,
    } = planted;
    let script = format!(
        "sessionStorage.setItem('wechat-login:{STATE}',
            ['b'.repeat(32), 'shop', '{scope}', {return_to:?}, Date.now() - {age}, ''].join('\\n'))"
    );
    browser.script(&script).await?;
    Ok(())
}

/// The address WeChat sends the browser back to.
pub(crate) fn callback(world: &World, code: &str) -> String {
    format!("{}/?code={code}&state={STATE}", world.app)
}

/// As if this browser had never been here.
pub(crate) async fn forget_everything(browser: &Browser, world: &World) -> anyhow::Result<()> {
    step_aside(browser, world).await?;
    browser
        .script("sessionStorage.clear(); localStorage.clear()")
        .await?;
    browser.lose_cookies().await
}
