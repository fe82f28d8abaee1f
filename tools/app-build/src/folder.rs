//! The folder of a built page, written file by file so that a reader always finds whole ones.

use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::bindgen::{Options, VERSION};
use crate::request::Request;

/// The folder that is built, and what was put there.
pub(crate) struct Folder<'a> {
    request: &'a Request,
    written: Vec<PathBuf>,
}

impl<'a> Folder<'a> {
    /// The folder, which is made if it is not there.
    ///
    /// # Errors
    /// One in which there is something else than what was built.
    pub(crate) fn new(request: &'a Request) -> anyhow::Result<Folder<'a>> {
        let dist = &request.dist;
        let cannot = || format!("cannot write {}", dist.display());
        std::fs::create_dir_all(dist).with_context(cannot)?;
        let [root, real] = [&request.root, dist].map(|it| it.canonicalize());
        let is_around = root?.starts_with(real.with_context(cannot)?);
        let is_checkout = ["Trunk.toml", ".git"]
            .iter()
            .any(|it| dist.join(it).exists());
        ensure!(
            !is_around && !is_checkout,
            "{} is no folder for a built page, which would be the only thing in it: it has a checkout",
            dist.display()
        );
        // What is written below a link would be somewhere else.
        remove(dist, &|_, is_link| is_link)?;
        let written = Vec::new();
        Ok(Folder { request, written })
    }

    /// Where wasm-bindgen writes, beside it.
    pub(crate) fn for_bindgen(&self) -> PathBuf {
        let mut name = self.request.dist.as_os_str().to_owned();
        name.push(".bindgen");
        PathBuf::from(name)
    }

    pub(crate) fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = self.request.root.join(file);
        std::fs::read_to_string(path).with_context(|| format!("cannot read {file}"))
    }

    /// Never half of it under its name. A file that is as it has to be keeps its time.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let path = self.request.dist.join(name);
        if std::fs::read(&path).is_ok_and(|it| it == content) {
            self.written.push(path);
            return Ok(());
        }
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

    /// Leaves only what was written.
    pub(crate) fn remove_others(&self) -> anyhow::Result<()> {
        remove(&self.request.dist, &|path, _| {
            !self.written.iter().any(|it| it == path)
        })
    }
}

/// Removes the files and links below `folder` of which this is true, and goes nowhere else.
fn remove(folder: &Path, is_meant: &impl Fn(&Path, bool) -> bool) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.symlink_metadata()?.file_type();
        if kind.is_dir() {
            remove(&path, is_meant)?;
        } else if is_meant(&path, kind.is_symlink()) {
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
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
    use std::os::unix::fs::symlink;

    use super::*;

    fn request(checkout: &Path, dist: PathBuf) -> Request {
        Request {
            root: checkout.to_owned(),
            dist,
            public_url: "/".to_owned(),
            release: false,
            compiled: None,
        }
    }

    #[test]
    fn a_folder_that_has_a_checkout_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        for folder in ["our/dist", "theirs/.git", "another"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        std::fs::write(at("another/Trunk.toml"), "").unwrap();
        for dist in ["our", ".", "our/dist/../..", "theirs", "another"] {
            let request = request(&at("our"), at(dist));
            let error = Folder::new(&request).err().unwrap().to_string();
            assert!(error.contains("is no folder for a built page"), "{error}");
        }
        for dist in ["our/dist", "new/dist"] {
            assert!(
                Folder::new(&request(&at("our"), at(dist))).is_ok(),
                "{dist}"
            );
        }
    }

    #[test]
    fn nothing_is_written_or_removed_behind_a_link() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::create_dir_all(at("elsewhere")).unwrap();
        std::fs::create_dir_all(at("dist/old")).unwrap();
        std::fs::write(at("elsewhere/a.png"), "theirs").unwrap();
        symlink(at("elsewhere"), at("dist/pictures")).unwrap();
        symlink(at("elsewhere"), at("dist/old/more")).unwrap();
        symlink(at("elsewhere/a.png"), at("dist/a.png.new")).unwrap();
        std::fs::create_dir(at("our")).unwrap();
        let request = request(&at("our"), at("dist"));
        let mut folder = Folder::new(&request).unwrap();
        folder.write("pictures/a.png", b"ours").unwrap();
        folder.write("a.png", b"ours").unwrap();
        symlink(at("elsewhere"), at("dist/late")).unwrap();
        folder.remove_others().unwrap();
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
        assert_eq!(read("elsewhere/a.png"), "theirs");
        assert_eq!(read("dist/pictures/a.png"), "ours");
        assert!(!at("dist/late").exists() && !at("dist/old/more").exists());
    }

    #[test]
    fn what_is_written_as_it_is_keeps_its_time() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("our");
        std::fs::create_dir(&root).unwrap();
        let request = request(&root, place.path().join("dist"));
        let mut folder = Folder::new(&request).unwrap();
        let path = request.dist.join("a");
        let written = || path.metadata().unwrap().modified().unwrap();
        folder.write("a", b"1").unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
        let opened = std::fs::File::options().write(true).open(&path).unwrap();
        opened.set_modified(long_ago).unwrap();
        folder.write("a", b"1").unwrap();
        assert_eq!(written(), long_ago);
        folder.write("a", b"2").unwrap();
        assert_ne!(written(), long_ago);
        folder.remove_others().unwrap();
        assert!(path.exists());
    }
}
