//! One simulator, and for each page a proxy with a fresh database and the web server in front of it.

use std::future::Future;
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use anyhow::Context;
use e2e::SHOP;
use tokio::sync::oneshot;
use wechat_login_proxy::config::Config;
use wechat_simulator::Simulator;

use crate::front;
use crate::site::Site;
use crate::variant::Variant;

/// Who the phone belongs to.
const PERSON: &str = "xiaoming";

/// Everything but the browser; stopped when dropped.
pub(crate) struct Servers {
    simulator: Simulator,
    pages: Vec<Page>,
}

struct Page {
    variant: Variant,
    address: String,
    _front: Thread,
    _proxy: Thread,
}

impl Servers {
    /// Starts them all, for the builds in `builds`.
    ///
    /// # Errors
    /// When a build is missing or a server does not start.
    pub(crate) async fn start(variants: &[Variant], builds: &Path) -> anyhow::Result<Self> {
        let simulator = Simulator::start().await?;
        let mut pages = Vec::new();
        for variant in variants {
            let site = Site::load(&builds.join(variant.folder()), variant.head())?;
            let (proxy_listener, proxy_address) = listener()?;
            let (front_listener, address) = listener()?;
            let proxy = proxy(&address, &simulator.base_url(), proxy_listener).await?;
            let front = front::start(site, proxy_address, front_listener).await?;
            pages.push(Page {
                variant: *variant,
                address,
                _front: front,
                _proxy: proxy,
            });
        }
        Ok(Self { simulator, pages })
    }

    /// Where a page is: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When it was not started.
    pub(crate) fn address(&self, variant: Variant) -> anyhow::Result<&str> {
        let page = self.pages.iter().find(|page| page.variant == variant);
        Ok(&page.context("this page was not started")?.address)
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

fn listener() -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    Ok((listener, address))
}

async fn proxy(page: &str, wechat: &str, listener: TcpListener) -> anyhow::Result<Thread> {
    let config = format!(
        r#"
        public_url = "{page}"
        database_url = "sqlite::memory:"
        session_keys = ["a key for measurements only, 32 bytes or more"]
        default_account = "shop"
        simulator = true
        wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
        [accounts.shop]
        appid = "{SHOP}"
        secret = "simulator-secret-a1"
        title = "山茶书店"
        platform = "camellia"
        "#
    );
    let config = Config::parse(&config, std::iter::empty())
        .map_err(|problems| anyhow::anyhow!("{problems}"))?;
    Thread::start(move || async move { Ok(wechat_login_proxy::http::run(config, listener).await?) })
        .await
}

/// A server on a thread of its own, because actix brings its own runtime; stopped when dropped.
pub(crate) struct Thread {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Thread {
    /// Starts what `make` makes.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) async fn start<F, Fut>(make: F) -> anyhow::Result<Self>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<Server>>,
    {
        let (announce, announced) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                match make().await {
                    Ok(server) => {
                        let _ = announce.send(Ok(server.handle()));
                        let _ = server.await;
                    }
                    Err(error) => {
                        let _ = announce.send(Err(error));
                    }
                }
            });
        });
        Ok(Self {
            handle: announced.await.context("a server ended")??,
            thread: Some(thread),
        })
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // The future does its work when called; waiting for it is the thread's.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
