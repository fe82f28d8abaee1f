//! The pages that are compared; each is served by a proxy of its own with a fresh database, and all have one WeChat. A
//! line is between the phones and all of them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context;
use e2e::{Proxy, SHOP};
use reqwest::Url;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wechat_simulator::Simulator;

use crate::line::Line;
use crate::site::{Head, prepared, stage_weight};

/// Who the phone belongs to.
const PERSON: &str = "xiaoming";

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

/// Some 35 lines of JavaScript in the page itself: there is no less to load and to run.
pub(crate) const FLOOR: Variant = variant("floor", "plain JavaScript", "floor", Head::StyleInlined);
pub(crate) const APP: Variant = variant("app", "this app", "app", Head::AsBuilt);
/// As where browsers have no service workers: on iPhones.
pub(crate) const HOLD: Variant = variant(
    "app-hold",
    "this app, hold alone",
    "app",
    Head::Leaving("hold"),
);
pub(crate) const DROP: Variant = variant(
    "app-drop",
    "this app, neither worker nor hold",
    "app",
    Head::Leaving(""),
);
pub(crate) const ALONE: Variant = variant(
    "app-alone",
    "this app without stage 1",
    "app",
    Head::WithoutStage,
);
/// At an earlier commit, as its own tools build it.
pub(crate) const BEFORE: Variant = variant("before", "this app before", "before", Head::AsBuilt);
/// With vue-router and axios, as Vite builds it.
pub(crate) const VUE: Variant = variant("vue", "Vue", "vue", Head::AsBuilt);
/// With react-router and axios, as Vite builds it.
pub(crate) const REACT: Variant = variant("react", "React", "react", Head::AsBuilt);
pub(crate) const VUE_HEAD: Variant = variant("vue-head", "Vue, our head", "vue", Head::LikeTheApp);
pub(crate) const REACT_HEAD: Variant =
    variant("react-head", "React, our head", "react", Head::LikeTheApp);

/// With what our app decides with and hands over.
pub(crate) const VUE_STAGE: Variant = variant(
    "vue-stage",
    "Vue, our head, our stage 1",
    "vue",
    Head::WithStage,
);
/// In the order of the tables.
pub(crate) const VARIANTS: [Variant; 11] = [
    FLOOR, APP, HOLD, DROP, ALONE, BEFORE, VUE, REACT, VUE_HEAD, REACT_HEAD, VUE_STAGE,
];

impl Variant {
    /// Whether it is made of our app's first stage.
    pub(crate) fn needs_stage(self) -> bool {
        !matches!(
            self.head,
            Head::AsBuilt | Head::StyleInlined | Head::LikeTheApp
        )
    }
}

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

/// Everything but the browsers; stopped when dropped.
pub(crate) struct Pages {
    /// What is between them and the phones.
    pub(crate) line: Line,
    simulator: Simulator,
    /// What phones ask instead of the simulator.
    wechat: String,
    served: Vec<Served>,
}

struct Served {
    variant: Variant,
    /// What phones ask.
    address: String,
    /// Where the proxy itself is.
    behind: SocketAddr,
    /// What is in the document is enough to decide with.
    decides_early: bool,
    _proxy: Proxy,
}

impl Pages {
    /// Starts them all, for the builds in `builds`.
    pub(crate) async fn start(variants: &[Variant], builds: &Path) -> anyhow::Result<Self> {
        let line = Line::default();
        let simulator = Simulator::start().await?;
        let behind = Url::parse(&simulator.base_url())?;
        let behind = *behind.socket_addrs(|| None)?.first().context("no WeChat")?;
        let wechat = format!("http://{}", line.lead_to(behind).await?);
        let mut pages = Self {
            line,
            simulator,
            wechat,
            served: Vec::new(),
        };
        for variant in variants {
            let build = builds.join(variant.build);
            let site = prepared(&build, variant.head);
            let site = site.with_context(|| build.display().to_string())?;
            let served = pages.serve(*variant, &site).await?;
            pages.served.push(served);
        }
        Ok(pages)
    }

    /// Starts a proxy that serves what is in a folder, which it reads once.
    async fn serve(&self, variant: Variant, site: &TempDir) -> anyhow::Result<Served> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let behind = listener.local_addr()?;
        let address = format!("http://{}", self.line.lead_to(behind).await?);
        let config = format!(
            r#"
            public_url = "{address}"
            database_url = "sqlite::memory:"
            static_dir = "{site}"
            session_keys = ["a key for measurements only, 32 bytes or more"]
            default_account = "shop"
            simulator = true
            wechat = {{ api_base = "{api}", open_base = "{wechat}" }}
            [accounts.shop]
            appid = "{SHOP}"
            secret = "simulator-secret-a1"
            title = "山茶书店"
            platform = "camellia"
            "#,
            site = site.path().display(),
            api = self.simulator.base_url(),
            wechat = self.wechat,
        );
        let _proxy = Proxy::start(&config, listener).await?;
        Ok(Served {
            variant,
            address,
            behind,
            decides_early: variant == FLOOR || stage_weight(site.path())?.is_some(),
            _proxy,
        })
    }

    fn of(&self, variant: Variant) -> anyhow::Result<&Served> {
        let served = self.served.iter().find(|it| it.variant == variant);
        served.context("this page was not started")
    }

    /// Where a page is: `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self, variant: Variant) -> anyhow::Result<&str> {
        Ok(&self.of(variant)?.address)
    }

    /// Where WeChat is: `http://127.0.0.1:PORT`.
    pub(crate) fn wechat(&self) -> &str {
        &self.wechat
    }

    /// What the pages have to show.
    pub(crate) fn openid(&self) -> String {
        self.simulator.openid(SHOP, PERSON)
    }

    /// Whether what is in the document is enough for the page to know that it has to leave.
    pub(crate) fn decides_early(&self, variant: Variant) -> anyhow::Result<bool> {
        Ok(self.of(variant)?.decides_early)
    }

    /// Bytes of the answer to `GET` of a path, headers included, as a browser gets it that has nothing yet.
    pub(crate) async fn weight(&self, variant: Variant, path: &str) -> anyhow::Result<f64> {
        let mut proxy = TcpStream::connect(self.of(variant)?.behind).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n"
        );
        proxy.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        proxy.read_to_end(&mut answer).await?;
        anyhow::ensure!(
            answer.starts_with(b"HTTP/1.1 200 "),
            "no answer to GET {path}"
        );
        Ok(answer.len() as f64)
    }
}
