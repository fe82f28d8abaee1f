//! The pages that are compared; each is served by a proxy of its own with a fresh database, and all have one WeChat.

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context;
use e2e::{Proxy, SHOP};
use tempfile::TempDir;
use wechat_simulator::Simulator;

/// Who the phone belongs to.
const PERSON: &str = "xiaoming";
/// Starts the request for the proxy's first answer beside the scripts.
const PRELOAD: &str = r#"<link rel="preload" as="fetch" href="/api/bootstrap" crossorigin />"#;

/// A page that signs in with WeChat and shows who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Its name in commands, and in tables.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// The folder of its build, and what is done to it before it is served.
    build: &'static str,
    head: Head,
}

/// What is done to an `index.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    AsBuilt,
    /// The style sheet is put in the place of the link to it.
    StyleInlined,
    /// That, and the proxy's first answer is preloaded: what our app's `index.html` does.
    LikeTheApp,
}

/// Some 35 lines of JavaScript in the page itself: there is no less to load and to run.
pub(crate) const FLOOR: Variant = variant("floor", "plain JavaScript", "floor", Head::StyleInlined);
pub(crate) const APP: Variant = variant("app", "this app", "app", Head::AsBuilt);
/// With vue-router and axios, as Vite builds it.
pub(crate) const VUE: Variant = variant("vue", "Vue", "vue", Head::AsBuilt);
/// With react-router and axios, as Vite builds it.
pub(crate) const REACT: Variant = variant("react", "React", "react", Head::AsBuilt);
/// In the order of the tables.
pub(crate) const VARIANTS: [Variant; 6] = [
    FLOOR,
    APP,
    VUE,
    REACT,
    variant("vue-head", "Vue, our head", "vue", Head::LikeTheApp),
    variant("react-head", "React, our head", "react", Head::LikeTheApp),
];

const fn variant(
    name: &'static str,
    label: &'static str,
    build: &'static str,
    head: Head,
) -> Variant {
    Variant {
        name,
        label,
        build,
        head,
    }
}

/// Everything but the browser; stopped when dropped.
pub(crate) struct Pages {
    simulator: Simulator,
    proxies: Vec<(Variant, String, Proxy)>,
}

impl Pages {
    /// Starts them all, for the builds in `builds`.
    ///
    /// # Errors
    /// When a build is missing or a server does not start.
    pub(crate) async fn start(variants: &[Variant], builds: &Path) -> anyhow::Result<Self> {
        let simulator = Simulator::start().await?;
        let mut proxies = Vec::new();
        for variant in variants {
            let build = builds.join(variant.build);
            let site = prepared(&build, variant.head);
            let site = site.with_context(|| build.display().to_string())?;
            let (address, proxy) = serve(&site, &simulator.base_url()).await?;
            proxies.push((*variant, address, proxy));
        }
        Ok(Self { simulator, proxies })
    }

    /// Where a page is: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When it was not started.
    pub(crate) fn address(&self, variant: Variant) -> anyhow::Result<&str> {
        let proxy = self.proxies.iter().find(|(it, ..)| *it == variant);
        Ok(&proxy.context("this page was not started")?.1)
    }

    /// Where WeChat is: `http://127.0.0.1:PORT`.
    pub(crate) fn wechat(&self) -> String {
        self.simulator.base_url()
    }

    /// What the pages have to show.
    pub(crate) fn openid(&self) -> String {
        self.simulator.openid(SHOP, PERSON)
    }
}

/// Starts a proxy that serves what is in a folder, which it reads once; gives its address, too.
async fn serve(site: &TempDir, wechat: &str) -> anyhow::Result<(String, Proxy)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    let config = format!(
        r#"
        public_url = "{address}"
        database_url = "sqlite::memory:"
        static_dir = "{}"
        session_keys = ["a key for measurements only, 32 bytes or more"]
        default_account = "shop"
        simulator = true
        wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
        [accounts.shop]
        appid = "{SHOP}"
        secret = "simulator-secret-a1"
        title = "山茶书店"
        platform = "camellia"
        "#,
        site.path().display()
    );
    let proxy = Proxy::start(&config, listener).await?;
    Ok((address, proxy))
}

/// A copy of a build with its head changed, every file beside itself compressed at brotli's highest quality.
fn prepared(build: &Path, head: Head) -> anyhow::Result<TempDir> {
    let site = tempfile::tempdir()?;
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        std::fs::create_dir_all(site.path().join(&folder))?;
        for entry in std::fs::read_dir(build.join(&folder))? {
            let file = folder.join(entry?.file_name());
            let ending = file.extension().unwrap_or_default();
            if build.join(&file).is_dir() {
                folders.push(file);
            } else if ending != "br" && ending != "gz" {
                let mut content = std::fs::read(build.join(&file))?;
                if file == Path::new("index.html") {
                    content = changed(String::from_utf8(content)?, head, build)?.into();
                }
                std::fs::write(site.path().join(&file), &content)?;
                let compressed = File::create(site.path().join(format!("{}.br", file.display())))?;
                let mut compressor = brotli::CompressorWriter::new(compressed, 64 * 1024, 11, 22);
                compressor.write_all(&content)?;
            }
        }
    }
    Ok(site)
}

/// A page with a head like this: the content of the one style sheet is in the place of its link.
fn changed(index: String, head: Head, build: &Path) -> anyhow::Result<String> {
    if head == Head::AsBuilt {
        return Ok(index);
    }
    let parts = index.split_once("<link rel=\"stylesheet\"");
    let parts = parts.and_then(|(before, rest)| {
        let (link, after) = rest.split_once('>')?;
        let (_, path) = link.split_once("href=\"/")?;
        Some((before, path.split_once('"')?.0, after))
    });
    let (before, path, after) = parts.context("index.html has no style sheet")?;
    let style = std::fs::read_to_string(build.join(path)).with_context(|| format!("no {path}"))?;
    let inlined = format!("{before}<style>{style}</style>{after}");
    Ok(match head {
        Head::LikeTheApp => inlined.replacen("<title>", &format!("{PRELOAD}\n    <title>"), 1),
        _ => inlined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_like_ours_has_the_style_and_the_preload_and_everything_is_compressed() {
        let build = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(build.path().join(name), text).unwrap();
        write(
            "index.html",
            "<title>t</title><link rel=\"stylesheet\" crossorigin href=\"/a/b.css\">",
        );
        assert!(prepared(build.path(), Head::StyleInlined).is_err());
        std::fs::create_dir(build.path().join("a")).unwrap();
        write("a/b.css", "p{}");
        write("a/b.css.br", "old");
        let page = |head| {
            let site = prepared(build.path(), head).unwrap();
            assert!(site.path().join("index.html.br").is_file());
            let style = std::fs::read(site.path().join("a/b.css.br")).unwrap();
            assert!(!style.is_empty() && style != b"old");
            std::fs::read_to_string(site.path().join("index.html")).unwrap()
        };
        assert!(page(Head::AsBuilt).contains("/a/b.css"));
        let inlined = "<title>t</title><style>p{}</style>";
        assert_eq!(page(Head::StyleInlined), inlined);
        assert_eq!(page(Head::LikeTheApp), format!("{PRELOAD}\n    {inlined}"));
    }
}
