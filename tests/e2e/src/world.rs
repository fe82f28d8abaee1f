//! Simulator and proxy, the proxy serving the release build of the app.

use std::net::{SocketAddr, TcpListener};

use crate::browser::Browser;
use crate::database::BrokenDatabase;
use crate::gateway::Gateway;
use crate::logs;
use crate::proxy::{Proxy, Website};
use crate::web_server::{self, App};
use anyhow::{Context, ensure};
use serde_json::Value;
use test_support::nginx::Nginx;
use test_support::suite_log;
use wechat_simulator::{
    Effect, Endpoint, Fault, GrantedScope, LoggedRequest, Platform, RefusalBehaviour, Simulator,
};

/// Appid of the account that signs people in unless an address says otherwise.
pub const SHOP: &str = "wx00000000000000a1";

/// Appid of the other account, `cafe`, of the same open platform.
pub const CAFE: &str = "wx00000000000000a2";

/// Appid of the website application of `shop`.
pub const WEBSITE: &str = "wx00000000000000d1";

/// What the company's order system knows.
const SERVICE_KEY: &str = "the-order-system-of-the-browser-journeys";

/// What seals the sessions.
const SESSION_KEY: &str = "a key for the browser journeys, 32 bytes or more";

/// The proxy's configuration, but for what stands in braces.
const CONFIG: &str = include_str!("proxy.toml");

/// The proxy's database, in the world's folder.
const DATABASE: &str = "proxy.sqlite";

/// WeChat's refusal of this number, in its own words.
pub fn errcode(errcode: i64) -> Effect {
    let errmsg = None;
    Effect::Errcode { errcode, errmsg }
}

/// Who serves the app.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum WebServer {
    /// The proxy itself, `static_dir`.
    #[default]
    Proxy,
    /// A real nginx with the documented configuration, which passes the API on to the proxy.
    Nginx,
    /// The same nginx, and the API on an origin of its own, the proxy's.
    NginxBesideTheApi,
    /// The proxy itself, behind a gateway that fails on order.
    Gateway,
    /// A real nginx, with the path `/h5` for the app, and for all else the gateway as another application.
    NginxBesideAnother,
}

/// How a world differs from the ordinary one.
pub struct WorldOptions {
    /// What the proxy believes the AppSecret is.
    pub secret: &'static str,
    /// Whether other browsers are sent to WeChat.
    pub require_wechat: bool,
    /// What the consent page does when the user declines.
    pub refusal: RefusalBehaviour,
    /// Who serves the app.
    pub web_server: WebServer,
    /// Where on its host it does: empty, or such as `/h5`.
    pub path: &'static str,
    /// Whose website application there is, which is what QR logins need.
    pub website: Website,
    /// Whether the proxy says that its accounts are test accounts.
    pub test_account: bool,
    /// What is served.
    pub app: App,
    /// Whether WeChat's script for pages is npm's, unmodified, and not WeChat's own, which no journey loads.
    pub jweixin: bool,
    /// More of the account `shop` in the proxy's configuration.
    pub account: &'static str,
    /// The forward proxy through which the proxy asks WeChat, if that is not asked directly.
    pub forward_proxy: Option<SocketAddr>,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            secret: "simulator-secret-a1",
            require_wechat: true,
            refusal: RefusalBehaviour::default(),
            web_server: WebServer::default(),
            path: "",
            website: Website::Nobodys,
            test_account: false,
            app: App::default(),
            jweixin: false,
            account: "",
            forward_proxy: None,
        }
    }
}

impl WorldOptions {
    /// The ordinary world, but for a gateway in front of the proxy.
    pub fn behind_a_gateway() -> Self {
        Self::with(|it| it.web_server = WebServer::Gateway)
    }

    /// The ordinary world but for this.
    pub fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut options = Self::default();
        change(&mut options);
        options
    }
}

