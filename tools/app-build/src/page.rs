//! The built page and what belongs to it, in a folder.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::bindgen::{Options, VERSION};
use crate::compile;
use crate::plan::{Crate, Part, Plan};

/// What is to be built.
#[derive(Clone, Debug)]
pub struct Request {
    /// The folder of `Trunk.toml`.
    pub root: PathBuf,
    /// Where the built page goes. What else is there is removed.
    pub dist: PathBuf,
    /// Where the app is on its host: `/`, or for example `/h5/`.
    pub public_url: String,
    /// As `trunk build --release`.
    pub release: bool,
    /// A module that was compiled before, instead of running the hooks and cargo.
    pub compiled: Option<PathBuf>,
}

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
    let module = match &request.compiled {
        Some(module) => module.clone(),
        None => {
            compile::hooks(&plan, request)?;
            compile::module(app, &request.root)?
        }
    };
    Ok(write(&plan, app, &module, request)?)
}

/// A back end of somebody's own, which `trunk serve` would reach.
fn foreign_proxy(plan: &Plan) -> Option<String> {
    let ours = |backend: &str| backend.starts_with("http://127.0.0.1:8081/");
    let mut proxies = plan.trunk.proxy.iter();
    let foreign = proxies.find(|proxy| !ours(&proxy.backend))?;
    Some(foreign.backend.clone())
}

fn write(plan: &Plan, app: &Crate, module: &Path, request: &Request) -> anyhow::Result<()> {
    std::fs::create_dir_all(&request.dist)?;
    let mut folder = Folder::new(request);
    let options = Options {
        keep_debug: app.keep_debug,
        demangle: !app.no_demangle,
        ..Options::for_page(module, &request.dist.with_extension("bindgen"), &app.bin)
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
    folder.remove_others(&request.dist)
}

/// The pattern with each `{name}` replaced.
fn evaluated(pattern: &str, parameters: &BTreeMap<&str, String>) -> String {
    let mut result = pattern.to_owned();
    for (name, value) in parameters {
        result = result.replace(&format!("{{{name}}}"), value);
    }
    result
}

/// The folder that is built, and what was put there.
struct Folder<'a> {
    request: &'a Request,
    written: Vec<PathBuf>,
}

impl<'a> Folder<'a> {
    fn new(request: &'a Request) -> Folder<'a> {
        let written = Vec::new();
        Folder { request, written }
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = self.request.root.join(file);
        std::fs::read_to_string(path).with_context(|| format!("cannot read {file}"))
    }

    /// Never half of it under its name.
    fn write(&mut self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let path = self.request.dist.join(name);
        let new = self.request.dist.join(format!("{name}.new"));
        let cannot = || format!("cannot write {}", path.display());
        std::fs::create_dir_all(path.parent().unwrap_or(&path)).with_context(cannot)?;
        std::fs::write(&new, content).with_context(cannot)?;
        std::fs::rename(&new, &path).with_context(cannot)?;
        self.written.push(path);
        Ok(())
    }

    /// Script and module, whose names have the hash of what they are made of. Where they are there already, nothing is
    /// to be done.
    fn app(&mut self, options: &Options) -> anyhow::Result<String> {
        let input = &options.input;
        let module = std::fs::read(input);
        let module = module.with_context(|| format!("cannot read {}", input.display()))?;
        let hash = hash(&(&module, VERSION, options.keep_debug, options.demangle));
        let name = format!("{}-{hash:x}", options.out_name);
        let files = [(".js", ".js"), ("_bg.wasm", "_bg.wasm")];
        let files =
            files.map(|(from, to)| (format!("{}{from}", options.out_name), format!("{name}{to}")));
        let dist = &self.request.dist;
        let has_snippets = dist.join("snippets").exists();
        if !has_snippets && files.iter().all(|(_, it)| dist.join(it).exists()) {
            self.written
                .extend(files.iter().map(|(_, it)| dist.join(it)));
            return Ok(name);
        }
        // What an earlier build wrote would be taken for this one's.
        let _ = std::fs::remove_dir_all(&options.out_dir);
        options.generate()?;
        for (from, to) in &files {
            self.write(to, &std::fs::read(options.out_dir.join(from))?)?;
        }
        let snippets = options.out_dir.join("snippets");
        if snippets.exists() {
            self.copy_folder(&snippets, "snippets")?;
        }
        let _ = std::fs::remove_dir_all(&options.out_dir);
        Ok(name)
    }

    /// A file or a folder under its own name. Nothing stands in the page for it.
    fn copy(&mut self, from: &str, into: &str) -> anyhow::Result<String> {
        let path = self.request.root.join(from);
        let name = Path::new(into).join(path.file_name().unwrap_or_default());
        let name = name.to_string_lossy().into_owned();
        if path.is_dir() {
            self.copy_folder(&path, into_folder(into, &name))?;
        } else {
            let content = std::fs::read(&path).with_context(|| format!("cannot read {from}"))?;
            self.write(&name, &content)?;
        }
        Ok(String::new())
    }

    fn copy_hashed(&mut self, from: &str, into: &str) -> anyhow::Result<String> {
        let path = self.request.root.join(from);
        let content = std::fs::read(&path).with_context(|| format!("cannot read {from}"))?;
        let part =
            |it: Option<&std::ffi::OsStr>| it.unwrap_or_default().to_string_lossy().into_owned();
        let (stem, ending) = (part(path.file_stem()), part(path.extension()));
        let name = format!("{stem}-{:x}.{ending}", hash(&content));
        let name = Path::new(into).join(name).to_string_lossy().into_owned();
        self.write(&name, &content)?;
        Ok(name)
    }

    fn copy_folder(&mut self, from: &Path, into: &str) -> anyhow::Result<()> {
        let entries = std::fs::read_dir(from);
        for entry in entries.with_context(|| format!("cannot read {}", from.display()))? {
            let path = entry?.path();
            let name = format!(
                "{into}/{}",
                path.file_name().unwrap_or_default().to_string_lossy()
            );
            if path.is_dir() {
                self.copy_folder(&path, &name)?;
            } else {
                self.write(&name, &std::fs::read(&path)?)?;
            }
        }
        Ok(())
    }

    fn remove_others(&self, folder: &Path) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.remove_others(&path)?;
            } else if !self.written.contains(&path) {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

/// trunk copies what is in a folder into `data-target-path` where that is given, else into one of the same name.
fn into_folder<'a>(target: &'a str, name: &'a str) -> &'a str {
    if target.is_empty() { name } else { target }
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
