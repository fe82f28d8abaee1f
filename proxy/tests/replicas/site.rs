//! What a company would run: three replicas, PostgreSQL, nginx, and WeChat's part played by the simulator.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use api_types::Scope;
use futures_util::future::join_all;
use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use wechat_simulator::Simulator;

use crate::nginx::Nginx;
use crate::phone::{self, ANSWERED_BY, CALLER, Holder, Network, Phone};
use crate::postgres_server::Server;
use crate::replica::Replica;

/// How often a person taps "try again" before giving up, without a pause.
const MOST_TAPS: u32 = 5;
const APPID: &str = "wx00000000000000a1";
pub(crate) const SERVICE_KEY: &str = "the-order-system-of-the-replicas-test";
const SESSION_KEY: &str = "0123456789abcdef0123456789abcdef-replicas";

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../docs/deploy/nginx-replicas.conf");
/// The line that sends a caller to the same replica again.
const STICKY: &str = "hash $remote_addr consistent;";

pub(crate) struct Site {
    pub(crate) replicas: Vec<Replica>,
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    nginx: Nginx,
    phones: Cell<usize>,
    // Last, so that it outlives those who use it.
    _database: Server,
    _folder: TempDir,
}

/// What differs between tests.
pub(crate) struct Options {
    /// As documented, or without the line that makes a caller's requests meet the same replica.
    pub(crate) sticky: bool,
    /// Whether PostgreSQL writes through to the disk, as it does in production.
    pub(crate) durable: bool,
    /// How many people have a phone.
    pub(crate) people: usize,
}

impl Site {
    /// Everything, started and ready.
    pub(crate) async fn start(options: &Options) -> Self {
        suite_log::must_not_be_logged([SERVICE_KEY, SESSION_KEY]);
        let client = phone::client();
        let simulator = Simulator::start().await.unwrap();
        for number in 0..options.people {
            let person = json!({ "id": person(number) });
            simulator.add_person(serde_json::from_value(person).unwrap());
        }
        let fsync = if options.durable {
            "fsync=on"
        } else {
            "fsync=off"
        };
        let database = Server::start(&["-c", fsync]).unwrap();
        let database_url = database.new_database().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let configuration = configuration(&simulator.base_url());
        std::fs::write(folder.path().join("proxy.toml"), configuration).unwrap();
        let mut replicas: Vec<Replica> = (0..3)
            .map(|_| Replica::new(folder.path(), database_url.expose()))
            .collect();
        join_all(replicas.iter_mut().map(|replica| replica.start(&client))).await;
        let addresses: Vec<SocketAddr> = replicas.iter().map(|replica| replica.address).collect();
        let sticky = options.sticky;
        Self {
            nginx: Nginx::start(|nginx| nginx_configuration(nginx, &addresses, sticky)),
            phones: Cell::default(),
            replicas,
            simulator,
            client,
            _database: database,
            _folder: folder,
        }
    }

    /// A new phone, of one of so many people in turn.
    pub(crate) fn phone(&self, people: usize) -> Phone {
        let number = self.phones.replace(self.phones.get() + 1);
        let person = person(number % people);
        let network = Network {
            client: self.client.clone(),
            app: format!("http://{}", self.nginx.address),
            most_taps: MOST_TAPS,
            tap_after: Duration::ZERO,
        };
        let holder = Holder {
            account: "shop",
            openid: self.simulator.openid(APPID, &person),
            person,
            scope: Scope::Base,
        };
        Phone::new(&network, holder)
    }
}

/// The id of one of the people.
fn person(number: usize) -> String {
    format!("person{number}")
}

fn configuration(wechat: &str) -> String {
    format!(
        r#"
public_url = "http://127.0.0.1"
trusted_proxies = ["127.0.0.1"]
session_keys = ["{SESSION_KEY}"]
simulator = true
wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
[accounts.shop]
appid = "{APPID}"
secret = "simulator-secret-a1"
title = "山茶书店"
platform = "camellia"
[service_keys]
orders = "{SERVICE_KEY}"
"#
    )
}

/// The documented configuration with the addresses of this test.
fn nginx_configuration(nginx: SocketAddr, replicas: &[SocketAddr], sticky: bool) -> String {
    let mut changes = vec![
        (
            "listen 80;".to_owned(),
            format!(
                "listen {nginx};\nset_real_ip_from 127.0.0.1;\nreal_ip_header {CALLER};\n\
                 add_header {ANSWERED_BY} $upstream_addr always;"
            ),
        ),
        (
            "/var/log/nginx/access.log".to_owned(),
            "access.log".to_owned(),
        ),
    ];
    for (number, replica) in replicas.iter().enumerate() {
        let documented = format!("server 10.0.0.1{}:8081", number + 1);
        changes.push((documented, format!("server {replica}")));
    }
    if !sticky {
        changes.push((STICKY.to_owned(), String::new()));
    }
    let mut text = DOCUMENTED.to_owned();
    for (documented, ours) in changes {
        assert_eq!(text.matches(&documented).count(), 1, "{documented}");
        text = text.replace(&documented, &ours);
    }
    text
}