/// Everything but the browser; stopped when dropped.
pub struct World {
    /// WeChat.
    pub simulator: Simulator,
    /// Where the app is.
    pub app: String,
    /// Where the API is, as browsers reach it.
    pub api: String,
    /// Where WeChat is, as browsers reach it: another site than the app, as in life.
    pub wechat: String,
    config: String,
    test_account: bool,
    proxy: Proxy,
    proxy_address: SocketAddr,
    _nginx: Option<Nginx>,
    gateway: Option<Gateway>,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start(options: WorldOptions) -> anyhow::Result<Self> {
        logs::capture();
        suite_log::must_not_be_logged([SERVICE_KEY, SESSION_KEY, options.secret]);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let wechat = format!("http://localhost:{}", listener.local_addr()?.port());
        let mut platform = Platform::default();
        // Where browsers find the pictures of the people that it tells the proxy about.
        platform.set_public_url(&wechat);
        if let Some(path) = options.jweixin.then(test_support::jweixin).flatten() {
            platform.set_jweixin(std::fs::read_to_string(path)?);
        }
        let simulator = Simulator::start_on(listener, platform).await?;
        let folder = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let proxy_address = listener.local_addr()?;
        let proxy_url = format!("http://{proxy_address}");
        let dist = options.app.folder()?;
        let web_server = options.web_server;
        let gateway = match web_server {
            WebServer::Gateway | WebServer::NginxBesideAnother => {
                Some(Gateway::start(proxy_address).await?)
            }
            WebServer::Proxy | WebServer::Nginx | WebServer::NginxBesideTheApi => None,
        };
        let nginx = match web_server {
            WebServer::Proxy | WebServer::Gateway => None,
            WebServer::Nginx => Some(web_server::start(&dist, None, proxy_address, &wechat)?),
            WebServer::NginxBesideTheApi => {
                let folder = folder.path().join("app");
                web_server::copy_with_api_at(&dist, &folder, &proxy_url)?;
                Some(web_server::start(
                    &folder,
                    Some(&proxy_url),
                    proxy_address,
                    &wechat,
                )?)
            }
            WebServer::NginxBesideAnother => {
                let other = gateway.as_ref().context("no gateway")?.address;
                let start = web_server::start_below_a_path;
                Some(start(&dist, proxy_address, other, &wechat)?)
            }
        };
        let front = gateway.as_ref().map_or(proxy_address, |it| it.address);
        let front = nginx.as_ref().map_or(front, |it| it.address);
        let app = format!("http://{front}{}", options.path);
        let serving = match web_server {
            WebServer::Proxy | WebServer::Gateway => {
                format!("static_dir = \"{}\"", dist.display())
            }
            WebServer::Nginx | WebServer::NginxBesideAnother => String::new(),
            WebServer::NginxBesideTheApi => format!("allowed_origins = [\"{app}\"]"),
        };
        let [of_shop, of_platform] = options.website.lines(WEBSITE);
        let forward_proxy = options
            .forward_proxy
            .map(|at| format!("proxy = \"http://{at}\""));
        let database = folder.path().join(DATABASE);
        let mut config = CONFIG.to_owned();
        for (name, value) in [
            ("{app}", &*app),
            ("{database}", &database.to_string_lossy()),
            ("{session_key}", SESSION_KEY),
            ("{require_wechat}", &options.require_wechat.to_string()),
            ("{serving}", &serving),
            ("{api_base}", &simulator.base_url()),
            ("{open_base}", &wechat),
            ("{forward_proxy}", &forward_proxy.unwrap_or_default()),
            ("{secret}", options.secret),
            ("{website}", &of_shop),
            ("{more}", options.account),
            ("{platform}", &of_platform),
            ("{service_key}", SERVICE_KEY),
        ] {
            config = config.replace(name, value);
        }
        simulator.set_refusal(options.refusal);
        let proxy = Proxy::start_with(&config, options.test_account, listener).await?;
        Ok(Self {
            simulator,
            api: if web_server == WebServer::NginxBesideTheApi {
                proxy_url
            } else {
                app.clone()
            },
            app,
            wechat,
            config,
            test_account: options.test_account,
            proxy,
            proxy_address,
            _nginx: nginx,
            gateway,
            folder,
        })
    }

    /// Ends the proxy, as a crash or an update would; its address refuses connections from then on.
    pub async fn stop_proxy(&self) {
        self.proxy.stop().await;
    }

