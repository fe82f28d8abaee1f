//! The app as phones download it: optimised, compressed, weighed, ready to be put on any static host.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::processes;
use crate::screen;
use crate::tools::{self, Tools};
use crate::workspace;

/// Rebuilds the standard library for size, without panic messages, and for WebAssembly's first instruction set plus
/// mutable globals and sign extension: a sixth smaller than the prebuilt one, and browser engines back to Chrome 74 and
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
pub(crate) const TARGET: &str = "target/app";

/// Where the budget of the entry page is: whoever makes an app of this one decides what its phones may load.
const BUDGET_FILE: &str = "frontend/Cargo.toml";
const BUDGET_KEY: &str = "entry-page-limit";

/// `cargo xtask build`: the app in `dist/`, and what it weighs.
pub(crate) fn run() -> anyhow::Result<()> {
    let tools = tools::ensure()?;
    screen::say(
        "building the optimised app (about 2 minutes the first time on two cores, then 1 minute)",
    );
    let folder = build(&tools, Path::new("dist"))?;
    let weight = Weight::of(&folder)?;
    screen::say(&format!(
        "the app is in {}; what a phone loads (brotli):",
        folder.display()
    ));
    for (name, bytes) in &weight.parts {
        screen::print_line(&format!("    {bytes:>7}  {name}"));
    }
    screen::print_line(&format!("    {:>7}  of {}", weight.bytes(), weight.limit));
    // It works all the same: only `make test` and `make dist` insist.
    if let Err(error) = weight.judge() {
        screen::complain(&error.to_string());
    }
    Ok(())
}

/// Builds into `folder`, relative to the checkout, and returns its absolute path.
pub(crate) fn build(tools: &Tools, folder: &Path) -> anyhow::Result<PathBuf> {
    by_trunk(tools, folder)?;
    finish(folder)
}

/// What trunk makes of it.
pub(crate) fn by_trunk(tools: &Tools, folder: &Path) -> anyhow::Result<()> {
    let mut trunk = tools.trunk();
    trunk
        .args(["build", "--release", "--locked", "--dist"])
        .arg(folder)
        .envs(RELEASE)
        // Its own, so that nobody waits for cargo's lock on the other one while this is compiled.
        .env("CARGO_TARGET_DIR", workspace::root().join(TARGET));
    processes::run(&mut trunk)
}

/// Makes of trunk's folder what is delivered.
pub(crate) fn finish(folder: &Path) -> anyhow::Result<PathBuf> {
    let folder = workspace::root().join(folder);
    if let Some(base) = workspace::told(API_BASE) {
        let page = folder.join(INDEX);
        let html = std::fs::read_to_string(&page)?;
        std::fs::write(&page, with_api_at(&html, &base)?)?;
    }
    for (step, why_not) in [
        ("shorten", "wasm-bindgen writes something new"),
        ("compress", "the app cannot be compressed"),
    ] {
        let mut shipped = workspace::locked_cargo("run");
        shipped.args(["--quiet", "--package", "shipped-app", "--", step]);
        processes::run(shipped.arg(&folder)).context(why_not)?;
    }
    Ok(folder)
}

/// What a phone downloads to show the entry page, for the screen; an error if it is too much.
pub(crate) fn weigh(folder: &Path) -> anyhow::Result<String> {
    Weight::of(folder)?.judge()
}

/// Every file of the app is one that the entry page loads.
struct Weight {
    /// Names and bytes after brotli, the heaviest first.
    parts: Vec<(String, u64)>,
    limit: u64,
}

impl Weight {
    fn of(folder: &Path) -> anyhow::Result<Self> {
        let mut parts = Vec::new();
        for path in workspace::files(folder)? {
            if path.extension().is_some_and(|ending| ending == "br") {
                let name = path.strip_prefix(folder)?.with_extension("");
                parts.push((name.display().to_string(), path.metadata()?.len()));
            }
        }
        anyhow::ensure!(
            !parts.is_empty(),
            "nothing is compressed in {}",
            folder.display()
        );
        parts.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let limit = limit_in(&workspace::read(BUDGET_FILE)?)?;
        Ok(Self { parts, limit })
    }

