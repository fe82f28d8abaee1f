//! The files of the built app, read from their folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use actix_web::http::header::EntityTag;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::base;
use super::copies::{MOST_BYTES, brotli_of, compressed, gunzip, gzip_of, unbrotli};
use super::policy::PagePolicy;
use crate::config::PageOrigins;

/// The page.
pub(crate) const INDEX: &str = "/index.html";

/// Every file of the app, by its path in the address.
#[derive(Debug)]
pub(crate) struct AppFiles(HashMap<String, AppFile>);

/// One file as it is sent.
#[derive(Debug)]
pub(crate) struct AppFile {
    pub(crate) content_type: String,
    pub(crate) cache_control: &'static str,
    pub(crate) plain: Variant,
    pub(crate) brotli: Option<Variant>,
    pub(crate) gzip: Option<Variant>,
    /// Of a page.
    pub(crate) policy: Option<PagePolicy>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) bytes: Bytes,
    pub(crate) etag: EntityTag,
}

/// Why the app cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder, or something in it, cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// What cannot.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No `index.html`.
    #[error("no index.html in {}; name the folder `make build` made", .0.display())]
    NoIndex(PathBuf),
    /// A page that cannot be served below the path of `public_url`.
    #[error("index.html in {} {problem}", folder.display())]
    Base {
        /// Where it is.
        folder: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// More than the app can have.
    #[error("more than 64 MiB of files in {}; name the folder of the app alone", .0.display())]
    TooMuch(PathBuf),
}

impl AppFiles {
    /// Reads every file of the app. `origins` are those that its pages load from besides; `prefix` is the path
    /// of `public_url`, which the page is told.
    ///
    /// Hidden files, names with anything but `A-Z a-z 0-9 . _ -`, and links that lead out of the folder are left out.
    /// `app.js.br` and `app.js.gz` are `app.js` compressed; where they are not, as after a change by hand, they are
    /// left out with a warning.
    ///
    /// # Errors
    /// [`Error`], before anything is served.
    pub(crate) fn read(folder: &Path, origins: &PageOrigins, prefix: &str) -> Result<Self, Error> {
        let mut reading = Reading {
            root: canonical(folder)?,
            bytes: 0,
            found: HashMap::new(),
        };
        reading.folder(&reading.root.clone(), "")?;
        let mut found = reading.found;
        let Some(page) = found.get(INDEX) else {
            return Err(Error::NoIndex(folder.to_owned()));
        };
        let html = std::str::from_utf8(page).unwrap_or_default();
        let moved = base::moved(html, prefix).map_err(|problem| Error::Base {
            folder: folder.to_owned(),
            problem,
        })?;
        let names: Vec<String> = found.keys().cloned().collect();
        let is_compressed = |name: &&String| {
            let original = name.strip_suffix(".br").or(name.strip_suffix(".gz"));
            original.is_some_and(|original| found.contains_key(original))
        };
        let originals: Vec<&String> = names.iter().filter(|name| !is_compressed(name)).collect();
        let mut files = HashMap::new();
        for name in originals {
            let mut brotli = compressed(&found, name, ".br", unbrotli);
            let mut gzip = compressed(&found, name, ".gz", gunzip);
            if let Some(mut plain) = found.get(name).cloned() {
                if let Some(moved) = moved.as_ref().filter(|_| name == INDEX) {
                    plain = moved.clone().into();
                    brotli = brotli.and_then(|_| brotli_of(&plain).ok());
                    gzip = gzip.and_then(|_| gzip_of(&plain).ok());
                }
                files.insert(
                    name.clone(),
                    AppFile::new(name, plain, brotli, gzip, origins),
                );
            }
        }
        found.clear();
        Ok(Self(files))
    }

    /// The file at this path, if there is one.
    pub(crate) fn get(&self, path: &str) -> Option<&AppFile> {
        self.0.get(path)
    }
}

impl AppFile {
    fn new(
        name: &str,
        plain: Bytes,
        brotli: Option<Bytes>,
        gzip: Option<Bytes>,
        origins: &PageOrigins,
    ) -> Self {
        let kind = mime_guess::from_path(name).first_or_octet_stream();
        let is_text = kind.type_() == "text" && kind.subtype() != "javascript";
        let hash = format!("{:.32}", hex(&Sha256::digest(&plain)));
        let variant = |bytes, suffix: &str| Variant {
            bytes,
            etag: EntityTag::new_strong(format!("{hash}{suffix}")),
        };
        let policy = (kind == mime_guess::mime::TEXT_HTML)
            .then(|| PagePolicy::of(&String::from_utf8_lossy(&plain), origins));
        Self {
            content_type: if is_text {
                format!("{kind}; charset=utf-8")
            } else {
                kind.to_string()
            },
            cache_control: if is_hashed(name) {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            },
            policy,
            brotli: brotli.map(|bytes| variant(bytes, "-br")),
            gzip: gzip.map(|bytes| variant(bytes, "-gz")),
            plain: variant(plain, ""),
        }
    }
}

