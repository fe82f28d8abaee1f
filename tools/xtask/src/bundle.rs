//! The app as phones download it: optimised, ready to be put on any static host.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compress;
use crate::processes;
use crate::screen;
use crate::tools::{self, Tools};
use crate::weight;
use crate::workspace;

/// Rebuilds the standard library for size, without panic messages, and for WebAssembly's first instruction set plus
/// mutable globals and sign extension: a sixth smaller than the prebuilt one, and kernels back to Chrome 74 and
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

/// The environment variable for an API on another origin than the app's.
const API_BASE: &str = "WECHAT_LOGIN_API_BASE";

const INDEX: &str = "index.html";

/// Where cargo compiles it.
const TARGET: &str = "target/app";

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
        .args(["build", "--release", "--locked", "--dist"])
        .arg(folder);
    // Its own, so that nobody waits for cargo's lock on the other one while this is compiled.
    trunk.env("CARGO_TARGET_DIR", workspace::root().join(TARGET));
    let status = processes::run_by_line(for_old_kernels(&mut trunk), |_| {})?;
    anyhow::ensure!(status.success(), "trunk build failed ({status}), see above");
    let folder = workspace::root().join(folder);
    if let Ok(base) = std::env::var(API_BASE) {
        let page = folder.join(INDEX);
        let html = std::fs::read_to_string(&page)?;
        std::fs::write(&page, with_api_at(&html, &base)?)?;
    }
    let shortened = processes::run_by_line(
        workspace::locked_cargo("run")
            .args(["--quiet", "--package", "shipped-app", "--", "shorten"])
            .arg(&folder),
        |_| {},
    )?;
    anyhow::ensure!(
        shortened.success(),
        "wasm-bindgen writes something new, see above"
    );
    compress::folder(&folder)?;
    Ok(folder)
}

/// Where [`build_example`] puts the foreign app.
pub(crate) const EXAMPLE_FOLDER: &str = "target/dist-example";

/// The foreign app of `examples/`, by plain `trunk build` in its own folder, as its author would.
///
/// # Errors
/// When trunk fails; its reasons are on the screen.
pub(crate) fn build_example(tools: &Tools) -> anyhow::Result<()> {
    let root = workspace::root();
    let mut trunk = tools.trunk();
    trunk.args(["build", "--locked", "--dist"]);
    trunk.arg(root.join(EXAMPLE_FOLDER));
    trunk.current_dir(root.join("examples/tea-house"));
    trunk.env("CARGO_TARGET_DIR", root.join(TARGET));
    let status = processes::run_by_line(&mut trunk, |_| {})?;
    anyhow::ensure!(status.success(), "trunk build failed ({status}), see above");
    Ok(())
}

/// Has what `build` compiles be small, and for old kernels.
pub(crate) fn for_old_kernels(build: &mut Command) -> &mut Command {
    build.envs(RELEASE)
}

/// The page with the API at `base`, an origin with or without a path; empty for the page's own origin.
fn with_api_at(html: &str, base: &str) -> anyhow::Result<String> {
    const OWN: &str = "href=\"/api/bootstrap\"";
    let base = base.trim_end_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-[]_".contains(&byte);
    anyhow::ensure!(
        base.is_empty() || base.starts_with("http") && base.bytes().all(is_plain),
        "{API_BASE} must be an address such as https://api.shop.example, not {base:?}"
    );
    anyhow::ensure!(
        html.matches(OWN).count() == 1,
        "{INDEX} names the API not exactly once"
    );
    Ok(html.replace(OWN, &format!("href=\"{base}/api/bootstrap\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../index.html");

    #[test]
    fn the_page_names_the_api_where_it_is() {
        let page = with_api_at(PAGE, "https://api.shop.example/").unwrap();
        assert!(page.contains("href=\"https://api.shop.example/api/bootstrap\""));
        assert_eq!(with_api_at(PAGE, "").unwrap(), PAGE);
    }

    #[test]
    fn what_is_no_address_and_what_is_no_page_of_ours_is_refused() {
        for base in [
            "api.shop.example",
            "https://a\"b",
            "javascript:alert(1)",
            "https://a b",
        ] {
            assert!(with_api_at(PAGE, base).is_err(), "{base}");
        }
        assert!(with_api_at("<p>", "https://api.shop.example").is_err());
    }
}
