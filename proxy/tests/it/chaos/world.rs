//! The proxy, a database, WeChat's side, and everybody who has a phone.

use std::cell::{Cell, RefCell};

use tempfile::TempDir;
use test_support::dice::Dice;
use test_support::postgres::Server;
use test_support::replica::Replica;

use crate::chaos::figures::Counts;
use crate::chaos::upstream::Upstream;
use crate::life_cycle::site::Settings;
use crate::phone::{self, Holder, Network, Phone};
use crate::support::*;

/// An account of no open platform beside the usual ones, and no limits: everybody comes from one machine.
const MORE: &str = r#"
[accounts.flowers]
appid = "wx00000000000000b1"
secret = "simulator-secret-b1"
title = "flowers"
[limits]
exchanges_per_client_per_minute = 1000000
exchanges_per_minute = 1000000
writes_per_user_per_minute = 1000000
"#;
const PEOPLE: usize = 300;
/// Two accounts of one open platform, and one of none.
const ACCOUNTS: [(&str, &str); 3] = [
    ("shop", APPID),
    ("cafe", CAFE),
    ("flowers", "wx00000000000000b1"),
];

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What everybody shares.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) network: Network,
    /// One of the company's, to look after the records.
    pub(crate) backend: Caller,
    pub(crate) upstream: Upstream,
    pub(crate) books: Books,
    pub(crate) counts: Counts,
    /// Whoever got a session that is not theirs, in words.
    pub(crate) mix_ups: RefCell<Vec<String>>,
    /// How often the proxy was killed.
    pub(crate) deaths: Cell<u32>,
    /// How often WeChat's clock has jumped over the life of a code.
    pub(crate) jumps: Cell<u32>,
    pub(crate) is_over: Cell<bool>,
}

/// What can be killed.
pub(crate) struct Machines {
    pub(crate) proxy: Replica,
    pub(crate) database: Option<Server>,
    _folder: TempDir,
}

impl World {
    /// Everything, started and ready.
    pub(crate) async fn start(kind: Kind) -> (Self, Machines) {
        let client = phone::client();
        let simulator = Simulator::start().await.unwrap();
        for number in 0..PEOPLE {
            let person = json!({
                "id": person(number),
                "nickname": nickname(&person(number)),
                "unionid": number % 5 != 0,
                "relation": if came_by_menu(number) { "follower_from_menu" } else { "follower" },
            });
            simulator.add_person(serde_json::from_value(person).unwrap());
        }
        let (database, url) = match kind {
            Kind::Sqlite => (None, "sqlite:proxy.sqlite".to_owned()),
            Kind::Postgres => {
                // The machine stays up, so what a process has written is written; recovery would sync for seconds.
                let server = Server::start(&["-c", "fsync=off"]).unwrap();
                let url = server.new_database().await.unwrap();
                (Some(server), url)
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            wechat: &simulator.base_url(),
            ..Settings::in_folder(folder.path())
        };
        let toml = settings.toml() + MORE;
        std::fs::write(folder.path().join("proxy.toml"), toml).unwrap();
        let mut proxy = Replica::new(PROXY, folder.path(), &url);
        proxy.start(&client).await;
        let key = ("Authorization", format!("Bearer {SERVICE_KEY}"));
        let world = Self {
            backend: Caller::new(format!("http://{}", proxy.address), Some(key)),
            network: Network {
                client,
                app: format!("http://{}", proxy.address),
                most_taps: 20,
                tap_after: Duration::from_millis(200),
            },
            simulator,
            upstream: Upstream::default(),
            books: Books::default(),
            counts: Counts::default(),
            mix_ups: RefCell::default(),
            deaths: Cell::new(0),
            jumps: Cell::new(0),
            is_over: Cell::new(false),
        };
        let machines = Machines {
            proxy,
            database,
            _folder: folder,
        };
        (world, machines)
    }

    /// Somebody's phone, for a login under some account.
    pub(crate) fn somebodys_phone(&self, dice: &Dice) -> Phone {
        let number = dice.below(PEOPLE);
        let (account, appid) = ACCOUNTS[dice.below(ACCOUNTS.len())];
        let person = person(number);
        let holder = Holder {
            openid: self.simulator.openid(appid, &person),
            person,
            account,
            scope: if came_by_menu(number) && dice.below(2) == 0 {
                Scope::Userinfo
            } else {
                Scope::Base
            },
        };
        Phone::new(&self.network, holder)
    }

    /// Looks at whose session this phone got.
    pub(crate) fn check(&self, phone: &Phone, session: &Session) {
        let holder = phone.holder();
        let mut wrong = Vec::new();
        let mut compare = |what, is_right: bool| {
            if !is_right {
                wrong.push(what);
            }
        };
        let appid = appid(holder.account);
        let unionid = self.simulator.unionid(appid, &holder.person);
        let nickname = nickname(&holder.person);
        compare("openid", session.openid == holder.openid);
        compare("account", session.account == holder.account);
        compare("appid", session.appid == appid);
        compare("snapshot", !session.snapshot);
        // Unknown until WeChat has told it once.
        let known = session.unionid.as_ref();
        compare("unionid", known.is_none() || known == unionid.as_ref());
        let profile = session.profile.as_ref();
        compare("name", profile.is_none_or(|it| it.nickname == nickname));
        if !wrong.is_empty() {
            let (person, account) = (&holder.person, holder.account);
            let words = format!("{person} under {account}: wrong {}", wrong.join(", "));
            self.mix_ups.borrow_mut().push(words);
        }
    }
}

impl Machines {
    /// Says a word to PostgreSQL's keeper.
    pub(crate) fn tell_database(&mut self, word: &str) {
        if let Some(server) = &mut self.database {
            server.tell(word);
        }
    }
}

fn person(number: usize) -> String {
    format!("person{number}")
}

/// WeChat does not ask those for consent, so their name is known.
fn came_by_menu(number: usize) -> bool {
    number.is_multiple_of(2)
}

fn nickname(person: &str) -> String {
    format!("我是{person}")
}

fn appid(account: &str) -> &'static str {
    let found = ACCOUNTS.iter().find(|(name, _)| *name == account);
    found.unwrap().1
}
