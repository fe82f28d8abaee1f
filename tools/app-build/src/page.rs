//! The built page and what belongs to it, in a folder.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::bindgen::Options;
use crate::compile;
use crate::folder::Folder;
use crate::plan::{Crate, Part, Plan};

pub use crate::request::Request;

/// Why there is no page.
#[derive(Debug)]
pub enum Failure {
    /// Something that only trunk knows.
    Trunk(String),
    /// A mistake in the app.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Broken(error)
    }
}

/// Builds it. `say` gets the files and folders that make a difference, before anything is compiled, and what
/// `Trunk.toml` has that means nothing here.
///
/// # Errors
/// [`Failure`].
pub fn build(
    request: &Request,
    mut say: impl FnMut(&[&str], Option<String>),
) -> Result<(), Failure> {
    let plan = Plan::of(&request.root, request.release).map_err(Failure::Trunk)?;
    say(&plan.sources(), foreign_proxy(&plan));
    let app = plan.app().context("there is no app")?;
    // Refused before anybody waits for the compiler.
    let folder = Folder::new(request)?;
    let module = match &request.compiled {
        Some(module) => module.clone(),
        None => {
            compile::hooks(&plan, request)?;
            compile::module(app, &request.root)?
        }
    };
    Ok(write(&plan, app, &module, request, folder)?)
}

/// A back end of somebody's own, which `trunk serve` would reach.
fn foreign_proxy(plan: &Plan) -> Option<String> {
    let ours = |backend: &str| backend.starts_with("http://127.0.0.1:8081/");
    let mut proxies = plan.trunk.proxy.iter();
    let foreign = proxies.find(|proxy| !ours(&proxy.backend))?;
    Some(foreign.backend.clone())
}

fn write(
    plan: &Plan,
    app: &Crate,
    module: &Path,
    request: &Request,
    mut folder: Folder<'_>,
) -> anyhow::Result<()> {
    let options = Options {
        keep_debug: app.keep_debug,
        demangle: !app.no_demangle,
        ..Options::for_page(module, &folder.for_bindgen(), &app.bin)
    };
    let name = folder.app(&options)?;
    let build = &plan.trunk.build;
    let mut parameters = BTreeMap::new();
    for (parameter, value) in &build.pattern_params {
        let value = match value.strip_prefix('@') {
            Some(file) => folder.read(file)?,
            None => value.clone(),
        };
        parameters.insert(parameter.as_str(), value);
    }
    parameters.insert("base", request.public_url.clone());
    parameters.insert("js", format!("{name}.js"));
    parameters.insert("wasm", format!("{name}_bg.wasm"));
    parameters.insert("crossorigin", "anonymous".to_owned());

    let mut page = String::new();
    let mut at = 0;
    for (place, part) in &plan.parts {
        page += &plan.html[at..place.start];
        at = place.end;
        page += &match part {
            Part::Base => format!("<base href=\"{}\" />", request.public_url),
            Part::Rust(_) => evaluated(&build.pattern_script, &parameters),
            Part::Inline(from, begin, end) => format!("{begin}{}{end}", folder.read(from)?),
            Part::Copy { from, into } => folder.copy(from, into)?,
            Part::Link {
                from,
                into,
                begin,
                attributes,
            } => {
                let file = folder.copy_hashed(from, into)?;
                format!("{begin}{}{file}\"{attributes}/>", request.public_url)
            }
        };
    }
    page += &plan.html[at..];
    // Last: whoever reads it finds all that it names.
    folder.write("index.html", page.as_bytes())?;
    folder.remove_others()
}