    /// Starts the proxy again where it was, with the same database.
    pub async fn start_proxy_again(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.proxy_address)?;
        self.proxy = Proxy::start_with(&self.config, self.test_account, listener).await?;
        Ok(())
    }

    /// Tells the proxy something about a user, as backends do: `path` is what follows `/service/accounts/`.
    pub async fn tell(&self, path: &str, body: Value) -> anyhow::Result<()> {
        let url = format!("http://{}/service/accounts/{path}", self.proxy_address);
        let request = reqwest::Client::new().put(url).json(&body);
        let answer = request.bearer_auth(SERVICE_KEY).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{status}: {}", answer.text().await?);
        Ok(())
    }

    /// The address of a page of the app, of which `local` is path, query and fragment.
    pub fn page(&self, local: &str) -> String {
        format!("{}{local}", self.app)
    }

    /// A code of `shop`, as if this person had been to WeChat.
    pub fn code(&self, person: &str) -> String {
        self.simulator.issue_code(SHOP, person, GrantedScope::Base)
    }

    /// WeChat does this from now on.
    pub fn strike(&self, endpoint: Endpoint, effect: Effect) {
        self.simulator.add_fault(Fault::new(endpoint, effect));
    }

    /// WeChat does this the next time.
    pub fn strike_once(&self, endpoint: Endpoint, effect: Effect) {
        self.simulator
            .add_fault(Fault::new(endpoint, effect).times(1));
    }

    /// Waits for somebody to be signed in at `shop`, and gives the openid, which has to be this person's.
    pub async fn is_signed_in(&self, browser: &Browser, person: &str) -> anyhow::Result<String> {
        let openid = browser.text("[data-field=openid]").await?;
        let expected = self.simulator.openid(SHOP, person);
        ensure!(openid == expected, "{openid} is not {person}");
        Ok(openid)
    }

    /// Sees how often the authorize page was visited, and what came of the exchanges, 0 being a success.
    pub fn asked_wechat(&self, visits: usize, results: &[i64]) -> anyhow::Result<()> {
        let (visited, exchanged) = (self.authorizations().len(), self.exchange_results());
        ensure!(
            visited == visits && exchanged == results,
            "{visited} visits to WeChat instead of {visits}, exchanges {exchanged:?} instead of {results:?}"
        );
        Ok(())
    }

    /// The exchanges WeChat was asked for, successful or not.
    pub fn exchanges(&self) -> Vec<LoggedRequest> {
        self.asked("/sns/oauth2/access_token")
    }

    /// WeChat's errcodes for them, 0 for a success.
    pub fn exchange_results(&self) -> Vec<i64> {
        self.exchanges().iter().map(|it| it.errcode).collect()
    }

    /// The visits to WeChat's authorize page.
    pub fn authorizations(&self) -> Vec<LoggedRequest> {
        self.asked("/connect/oauth2/authorize")
    }

    /// The requests to this path of WeChat.
    pub fn asked(&self, path: &str) -> Vec<LoggedRequest> {
        let requests = self.simulator.requests().into_iter();
        requests.filter(|request| request.path == path).collect()
    }

    /// The gateway in front of the proxy, or the other application.
    pub fn gateway(&self) -> anyhow::Result<&Gateway> {
        self.gateway.as_ref().context("no gateway in this world")
    }

    /// Takes the tables out of the proxy's database.
    pub async fn lose_tables(&self) -> anyhow::Result<BrokenDatabase> {
        BrokenDatabase::without_tables(&self.folder.path().join(DATABASE)).await
    }

    /// Lets two minutes go by for all computers that wait for a phone.
    pub async fn end_scans(&self) -> anyhow::Result<()> {
        let path = self.folder.path().join(DATABASE);
        BrokenDatabase::with_scans_over(&path).await?.mend().await
    }

    /// Keeps the proxy from writing into its database.
    pub async fn lock_database(&self) -> anyhow::Result<BrokenDatabase> {
        BrokenDatabase::locked(&self.folder.path().join(DATABASE)).await
    }

    /// Whether the proxy's database has this text anywhere.
    pub fn has_stored(&self, text: &str) -> anyhow::Result<bool> {
        for file in std::fs::read_dir(self.folder.path())? {
            let bytes = std::fs::read(file?.path())?;
            if bytes.windows(text.len()).any(|it| it == text.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
