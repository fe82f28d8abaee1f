//! Whose work is linked into the programs and the app, under which licence, and the licences' texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::binaries;
use crate::processes::output;
use crate::workspace;

/// How the names of files with licences begin, in small letters.
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

/// Work of others inside a crate, with a licence further down.
const NESTED: [(&str, &str); 1] = [("libmimalloc-sys", "c_src/mimalloc/v3/LICENSE")];

/// What is in the programs and is no crate of its own.
const BESIDES: &str = "\
Besides these crates:
  Rust's standard library   MIT OR Apache-2.0, The Rust Project Developers
  musl libc (programs)      MIT, Copyright (c) 2005-2020 Rich Felker, et al.
  SQLite (proxy)            in the public domain
";

/// What is packed, by whose work is in it.
pub(super) enum Contents {
    /// Both programs and the app.
    Everything,
    /// The simulator.
    Simulator,
}

/// The list and the texts.
pub(super) fn text(contents: Contents) -> anyhow::Result<String> {
    let mut list = String::from(
        "What is linked in, by others. The texts of the licences follow the list.\n\n",
    );
    let native = binaries::target();
    let simulator = ("wechat-simulator", &*native);
    let packages = match contents {
        Contents::Simulator => vec![simulator],
        Contents::Everything => vec![
            ("wechat-login-proxy", &*native),
            simulator,
            ("wechat-login-frontend", "wasm32-unknown-unknown"),
        ],
    };
    let mut crates = BTreeSet::new();
    for (package, target) in packages {
        // Without those that only help to compile.
        let mut tree = workspace::cargo();
        tree.args(["tree", "--locked", "--target", target])
            .args(["--package", package])
            .args(["--edges", "normal,no-proc-macro", "--prefix", "none"])
            .args(["--format", "{p}\t{l}\t{r}"]);
        for line in output(&mut tree)?.lines() {
            crates.extend(parse(line)?);
        }
    }
    anyhow::ensure!(!crates.is_empty(), "cargo tree names no crate");
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [name, version, licence, repository] in &crates {
        write!(list, "{name} {version}   {licence}")?;
        let found = texts_of(&source(name, version)?, name)?;
        if found.is_empty() {
            write!(list, "   no text in the crate, see {repository}")?;
        }
        list.push('\n');
        for text in found {
            let owners = texts.entry(text).or_default();
            owners.push(format!("{name} {version}"));
        }
    }
    write!(list, "\n{BESIDES}")?;
    let rule = "-".repeat(100);
    for (text, crates) in &texts {
        let crates = crates.join(", ");
        write!(list, "\n{rule}\n{crates}\n{rule}\n\n{text}\n")?;
    }
    Ok(list)
}

/// Name, version, licence and repository from a line of `cargo tree`; nothing for an empty one and for packages of this workspace, which have a path behind them.
fn parse(line: &str) -> anyhow::Result<Option<[String; 4]>> {
    let fields: Vec<&str> = line.trim_end_matches(" (*)").split('\t').collect();
    let words: Vec<&str> = fields[0].split(' ').collect();
    let ([name, version], [package, licence, repository]) = (&words[..], &fields[..]) else {
        return Ok(None);
    };
    anyhow::ensure!(!licence.is_empty(), "{package} names no licence");
    let version = version.trim_start_matches('v');
    Ok(Some(
        [name, version, licence, repository].map(str::to_owned),
    ))
}

/// Where cargo has put the crate.
fn source(name: &str, version: &str) -> anyhow::Result<PathBuf> {
    let registries = PathBuf::from(binaries::cargo_home()?).join("registry/src");
    let folder = format!("{name}-{version}");
    fs::read_dir(&registries)
        .with_context(|| format!("cannot read {}", registries.display()))?
        .flatten()
        .map(|registry| registry.path().join(&folder))
        .find(|path| path.is_dir())
        .with_context(|| format!("{folder} is not in {}", registries.display()))
}

fn texts_of(folder: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && is_licence(path))
        .collect();
    for (_, nested) in NESTED.iter().filter(|(owner, _)| *owner == name) {
        files.push(folder.join(nested));
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes).replace('\r', "");
        texts.push(text.trim().to_owned());
    }
    Ok(texts)
}

fn is_licence(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    NAMES.iter().any(|front| name.starts_with(front))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_others_are_read_and_our_own_are_not() {
        let serde = parse("serde v1.0.228\tMIT OR Apache-2.0\thttps://example.org/serde (*)");
        let expected = [
            "serde",
            "1.0.228",
            "MIT OR Apache-2.0",
            "https://example.org/serde",
        ];
        assert_eq!(serde.unwrap(), Some(expected.map(str::to_owned)));
        let own = "api-types v0.1.0 (/somewhere/crates/api-types)\tMIT\t";
        assert_eq!(parse(own).unwrap(), None);
        assert_eq!(parse("").unwrap(), None);
        assert!(parse("secret v1.0.0\t\t").is_err());
    }

    #[test]
    fn licences_are_found_by_their_names() {
        for name in NAMES {
            assert!(is_licence(Path::new(&name.to_uppercase())), "{name}");
        }
        assert!(is_licence(Path::new("license.md")) && !is_licence(Path::new("README.md")));
    }
}
