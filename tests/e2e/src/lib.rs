//! What the browser journeys stand on: a [`Browser`] that looks like WeChat's on a phone, and a [`World`] of simulator
//! and proxy to walk through with it. The journeys themselves are in `tests/journeys/`.

mod browser;
mod chromedriver;
mod database;
mod gateway;
mod logs;
mod program;
mod proxy;
pub mod user_agents;
mod web_server;
mod world;

pub use browser::{Browser, Engine, Key, Look};
pub use database::BrokenDatabase;
pub use gateway::{Gateway, GatewayFault};
pub use logs::{LogLine, lines_of};
pub use proxy::Proxy;
pub use proxy::Website;
pub use web_server::App;
pub use world::{CAFE, SHOP, WEBSITE, WebServer, World, WorldOptions, errcode};

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::Runtime;

/// A journey that hangs is a failed journey; the longest takes a tenth of it, on a machine with nothing else to do.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// All journeys' runtime: browsers go from one to the next, and their connections with them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| match Runtime::new() {
    Ok(runtime) => runtime,
    Err(error) => panic!("no runtime for the journeys: {error}"),
});

/// Runs one journey: in its own world, with as many browsers as it opens, all closed at the end however it ends.
pub fn journey<F, Fut>(options: WorldOptions, walk: F)
where
    F: FnOnce(World) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let outcome = RUNTIME.block_on(async {
        let world = World::start(options).await?;
        tokio::time::timeout(TIME_LIMIT, walk(world))
            .await
            .unwrap_or_else(|_| {
                Err(anyhow::anyhow!(
                    "the journey took longer than {TIME_LIMIT:?}"
                ))
            })
    });
    if let Err(error) = outcome {
        panic!("{error:?}");
    }
}

/// Runs a journey of one ordinary browser in an ordinary world.
pub fn walk<F>(steps: F)
where
    F: AsyncFnOnce(&World, &Browser) -> anyhow::Result<()>,
{
    walk_in(WorldOptions::default(), steps);
}

/// Runs a journey of one ordinary browser in such a world.
pub fn walk_in<F>(options: WorldOptions, steps: F)
where
    F: AsyncFnOnce(&World, &Browser) -> anyhow::Result<()>,
{
    journey(options, async |world| {
        let browser = Browser::open(Look::default()).await?;
        steps(&world, &browser).await?;
        browser.close().await
    });
}
