//! wasm-bindgen's command line, as far as trunk uses it: `cargo install wasm-bindgen-cli` would compile a web server
//! and an HTTP client for tests beside it, on versions of its own choice.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// The version of the library, which is that of the app's: `Cargo.toml` asks for one alone, and a test compares.
pub const VERSION: &str = "0.2.130";

/// What becomes of a compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The compiled module.
    pub input: PathBuf,
    /// The folder for `NAME.js` and `NAME_bg.wasm`.
    pub out_dir: PathBuf,
    /// That NAME.
    pub out_name: String,
    /// How the script is loaded.
    pub target: Target,
    /// Whether the debug information of the module stays in it.
    pub keep_debug: bool,
    /// Whether the names of functions are readable ones.
    pub demangle: bool,
    /// Whether a declaration for TypeScript is written beside the script.
    pub typescript: bool,
}

/// How the script is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// As a module of a page.
    Web,
    /// As a classic script, of a page or of a worker.
    NoModules,
}

impl Options {
    /// The script for a page, without declarations.
    #[must_use]
    pub fn for_page(input: &Path, out_dir: &Path, out_name: &str) -> Options {
        Options {
            input: input.to_owned(),
            out_dir: out_dir.to_owned(),
            out_name: out_name.to_owned(),
            target: Target::Web,
            keep_debug: false,
            demangle: true,
            typescript: false,
        }
    }

    /// What a command line says.
    ///
    /// # Errors
    /// An argument that this does not know, by its name, or one that is missing.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> anyhow::Result<Options> {
        let (mut input, mut out_dir, mut out_name, mut target) = (None, None, None, None);
        let [mut keep_debug, mut demangle, mut typescript] = [false, true, true];
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, mut value) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let needed = value.is_none() && ["--out-dir", "--out-name", "--target"].contains(&name);
            if needed {
                value = arguments.next();
            }
            match (name, value) {
                ("--out-dir", Some(value)) => out_dir = Some(PathBuf::from(value)),
                ("--out-name", Some(value)) => out_name = Some(value),
                ("--target", Some(value)) => target = Some(named(&value)?),
                ("--keep-debug", None) => keep_debug = true,
                ("--no-demangle", None) => demangle = false,
                ("--no-typescript", None) => typescript = false,
                // Decided by what the module says since 0.2.95; accepted by wasm-bindgen, too, and without effect.
                ("--weak-refs" | "--reference-types", None) => {}
                (name, None) if !name.starts_with('-') && input.is_none() => {
                    input = Some(PathBuf::from(name));
                }
                _ => bail!(
                    "this wasm-bindgen does what trunk asks for and knows no {argument:?} (tools/app-build)"
                ),
            }
        }
        let input = input.context("which module?")?;
        let stem = input.file_stem().context("which module?")?;
        let out_name = out_name.unwrap_or_else(|| stem.to_string_lossy().into_owned());
        Ok(Options {
            out_dir: out_dir.context("--out-dir is missing")?,
            out_name,
            target: target.context("--target is missing")?,
            input,
            keep_debug,
            demangle,
            typescript,
        })
    }

    /// Writes script and module.
    ///
    /// # Errors
    /// A module that cannot be read, was not made for this version, or cannot be written.
    pub fn generate(&self) -> anyhow::Result<()> {
        ensure!(
            self.input.is_file(),
            "there is no module {}",
            self.input.display()
        );
        let mut bindgen = Bindgen::new();
        match self.target {
            Target::Web => bindgen.web(true)?,
            Target::NoModules => bindgen.no_modules(true)?,
        };
        bindgen
            .input_path(&self.input)
            .out_name(&self.out_name)
            .keep_debug(self.keep_debug)
            .demangle(self.demangle)
            .typescript(self.typescript)
            // As the command line has it, not the library.
            .omit_default_module_path(false)
            .generate(&self.out_dir)
    }
}

fn named(target: &str) -> anyhow::Result<Target> {
    match target {
        "web" => Ok(Target::Web),
        "no-modules" => Ok(Target::NoModules),
        _ => bail!(
            "this wasm-bindgen writes for `--target web` and `no-modules`, not for {target:?} (tools/app-build)"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> anyhow::Result<Options> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_trunk_asks_for_is_understood() {
        let asked =
            "--target=web --out-dir=target/b --out-name=app target/app.wasm --no-typescript";
        let page = Options::for_page("target/app.wasm".as_ref(), "target/b".as_ref(), "app");
        assert_eq!(parse(asked).unwrap(), page);
        let asked =
            "--target no-modules --out-dir b app.wasm --keep-debug --no-demangle --weak-refs";
        let options = parse(asked).unwrap();
        assert_eq!(options.target, Target::NoModules);
        assert_eq!(options.out_name, "app");
        assert!(options.keep_debug && !options.demangle && options.typescript);
    }

    #[test]
    fn anything_else_is_refused_by_its_name() {
        for (line, named) in [
            ("--target=nodejs --out-dir=b a.wasm", "nodejs"),
            ("--target=web --out-dir=b a.wasm b.wasm", "b.wasm"),
            (
                "--target=web --out-dir=b a.wasm --split-debug-info",
                "--split-debug-info",
            ),
            (
                "--target=web --out-dir=b a.wasm --keep-debug=yes",
                "--keep-debug=yes",
            ),
            ("--target=web a.wasm", "--out-dir"),
            ("--out-dir=b a.wasm", "--target"),
            ("--target=web --out-dir=b", "module"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(named), "{line}: {error}");
        }
    }

    #[test]
    fn the_version_is_that_of_the_app() {
        let lock = include_str!("../../../Cargo.lock");
        for package in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
            let entry = format!("name = \"{package}\"\nversion = \"{VERSION}\"\n");
            assert_eq!(lock.matches(&entry).count(), 1, "{package}");
        }
    }
}
