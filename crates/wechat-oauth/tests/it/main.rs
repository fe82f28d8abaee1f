//! The client against the simulator of WeChat.

mod client;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wechat_oauth::{
    AppId, AppSecret, AuthCode, CallObserver, Client, Endpoint, Error, Options, reqwest,
};
use wechat_simulator::{GrantedScope, Simulator};

const BOOKS: &str = "wx00000000000000a1";
const SECRET: &str = "simulator-secret-a1";

struct World {
    simulator: Simulator,
    client: Client,
    appid: AppId,
    secret: AppSecret,
    calls: Arc<Calls>,
}

/// The calls there were, and whether each failed.
#[derive(Debug, Default)]
struct Calls(Mutex<Vec<(Endpoint, bool)>>);

impl CallObserver for Calls {
    fn called(&self, endpoint: Endpoint, _: Duration, error: Option<&Error>) {
        self.0.lock().unwrap().push((endpoint, error.is_some()));
    }
}

impl World {
    async fn new() -> Self {
        let simulator = Simulator::start().await.unwrap();
        let calls = Arc::new(Calls::default());
        Self {
            client: client_of(&simulator.base_url()).observed_by(calls.clone()),
            simulator,
            appid: AppId::parse(BOOKS).unwrap(),
            secret: AppSecret::parse(SECRET).unwrap(),
            calls,
        }
    }

    fn code(&self, scope: GrantedScope) -> AuthCode {
        let code = self.simulator.issue_code(BOOKS, "xiaoming", scope);
        AuthCode::parse(&code).unwrap()
    }

    fn calls(&self) -> Vec<(Endpoint, bool)> {
        std::mem::take(&mut *self.calls.0.lock().unwrap())
    }
}

fn http() -> reqwest::ClientBuilder {
    // Built together with the proxy, reqwest leaves the choice of TLS to its user, also for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

fn client_of(wechat: &str) -> Client {
    let mut options = Options::default();
    options.api_base = wechat.to_owned();
    options.open_base = wechat.to_owned();
    options.timeouts.user_info_pauses = vec![Duration::from_millis(1)];
    Client::with(http(), options).unwrap()
}
