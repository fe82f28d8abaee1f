//! The app as phones download it: optimised, ready to be put on any static host.

use std::path::{Path, PathBuf};

use crate::processes;
use crate::screen;
use crate::tools::{self, Tools};
use crate::weight;
use crate::workspace;

/// Rebuilds the standard library for size, without panic messages, and for WebAssembly's first instruction set plus
/// mutable globals and sign extension: a sixth smaller than the prebuilt one, and kernels back to Chrome 80 and
/// iOS 14.5 run it. rustc calls this unstable; the toolchain is pinned, and the browser journeys run the result.
const RELEASE: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zunstable-options -Cpanic=immediate-abort -Ctarget-cpu=mvp \
         -Ctarget-feature=+mutable-globals,+sign-ext",
    ),
];

/// `cargo xtask build`: the app in `dist/`, and what it weighs.
///
/// # Errors
/// When it does not build or is too heavy.
pub(crate) fn run() -> anyhow::Result<()> {
    let tools = tools::ensure()?;
    screen::say(
        "building the optimised app (about 2 minutes the first time on two cores, then 1 minute)",
    );
    let folder = build(&tools, Path::new("dist"))?;
    let weight = weight::of_entry_page(&folder)?;
    weight.print();
    weight.check_limit()?;
    screen::say(&format!("the app is in {}", folder.display()));
    Ok(())
}

/// Builds into `folder`, relative to the checkout, and returns its absolute path.
///
/// # Errors
/// When trunk fails; its reasons are on the screen.
pub(crate) fn build(tools: &Tools, folder: &Path) -> anyhow::Result<PathBuf> {
    let mut trunk = tools.trunk();
    trunk
        .args(["build", "--release", "--dist"])
        .arg(folder)
        .envs(RELEASE);
    let status = processes::run(&mut trunk)?;
    anyhow::ensure!(status.success(), "trunk build failed ({status}), see above");
    Ok(workspace::root().join(folder))
}