struct Reading {
    root: PathBuf,
    bytes: usize,
    found: HashMap<String, Bytes>,
}

impl Reading {
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<(), Error> {
        let failed = |source| Error::Read {
            path: folder.to_owned(),
            source,
        };
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| is_plain(name)) else {
                continue;
            };
            // Where links lead, for deployments are often links to the newest folder.
            let path = canonical(&entry.path())?;
            if !path.starts_with(&self.root) {
                tracing::warn!(name, "leads out of static_dir and is not served");
                continue;
            }
            let name = format!("{prefix}/{name}");
            if path.is_dir() {
                // A link to a folder above would never end.
                if !folder.starts_with(&path) {
                    self.folder(&path, &name)?;
                }
            } else {
                let bytes = std::fs::read(&path).map_err(|source| Error::Read { path, source })?;
                self.bytes = self.bytes.saturating_add(bytes.len());
                if self.bytes > MOST_BYTES {
                    return Err(Error::TooMuch(self.root.clone()));
                }
                self.found.insert(name, bytes.into());
            }
        }
        Ok(())
    }
}

fn canonical(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// The app's own names are plain; what is not is no file of the app.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !name.starts_with('.') && name.bytes().all(is_plain)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a name carries its content's hash, as the bundler writes it: `app-0123456789abcdef_bg.wasm`. Not a date.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends_there = matches!(part.as_bytes().get(digits), Some(b'.' | b'_'));
        (12..=64).contains(&digits) && ends_there
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_cached_forever() {
        for hashed in [
            // trunk writes a 64-bit number without leading zeros.
            "wechat-login-frontend-56a6f4d53e1c18b.js",
            "app-0123456789abcdef.js",
            "wechat-login-frontend-0123456789abcdef_bg.wasm",
            "style-0123456789abcdef0123.css",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "index.html",
            "logo-20240101.svg",
            "app-0123456789a.js",
            "0123456789abcdef.js",
            "app-0123456789abcdefg.js",
            "app-0123456789abcdef",
            "favicon.svg",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let files = AppFiles::read(folder, &PageOrigins::default(), "").unwrap();
        let mut names: Vec<String> = files.0.into_keys().collect();
        names.sort();
        names
    }

    #[test]
    fn hidden_strange_and_outside_files_are_left_out() {
        let (outside, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |path: PathBuf| std::fs::write(path, "x").unwrap();
        write(outside.path().join("secret.txt"));
        let root = folder.path();
        for name in [
            "index.html",
            ".env",
            "a b.js",
            "é.js",
            "a%2fb.js",
            "logo.svg",
        ] {
            write(root.join(name));
        }
        std::fs::create_dir_all(root.join("assets/.git")).unwrap();
        write(root.join("assets/a-1.js"));
        write(root.join("assets/.git/config"));
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, root.join(name)).unwrap();
        link(&outside.path().join("secret.txt"), "link.txt");
        link(outside.path(), "linked");
        link(root, "assets/above");
        link(&root.join("logo.svg"), "icon.svg");
        assert_eq!(
            names(root),
            ["/assets/a-1.js", "/icon.svg", "/index.html", "/logo.svg"]
        );
    }

    #[test]
    fn a_folder_without_the_app_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = AppFiles::read(folder.path(), &PageOrigins::default(), "").unwrap_err();
        assert!(
            error.to_string().starts_with("no index.html in /"),
            "{error}"
        );
        let error =
            AppFiles::read(Path::new("/nonexistent/app"), &PageOrigins::default(), "").unwrap_err();
        assert!(
            error.to_string().starts_with("/nonexistent/app: "),
            "{error}"
        );
        std::fs::write(folder.path().join("index.html"), "<base href=\"/x/\">").unwrap();
        let error = AppFiles::read(folder.path(), &PageOrigins::default(), "/h5").unwrap_err();
        let place = format!("index.html in {} has <base", folder.path().display());
        assert!(error.to_string().starts_with(&place), "{error}");
    }

    #[test]
    fn more_than_64_mib_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "").unwrap();
        let big = std::fs::File::create(folder.path().join("big.bin")).unwrap();
        big.set_len(MOST_BYTES as u64).unwrap();
        assert!(AppFiles::read(folder.path(), &PageOrigins::default(), "").is_ok());
        big.set_len(MOST_BYTES as u64 + 1).unwrap();
        let error = AppFiles::read(folder.path(), &PageOrigins::default(), "").unwrap_err();
        assert!(matches!(error, Error::TooMuch(_)), "{error}");
    }
}
