//! What a company would run: three replicas, PostgreSQL, nginx, and WeChat's part played by the simulator.

use std::cell::Cell;

use futures_util::future::join_all;
use reqwest::Client;
use tempfile::TempDir;
use test_support::postgres::Server;
use test_support::replica::Replica;

use crate::life_cycle::site::Settings;
use crate::phone::{self, ANSWERED_BY, CALLER, Holder, Network, Phone};
use crate::support::*;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-replicas.conf");
/// The line that sends a caller to the same replica again.
const STICKY: &str = "hash $remote_addr consistent;";

pub(crate) struct Site {
    pub(crate) replicas: Vec<Replica>,
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    nginx: Nginx,
    phones: Cell<usize>,
    taps: (u32, Duration),
    // Last, so that it outlives those who use it.
    _database: Option<Server>,
    _folder: TempDir,
}

/// What differs between tests.
#[derive(Default)]
pub(crate) struct Options {
    /// As documented, or without the line that makes a caller's requests meet the same replica.
    pub(crate) sticky: bool,
    /// Whether PostgreSQL writes through to the disk, as it does in production.
    pub(crate) durable: bool,
    /// How many people have a phone.
    pub(crate) people: usize,
    /// How often they tap "try again" before giving up, and after how long a look at the error.
    pub(crate) taps: (u32, Duration),
    /// The address of a database that is there already.
    pub(crate) database: Option<String>,
    /// Whether phones sign computers in at the account `shop`.
    pub(crate) scans: bool,
}

impl Site {
    /// Everything, started and ready.
    pub(crate) async fn start(options: &Options) -> Self {
        let client = phone::client();
        let simulator = Simulator::start().await.unwrap();
        for number in 0..options.people {
            let person = json!({ "id": person(number) });
            simulator.add_person(serde_json::from_value(person).unwrap());
        }
        let (database, database_url) = match &options.database {
            Some(url) => (None, url.clone()),
            None => {
                let fsync = ["fsync=off", "fsync=on"][usize::from(options.durable)];
                let database = Server::start(&["-c", fsync]).unwrap();
                let url = database.new_database().await.unwrap();
                (Some(database), url)
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            wechat: &simulator.base_url(),
            ..Settings::in_folder(folder.path())
        };
        let mut toml = format!("trusted_proxies = [\"127.0.0.1\"]\n{}", settings.toml());
        if options.scans {
            toml = toml.replace("[accounts.cafe]", "scan_login = true\n[accounts.cafe]");
        }
        std::fs::write(folder.path().join("proxy.toml"), toml).unwrap();
        let mut replicas: Vec<Replica> = (0..3)
            .map(|_| Replica::new(PROXY, folder.path(), &database_url))
            .collect();
        join_all(replicas.iter_mut().map(|replica| replica.start(&client))).await;
        Self {
            nginx: nginx(&replicas, options.sticky),
            phones: Cell::default(),
            taps: options.taps,
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
        self.browser(number % people, Scope::Base)
    }

    /// A new browser of this person, for [`Holder::scope`].
    pub(crate) fn browser(&self, number: usize, scope: Scope) -> Phone {
        let person = person(number);
        let (most_taps, tap_after) = self.taps;
        let network = Network {
            client: self.client.clone(),
            app: format!("http://{}", self.nginx.address),
            most_taps,
            tap_after,
        };
        let holder = Holder {
            account: "shop",
            openid: self.simulator.openid(APPID, &person),
            person,
            scope,
        };
        Phone::new(&network, holder)
    }
}

/// The id of one of the people.
fn person(number: usize) -> String {
    format!("person{number}")
}

/// nginx with the documented configuration and the addresses of this test.
fn nginx(replicas: &[Replica], sticky: bool) -> Nginx {
    let documented = [
        "server 10.0.0.11:8081",
        "server 10.0.0.12:8081",
        "server 10.0.0.13:8081",
    ];
    let ours = replicas
        .iter()
        .map(|replica| format!("server {}", replica.address));
    let mut changes: Vec<_> = documented.into_iter().zip(ours).collect();
    let ours = format!(
        "set_real_ip_from 127.0.0.1;\nreal_ip_header {CALLER};\nadd_header {ANSWERED_BY} $upstream_addr always;"
    );
    changes.push(("server_tokens off;", ours));
    if !sticky {
        changes.push((STICKY, String::new()));
    }
    Nginx::documented(DOCUMENTED, changes)
}
