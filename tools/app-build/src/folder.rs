//! The folder of a built page, written file by file so that a reader always finds whole ones.

use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::bindgen::{Options, VERSION};
use crate::request::Request;

/// The folder that is built, and what was put there.
pub(crate) struct Folder<'a> {
    request: &'a Request,
    written: Vec<PathBuf>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(request: &'a Request) -> Folder<'a> {
        let written = Vec::new();
        Folder { request, written }
    }

    pub(crate) fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = self.request.root.join(file);
        std::fs::read_to_string(path).with_context(|| format!("cannot read {file}"))
    }

    /// Never half of it under its name.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> anyhow::Result<()> {
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
    pub(crate) fn app(&mut self, options: &Options) -> anyhow::Result<String> {
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
    pub(crate) fn copy(&mut self, from: &str, into: &str) -> anyhow::Result<String> {
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

    pub(crate) fn copy_hashed(&mut self, from: &str, into: &str) -> anyhow::Result<String> {
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

    pub(crate) fn remove_others(&self, folder: &Path) -> anyhow::Result<()> {
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
