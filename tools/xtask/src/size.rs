//! `cargo xtask size`: what the app's bytes are spent on.

use std::path::Path;

use anyhow::Context;

use crate::bundle;
use crate::processes;
use crate::screen;
use crate::tools;
use crate::weight;
use crate::workspace;

/// Where the module with names goes, and the app as it is shipped.
const FOLDER: &str = "target/size";

/// The app's crate, and its module's name.
const APP: &str = "wechat-login-frontend";

/// Prints code by crate and the largest functions of a build that keeps the names, then what is shipped.
///
/// # Errors
/// When it does not build.
pub(crate) fn run() -> anyhow::Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let tools = tools::ensure()?;
    screen::say(
        "building the optimised app with the names of its functions (about 3 minutes the first time on two cores)",
    );
    let built = processes::run(
        bundle::for_old_kernels(&mut workspace::locked_cargo("build"))
            .args(["--package", APP, "--profile", "wasm-release"])
            .args(["--target", TARGET])
            .env("CARGO_PROFILE_WASM_RELEASE_STRIP", "none"),
    )?;
    anyhow::ensure!(built.success(), "the build failed, see above");
    // Beside the folder of this program, wherever the target folder is.
    let built_programs = workspace::debug_binary("..")?;
    let named = Path::new(FOLDER).join("named");
    let bound = processes::run(
        tools
            .wasm_bindgen()
            .args(["--target", "web", "--no-typescript", "--no-demangle"])
            .arg("--out-dir")
            .arg(&named)
            .arg(built_programs.join(format!("{TARGET}/wasm-release/{APP}.wasm"))),
    )?;
    anyhow::ensure!(bound.success(), "wasm-bindgen failed, see above");
    screen::say("building the app as it is shipped");
    let app = bundle::build(&tools, &Path::new(FOLDER).join("app"))?;
    let report = processes::run(
        workspace::locked_cargo("run")
            .args(["--quiet", "--package", "shipped-app", "--", "size"])
            .arg(named.join(format!("{APP}_bg.wasm"))),
    )?;
    anyhow::ensure!(report.success(), "the report failed, see above");
    screen::print_line("");
    let weight = weight::of_entry_page(&app).context("the app as it is shipped")?;
    weight.print();
    screen::print_line(&format!("  {}", weight.against_the_aim()));
    Ok(())
}