/// The pattern with each `{name}` replaced.
fn evaluated(pattern: &str, parameters: &BTreeMap<&str, String>) -> String {
    let mut result = pattern.to_owned();
    for (name, value) in parameters {
        result = result.replace(&format!("{{{name}}}"), value);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = "[build]\ntarget = \"index.html\"\npattern_preload = \"\"\npattern_script = \"<script>{first} {base}{js} {wasm}</script>\"\n[build.pattern_params]\nfirst = \"@first.txt\"\n";
    const PAGE: &str = "<head><base data-trunk-public-url /><link data-trunk rel=\"rust\" href=\"app\" data-bin=\"app\">\
        <link data-trunk rel=\"copy-dir\" href=\"pictures\"/><link data-trunk rel=\"css\" href=\"a.css\" media=\"print\"/></head>\
        <link data-trunk rel=\"inline\" href=\"a.js\"/>";
    /// The smallest module there is.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0";

    fn checkout() -> (tempfile::TempDir, Request) {
        let root = tempfile::tempdir().unwrap();
        let put =
            |name: &str, content: &[u8]| std::fs::write(root.path().join(name), content).unwrap();
        std::fs::create_dir(root.path().join("pictures")).unwrap();
        put("Trunk.toml", TRUNK.as_bytes());
        put("index.html", PAGE.as_bytes());
        put("first.txt", b"1st");
        put("pictures/a.png", b"picture");
        put("a.css", b"p {}");
        put("a.js", b"run()");
        put("app.wasm", MODULE);
        let request = Request {
            root: root.path().to_owned(),
            dist: root.path().join("dist"),
            public_url: "/h5/".to_owned(),
            release: false,
            compiled: Some(root.path().join("app.wasm")),
        };
        (root, request)
    }

    #[test]
    fn the_page_names_what_is_beside_it_and_nothing_else_is() {
        let (_root, request) = checkout();
        let mut sources = Vec::new();
        std::fs::create_dir(&request.dist).unwrap();
        std::fs::write(request.dist.join("old.js"), "").unwrap();
        build(&request, |found, _| {
            sources = found.iter().map(|it| (*it).to_owned()).collect()
        })
        .unwrap();
        assert_eq!(
            sources,
            ["Trunk.toml", "a.css", "a.js", "index.html", "pictures"]
        );
        let page = std::fs::read_to_string(request.dist.join("index.html")).unwrap();
        let mut files: Vec<String> = std::fs::read_dir(&request.dist)
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let [css, script, module, "index.html", "pictures"] =
            files.iter().map(String::as_str).collect::<Vec<_>>()[..]
        else {
            panic!("{files:?}");
        };
        let expected = format!(
            "<head><base href=\"/h5/\" /><script>1st /h5/{script} {module}</script>\
             <link rel=\"stylesheet\" href=\"/h5/{css}\" media=\"print\"/></head><script>run()</script>"
        );
        assert_eq!(page, expected);
        // As the command line's script, whose caller need not know where the module is.
        let script = std::fs::read_to_string(request.dist.join(script)).unwrap();
        assert!(script.contains("_bg.wasm', import.meta.url)"), "{script}");
        assert!(request.dist.join("pictures/a.png").exists());
    }

    #[test]
    fn a_new_module_gets_a_new_name_and_the_same_one_is_left_alone() {
        let (_root, request) = checkout();
        let page = || std::fs::read_to_string(request.dist.join("index.html")).unwrap();
        build(&request, |_, _| {}).unwrap();
        let first = page();
        build(&request, |_, _| {}).unwrap();
        assert_eq!(page(), first);
        // With an empty section of its own.
        let other = [MODULE, b"\0\x02\x01x"].concat();
        std::fs::write(request.compiled.as_ref().unwrap(), other).unwrap();
        build(&request, |_, _| {}).unwrap();
        assert_ne!(page(), first);
    }

    #[test]
    fn what_only_trunk_knows_leaves_the_folder_alone() {
        let (root, request) = checkout();
        std::fs::write(
            root.path().join("index.html"),
            "<link data-trunk rel=sass href=a>",
        )
        .unwrap();
        let failure = build(&request, |_, _| {}).unwrap_err();
        assert!(
            matches!(failure, Failure::Trunk(why) if why == "index.html, line 1: rel=\"sass\"")
        );
        assert!(!request.dist.exists());
    }

    #[test]
    fn a_back_end_of_ones_own_in_trunk_toml_is_noticed() {
        let (root, request) = checkout();
        let more = "[[proxy]]\nbackend = \"http://127.0.0.1:8081/api\"\n[[proxy]]\nbackend = \"http://127.0.0.1:9000/\"\n";
        std::fs::write(root.path().join("Trunk.toml"), format!("{TRUNK}{more}")).unwrap();
        let mut foreign = None;
        build(&request, |_, found| foreign = found).unwrap();
        assert_eq!(foreign.as_deref(), Some("http://127.0.0.1:9000/"));
    }
}
