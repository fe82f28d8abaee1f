//! `cargo xtask pictures`: the pictures in README and book, of today's pages.

use std::path::Path;

use crate::bundle;
use crate::processes;
use crate::screen;
use crate::system;
use crate::test;
use crate::tools;
use crate::workspace;

/// Takes them, and writes down the words on them, which a journey compares with the pages'.
pub(crate) fn run() -> anyhow::Result<()> {
    system::ensure(system::BROWSER.iter().chain([&system::EMOJI]))?;
    let tools = tools::ensure()?;
    screen::say("building the optimised app (2 minutes the first time, then 1 minute)");
    let app = bundle::build(&tools, Path::new(test::APP_FOLDER))?;
    let mut journey = workspace::locked_cargo("test");
    journey
        .args(["--workspace", "--test=journeys", "--", "pictures::"])
        .env("WECHAT_LOGIN_DIST", app)
        .env("WECHAT_LOGIN_PICTURES", "docs");
    processes::run(&mut journey)?;
    screen::say("the pictures are in docs/pictures/: look at them before you commit them");
    Ok(())
}
