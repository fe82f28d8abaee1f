//! trunk by hand, and that the development server has the page that trunk makes.

use std::collections::BTreeMap;
use std::path::Path;

use crate::bundle::TARGET;
use crate::processes;
use crate::tools::{self, Tools};
use crate::workspace;

/// Where the app is built by whoever calls trunk; `dist/` stays what `make build` made.
const TRUNK_FOLDER: &str = "target/dev/trunk";

/// `cargo xtask trunk`: trunk by hand. It finds the right wasm-bindgen, and looks for nothing in the internet.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut trunk = tools::ensure()?.trunk();
    trunk.args(arguments);
    let is_told = arguments
        .iter()
        .any(|it| it == "-d" || it.starts_with("--dist"));
    let builds = arguments
        .first()
        .is_some_and(|it| ["serve", "watch", "build"].contains(&it.as_str()));
    if builds && !is_told {
        trunk.args(["--dist", TRUNK_FOLDER]);
    }
    processes::run(&mut trunk)
}

/// The page as the development server has it, of a module that trunk has just compiled and in its `folder`: it has to be
/// the same.
///
/// # Errors
/// The first difference.
pub(crate) fn compare(tools: &Tools, folder: &Path) -> anyhow::Result<()> {
    let module = "wasm32-unknown-unknown/wasm-release/wechat-login-frontend.wasm";
    let root = workspace::root();
    let (module, own) = (
        root.join(TARGET).join(module),
        root.join(TARGET).join("page"),
    );
    let mut build = tools.app_build();
    build.args(["--release", "--compiled"]).arg(module);
    processes::output(build.arg("--dist").arg(&own))?;
    let [trunk, own] = [folder, &own].map(without_hashes);
    let (trunk, own) = (trunk?, own?);
    for (name, content) in &trunk {
        let same = own.get(name) == Some(content);
        anyhow::ensure!(
            same,
            "app-build does not make {name} as trunk does: tools/app-build"
        );
    }
    anyhow::ensure!(
        trunk.len() == own.len(),
        "app-build makes more files than trunk does"
    );
    Ok(())
}

/// The files of a built app, with names that do not depend on how hashes are made.
fn without_hashes(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    const NAME: &str = "wechat-login-frontend-";
    let without = |text: &str| {
        let mut parts = text.split(NAME);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            text + NAME + part.trim_start_matches(|it: char| it.is_ascii_hexdigit())
        })
    };
    let mut files = BTreeMap::new();
    for path in workspace::files(folder)? {
        let name = without(&path.strip_prefix(folder)?.to_string_lossy());
        let content = std::fs::read(&path)?;
        let content = match String::from_utf8(content) {
            Ok(text) => without(&text).into_bytes(),
            Err(bytes) => bytes.into_bytes(),
        };
        files.insert(name, content);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_make_no_difference_and_everything_else_does() {
        let files = |module: &str, page: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(
                folder
                    .path()
                    .join(format!("wechat-login-frontend-{module}.js")),
                "x",
            )
            .unwrap();
            let page = format!("<script src=wechat-login-frontend-{page}.js>");
            std::fs::write(folder.path().join("index.html"), page).unwrap();
            without_hashes(folder.path()).unwrap()
        };
        assert_eq!(files("0af1", "0af1"), files("77", "77"));
        assert_ne!(files("0af1", "0af1"), files("0af1", "0af1_bg"));
        assert_ne!(files("0af1", "0af1"), files("x0af1", "0af1"));
    }
}
