//! The proxy within the journeys' process.

use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use anyhow::Context;
use tokio::sync::oneshot;
use wechat_login_proxy::config::Config;

/// Whose website application there is.
#[derive(Clone, Copy)]
pub enum Website {
    /// None.
    Nobodys,
    /// That of the account `shop` alone.
    Shops,
    /// That of the platform of both accounts.
    Platforms,
    /// None: the account `shop` signs computers in by phones.
    Scans,
}

impl Website {
    /// What the account and the platform say of it.
    pub(crate) fn lines(self, appid: &str) -> [String; 2] {
        let keys = format!("website_appid = \"{appid}\"\nwebsite_secret = \"simulator-secret-d1\"");
        match self {
            Self::Nobodys => Default::default(),
            Self::Scans => ["scan_login = true".to_owned(), String::new()],
            Self::Shops => [keys, String::new()],
            Self::Platforms => [String::new(), format!("[platforms.camellia]\n{keys}")],
        }
    }
}

/// The proxy on a thread of its own, because actix brings its own runtime.
pub struct Proxy {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts one with this configuration.
    pub async fn start(config: &str, listener: TcpListener) -> anyhow::Result<Self> {
        Self::start_with(config, false, listener).await
    }

    /// The same; with a test account it would want WeChat itself, so it only says that it has one.
    pub(crate) async fn start_with(
        config: &str,
        test_account: bool,
        listener: TcpListener,
    ) -> anyhow::Result<Self> {
        let mut config = Config::parse(config, std::iter::empty())
            .map_err(|problems| anyhow::anyhow!("{problems}"))?;
        // A journey that has met WeChat's limit goes on at once.
        config.limits.wechat_pause = Duration::ZERO;
        config.test_account = test_account;
        let (announce, announced) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                match wechat_login_proxy::http::run(config, listener).await {
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
            handle: announced.await.context("the proxy ended")??,
            thread: Some(thread),
        })
    }

    /// Ends it, as a crash or an update would.
    pub(crate) async fn stop(&self) {
        self.handle.stop(false).await;
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
