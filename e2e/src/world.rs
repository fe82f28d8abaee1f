//! Simulator and proxy, the proxy serving the release build of the app.

use std::net::TcpListener;
use std::path::PathBuf;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use anyhow::{Context, ensure};
use tokio::sync::oneshot;
use wechat_login_proxy::config::Config;
use wechat_simulator::{LoggedRequest, RefusalBehaviour, Simulator};

/// Appid of the account that signs people in unless an address says otherwise.
pub const SHOP: &str = "wx00000000000000a1";

/// How a world differs from the ordinary one.
pub struct WorldOptions {
    /// What the proxy believes the AppSecret is.
    pub secret: &'static str,
    /// Whether other browsers are sent to WeChat.
    pub require_wechat: bool,
    /// What the consent page does when the user declines.
    pub refusal: RefusalBehaviour,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            secret: "simulator-secret-a1",
            require_wechat: true,
            refusal: RefusalBehaviour::default(),
        }
    }
}

/// Everything but the browser; stopped when dropped.
pub struct World {
    /// WeChat.
    pub simulator: Simulator,
    /// Where the app is.
    pub app: String,
    proxy: Proxy,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start(options: WorldOptions) -> anyhow::Result<Self> {
        let simulator = Simulator::start().await?;
        let folder = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let app = format!("http://{}", listener.local_addr()?);
        let dist = dist()?;
        let config = format!(
            r#"
            public_url = "{app}"
            database_url = "sqlite:{database}"
            session_keys = ["a key for the browser journeys, 32 bytes or more"]
            require_wechat = {require_wechat}
            simulator = true
            static_dir = "{dist}"
            [wechat]
            api_base = "{wechat}"
            open_base = "{wechat}"
            [accounts.shop]
            appid = "{SHOP}"
            secret = "{secret}"
            title = "山茶书店"
            platform = "camellia"
            "#,
            database = folder.path().join("proxy.sqlite").display(),
            dist = dist.display(),
            wechat = simulator.base_url(),
            require_wechat = options.require_wechat,
            secret = options.secret,
        );
        simulator.set_refusal(options.refusal);
        let config = Config::parse(&config, std::iter::empty())
            .map_err(|problems| anyhow::anyhow!("{problems}"))?;
        let proxy = Proxy::start(config, listener).await?;
        Ok(Self {
            simulator,
            app,
            proxy,
            _folder: folder,
        })
    }

    /// Ends the proxy, as a crash or an update would; its address refuses connections from then on.
    pub async fn stop_proxy(&self) {
        self.proxy.handle.stop(false).await;
    }

    /// The exchanges WeChat was asked for, successful or not.
    pub fn exchanges(&self) -> Vec<LoggedRequest> {
        let requests = self.simulator.requests().into_iter();
        requests
            .filter(|request| request.path == "/sns/oauth2/access_token")
            .collect()
    }
}

/// The proxy on a thread of its own, because actix brings its own runtime.
struct Proxy {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    async fn start(config: Config, listener: TcpListener) -> anyhow::Result<Self> {
        let (announce, announced) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                match wechat_login_proxy::app::run(config, listener).await {
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

/// The release build: `$WECHAT_LOGIN_DIST`, or where `cargo xtask build` puts it.
fn dist() -> anyhow::Result<PathBuf> {
    let dist = std::env::var_os("WECHAT_LOGIN_DIST").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist"),
        PathBuf::from,
    );
    ensure!(
        dist.join("index.html").is_file(),
        "no app in {}; run `cargo xtask build` first",
        dist.display()
    );
    Ok(dist.canonicalize()?)
}