    fn bytes(&self) -> u64 {
        self.parts.iter().map(|(_, bytes)| bytes).sum()
    }

    fn judge(&self) -> anyhow::Result<String> {
        let (bytes, limit) = (self.bytes(), self.limit);
        let weight = format!("{bytes} of {limit} bytes (brotli)");
        anyhow::ensure!(
            bytes <= limit,
            "the entry page is too heavy: {weight}, {} too many. The limit is this app's own budget, {BUDGET_KEY} in \
             {BUDGET_FILE}: yours may be larger. What weighs and what saves is in docs/zh/pages.md.",
            bytes - limit
        );
        Ok(weight)
    }
}

fn limit_in(manifest: &str) -> anyhow::Result<u64> {
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix(BUDGET_KEY));
    let number = line.and_then(|line| line.trim_start().strip_prefix('='));
    let number = number.and_then(|it| it.trim().replace('_', "").parse().ok());
    number.with_context(|| format!("{BUDGET_FILE} has no line such as {BUDGET_KEY} = 80_000"))
}

/// Where [`build_example`] puts the foreign app.
pub(crate) const EXAMPLE_FOLDER: &str = "target/dist-example";

/// The foreign app of `examples/`, by plain `trunk build` in its own folder, as its author would.
pub(crate) fn build_example(tools: &Tools) -> anyhow::Result<()> {
    let root = workspace::root();
    let mut trunk = tools.trunk();
    trunk
        .args(["build", "--locked", "--dist"])
        .arg(root.join(EXAMPLE_FOLDER))
        .current_dir(root.join("examples/tea-house"))
        .env("CARGO_TARGET_DIR", root.join(TARGET));
    processes::run(&mut trunk)
}

/// The page with the API at `base`, an origin with or without a path.
fn with_api_at(html: &str, base: &str) -> anyhow::Result<String> {
    const OWN: &str = "href=\"api/bootstrap\"";
    let base = base.trim_end_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-[]_".contains(&byte);
    anyhow::ensure!(
        base.starts_with("http") && base.bytes().all(is_plain),
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

    #[test]
    fn the_page_names_the_api_where_it_is() {
        let own = workspace::read(INDEX).unwrap();
        let page = with_api_at(&own, "https://api.shop.example/").unwrap();
        assert!(page.contains("href=\"https://api.shop.example/api/bootstrap\""));
        for base in [
            "api.shop.example",
            "https://a\"b",
            "javascript:alert(1)",
            "https://a b",
        ] {
            assert!(with_api_at(&own, base).is_err(), "{base}");
        }
        assert!(with_api_at("<p>", "https://api.shop.example").is_err());
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_byte_more_is_not() {
        let limit = limit_in(&workspace::read(BUDGET_FILE).unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, length: u64| {
            std::fs::write(folder.path().join(name), vec![0; length as usize]).unwrap();
        };
        write("app.js", 200_000);
        assert!(weigh(folder.path()).is_err());
        write("app.js.br", limit - 1);
        write("index.html.br", 1);
        assert_eq!(
            weigh(folder.path()).unwrap(),
            format!("{limit} of {limit} bytes (brotli)")
        );
        write("index.html.br", 3);
        let error = weigh(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("2 too many") && error.contains(BUDGET_FILE),
            "{error}"
        );
        let parts = Weight::of(folder.path()).unwrap().parts;
        assert_eq!(parts[1], ("index.html".to_owned(), 3));
    }

    #[test]
    fn a_budget_is_a_number_on_a_line_of_its_own() {
        assert_eq!(
            limit_in("[a]\nentry-page-limit = 120_000\n").unwrap(),
            120_000
        );
        for manifest in ["", "entry-page-limit = \"much\"", "# entry-page-limit = 1"] {
            assert!(limit_in(manifest).is_err(), "{manifest}");
        }
    }
}
