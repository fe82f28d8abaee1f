//! The pages that are compared; each is served by a proxy of its own with a fresh database, and all have one WeChat.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use anyhow::Context;
use clap::ValueEnum;
use e2e::SHOP;
use tempfile::TempDir;
use tokio::sync::oneshot;
use wechat_login_proxy::app;
use wechat_login_proxy::config::Config;
use wechat_simulator::Simulator;

/// Who the phone belongs to.
const PERSON: &str = "xiaoming";
/// Starts the request for the proxy's first answer beside the scripts.
const PRELOAD: &str = r#"<link rel="preload" as="fetch" href="/api/bootstrap" crossorigin />"#;

/// A page that signs in with WeChat and shows who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Variant {
    /// Some 35 lines of JavaScript in the page itself: there is no less to load and to run.
    Floor,
    /// Our app.
    App,
    /// Vue with vue-router and axios, as Vite builds it.
    Vue,
    /// React with react-router and axios, as Vite builds it.
    React,
    /// The same build of Vue behind a head like ours.
    VueHead,
    /// The same build of React behind a head like ours.
    ReactHead,
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

impl Variant {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 6] = [
        Self::Floor,
        Self::App,
        Self::Vue,
        Self::React,
        Self::VueHead,
        Self::ReactHead,
    ];

    /// Its name in tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Floor => "plain JavaScript",
            Self::App => "this app",
            Self::Vue => "Vue",
            Self::React => "React",
            Self::VueHead => "Vue, our head",
            Self::ReactHead => "React, our head",
        }
    }

    /// The folder of its build, and what is done to it before it is served.
    const fn build(self) -> (&'static str, Head) {
        match self {
            Self::Floor => ("floor", Head::StyleInlined),
            Self::App => ("app", Head::AsBuilt),
            Self::Vue => ("vue", Head::AsBuilt),
            Self::React => ("react", Head::AsBuilt),
            Self::VueHead => ("vue", Head::LikeTheApp),
            Self::ReactHead => ("react", Head::LikeTheApp),
        }
    }
}

/// Everything but the browser; stopped when dropped.
pub(crate) struct Pages {
    simulator: Simulator,
    proxies: Vec<(Variant, Proxy)>,
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
            let (build, head) = variant.build();
            let build = builds.join(build);
            let site = prepared(&build, head).with_context(|| build.display().to_string())?;
            let proxy = Proxy::start(site, &simulator.base_url()).await?;
            proxies.push((*variant, proxy));
        }
        Ok(Self { simulator, proxies })
    }

    /// Where a page is: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When it was not started.
    pub(crate) fn address(&self, variant: Variant) -> anyhow::Result<&str> {
        let proxy = self.proxies.iter().find(|(it, _)| *it == variant);
        Ok(&proxy.context("this page was not started")?.1.address)
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

/// On a thread of its own, because actix brings its own runtime; stopped when dropped.
struct Proxy {
    address: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    async fn start(site: TempDir, wechat: &str) -> anyhow::Result<Self> {
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
        let config = Config::parse(&config, std::iter::empty())
            .map_err(|problems| anyhow::anyhow!("{problems}"))?;
        let (announce, announced) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = app::run(config, listener).await;
                // The files are in memory now.
                drop(site);
                let _ = match server {
                    Ok(server) => {
                        let _ = announce.send(Ok(server.handle()));
                        server.await
                    }
                    Err(error) => {
                        let _ = announce.send(Err(error));
                        Ok(())
                    }
                };
            });
        });
        Ok(Self {
            address,
            handle: announced.await.context("a server ended")??,
            thread: Some(thread),
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The future does its work when called; waiting for it is the thread's.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A copy of a build with its head changed, every file beside itself compressed at brotli's highest quality.
fn prepared(build: &Path, head: Head) -> anyhow::Result<TempDir> {
    let site = tempfile::tempdir()?;
    copy(build, site.path())?;
    let index = site.path().join("index.html");
    let mut page = std::fs::read_to_string(&index).context("no index.html")?;
    if head != Head::AsBuilt {
        page = style_inlined(&page, site.path())?;
    }
    if head == Head::LikeTheApp {
        page = page.replacen("<title>", &format!("{PRELOAD}\n    <title>"), 1);
    }
    std::fs::write(&index, page)?;
    compress(site.path())?;
    Ok(site)
}

/// Without what a build puts beside its files for web servers that do not compress; here all are compressed alike.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let (entry, name) = (entry.as_ref(), entry.as_ref().map(|it| it.file_name()));
        let (Ok(entry), Ok(name)) = (entry, name) else {
            continue;
        };
        let target = to.join(&name);
        let compressed = [".br", ".gz"].map(|ending| name.to_string_lossy().ends_with(ending));
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy(&entry.path(), &target)?;
        } else if compressed == [false, false] {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn compress(folder: &Path) -> anyhow::Result<()> {
    let paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    for path in paths.collect::<std::io::Result<Vec<_>>>()? {
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let mut beside = path.clone().into_os_string();
        beside.push(".br");
        let file = std::fs::File::create(beside)?;
        let mut compressor = brotli::CompressorWriter::new(file, 64 * 1024, 11, 22);
        compressor.write_all(&std::fs::read(path)?)?;
        compressor.flush()?;
    }
    Ok(())
}

/// Puts the content of the one style sheet in the place of its link.
fn style_inlined(index: &str, site: &Path) -> anyhow::Result<String> {
    let parts = index.split_once("<link rel=\"stylesheet\"");
    let parts = parts.and_then(|(before, rest)| {
        let (link, after) = rest.split_once('>')?;
        let (_, path) = link.split_once("href=\"/")?;
        Some((before, path.split_once('"')?.0, after))
    });
    let (before, path, after) = parts.context("index.html has no style sheet")?;
    let style = std::fs::read_to_string(site.join(path)).with_context(|| format!("no {path}"))?;
    Ok(format!("{before}<style>{style}</style>{after}"))
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
