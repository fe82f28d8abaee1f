//! A built page as it goes over the wire.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

/// What is done to an `index.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// Nothing.
    AsBuilt,
    /// Its style sheet is put in the place of the link to it.
    StyleInlined,
    /// That, and the proxy's first answer is preloaded: what our app's `index.html` does.
    LikeTheApp,
}

/// Starts the request for the proxy's first answer beside the scripts.
const PRELOAD: &str = r#"<link rel="preload" as="fetch" href="/api/bootstrap" crossorigin />"#;

/// The files of a page, compressed once and for all.
pub(crate) struct Site {
    files: BTreeMap<String, File>,
}

/// A file of a page.
pub(crate) struct File {
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// Whether its name changes with its content, so that a browser never needs to ask again.
    pub(crate) is_immutable: bool,
    /// Changes with the content.
    pub(crate) tag: String,
    /// Compressed by brotli at its highest quality, as a static host keeps it.
    pub(crate) brotli: Vec<u8>,
}

impl Site {
    /// Reads a folder.
    ///
    /// # Errors
    /// When it cannot be read, has a file of an unknown kind, or an `index.html` that `head` cannot be done to.
    pub(crate) fn load(folder: &Path, head: Head) -> anyhow::Result<Self> {
        let mut plain = BTreeMap::new();
        collect(folder, "", &mut plain)
            .with_context(|| format!("cannot read the page in {}", folder.display()))?;
        let index = plain
            .get("/index.html")
            .with_context(|| format!("no index.html in {}", folder.display()))?;
        let index = with_head(std::str::from_utf8(index)?, head, &plain)?;
        plain.insert("/index.html".to_owned(), index.into_bytes());
        let files = plain
            .into_iter()
            .map(|(path, content)| {
                let file = File {
                    media_type: media_type(&path)?,
                    is_immutable: path != "/index.html",
                    tag: tag(&content),
                    brotli: compressed(&content)?,
                };
                Ok((path, file))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { files })
    }

    /// What an address shows: a file, or the page for `/`.
    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        self.files
            .get(if path == "/" { "/index.html" } else { path })
    }
}

/// Adds the files of a folder under their paths, such as `/assets/index.js`.
fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}/{}", name.to_string_lossy());
        // What a build puts beside its files for web servers that do not compress; here all are compressed alike.
        if path.ends_with(".br") || path.ends_with(".gz") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn with_head(index: &str, head: Head, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<String> {
    let inlined = match head {
        Head::AsBuilt => return Ok(index.to_owned()),
        Head::StyleInlined | Head::LikeTheApp => style_inlined(index, files)?,
    };
    if head == Head::StyleInlined {
        return Ok(inlined);
    }
    let (before, after) = inlined
        .split_once("<title>")
        .context("index.html has no <title>")?;
    Ok(format!("{before}{PRELOAD}\n    <title>{after}"))
}

/// Puts the content of the one style sheet in the place of its link.
fn style_inlined(index: &str, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<String> {
    let (before, rest) = index
        .split_once("<link rel=\"stylesheet\"")
        .context("index.html has no style sheet")?;
    let (link, after) = rest
        .split_once('>')
        .context("the link to the style sheet does not end")?;
    let path = link
        .split_once("href=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(path, _)| path)
        .context("the link to the style sheet has no address")?;
    let style = files
        .get(path)
        .with_context(|| format!("the style sheet {path} is missing"))?;
    Ok(format!(
        "{before}<style>{}</style>{after}",
        std::str::from_utf8(style)?
    ))
}

fn tag(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn media_type(path: &str) -> anyhow::Result<&'static str> {
    Ok(match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        other => anyhow::bail!("{path}: no media type is known for .{other}"),
    })
}

fn compressed(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    compressor.write_all(content)?;
    compressor.flush()?;
    Ok(compressor.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str =
        "<head><title>t</title><link rel=\"stylesheet\" crossorigin href=\"/a.css\"></head>";

    fn files() -> BTreeMap<String, Vec<u8>> {
        BTreeMap::from([("/a.css".to_owned(), b"p{}".to_vec())])
    }

    #[test]
    fn a_head_like_ours_has_the_style_and_the_preload() {
        let head = |head| with_head(INDEX, head, &files()).unwrap();
        assert_eq!(head(Head::AsBuilt), INDEX);
        assert_eq!(
            head(Head::StyleInlined),
            "<head><title>t</title><style>p{}</style></head>"
        );
        assert_eq!(
            head(Head::LikeTheApp),
            format!("<head>{PRELOAD}\n    <title>t</title><style>p{{}}</style></head>")
        );
    }

    #[test]
    fn a_page_without_the_style_sheet_is_refused() {
        assert!(with_head(INDEX, Head::StyleInlined, &BTreeMap::new()).is_err());
        assert!(with_head("<head></head>", Head::StyleInlined, &files()).is_err());
    }

    #[test]
    fn a_folder_is_served_under_its_paths_and_as_brotli() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        std::fs::write(folder.path().join("index.html"), "a".repeat(1_000)).unwrap();
        std::fs::write(folder.path().join("assets/b.wasm"), "\0asm").unwrap();
        std::fs::write(folder.path().join("assets/b.wasm.br"), "compressed").unwrap();
        let site = Site::load(folder.path(), Head::AsBuilt).unwrap();
        let page = site.find("/").unwrap();
        assert!(page.brotli.len() < 100 && !page.is_immutable);
        let wasm = site.find("/assets/b.wasm").unwrap();
        assert_eq!(
            (wasm.media_type, wasm.is_immutable),
            ("application/wasm", true)
        );
        assert!(site.find("/assets").is_none() && site.find("/assets/b.wasm.br").is_none());
    }
}
