//! Session keys change while nobody is logged out, by the documented steps.

use std::path::Path;

use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use wechat_simulator::{GrantedScope, Simulator};

use crate::life_cycle::site::{APPID, Settings, browser, sign_in};
use crate::support::PROXY;
use test_support::program::Program;

const OLD: &str = "old-0123456789abcdef0123456789abcdef";
const NEW: &str = "new-0123456789abcdef0123456789abcdef";

/// Two replicas on one database, each with a folder for its configuration.
struct Replicas {
    simulator: Simulator,
    folder: tempfile::TempDir,
    running: [Option<Program>; 2],
    client: Client,
}

impl Replicas {
    async fn start(keys: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["0", "1"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut replicas = Self {
            simulator: Simulator::start().await.unwrap(),
            folder,
            running: [None, None],
            client: browser(),
        };
        replicas.restart(0, keys);
        replicas.restart(1, keys);
        replicas
    }

    /// Ends a replica as an update does, and starts it with these keys.
    fn restart(&mut self, index: usize, keys: &[&str]) {
        if let Some(mut running) = self.running[index].take() {
            running.signal("TERM");
            assert!(running.wait().success());
        }
        let database = self.folder.path().join("proxy.sqlite");
        let settings = Settings {
            wechat: &self.simulator.base_url(),
            session_keys: keys,
            ..Settings::on(&database)
        };
        let folder: &Path = &self.folder.path().join(index.to_string());
        self.running[index] = Some(PROXY.start(folder, &settings.toml()));
    }

    fn base_url(&self, index: usize) -> String {
        self.running[index].as_ref().unwrap().base_url()
    }

    /// A session's cookie, sealed by this replica.
    async fn sign_in_at(&self, index: usize) -> String {
        let code = self
            .simulator
            .issue_code(APPID, "xiaoming", GrantedScope::Base);
        let answer = sign_in(&browser(), &self.base_url(index), &code)
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Whether both replicas, one of them, or none know the session.
    async fn known_at(&self, cookie: &str) -> [bool; 2] {
        let mut known = [false; 2];
        for (index, known) in known.iter_mut().enumerate() {
            let url = format!("{}/api/session", self.base_url(index));
            let answer = self
                .client
                .get(url)
                .header(COOKIE, cookie)
                .send()
                .await
                .unwrap();
            *known = answer.status() == 200;
        }
        known
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_after_the_other_logs_nobody_out_at_any_moment() {
    let mut replicas = Replicas::start(&[OLD]).await;
    let mut cookies = vec![replicas.sign_in_at(0).await];
    for keys in [&[OLD, NEW], &[NEW, OLD]] {
        for index in [0, 1] {
            replicas.restart(index, keys);
            // In the middle of the step, too.
            cookies.push(replicas.sign_in_at(0).await);
            cookies.push(replicas.sign_in_at(1).await);
            for cookie in &cookies {
                assert_eq!(
                    replicas.known_at(cookie).await,
                    [true, true],
                    "{keys:?} {index}"
                );
            }
        }
    }
    // When the last session that the old key sealed has ended, it goes.
    let sealed_by_new = replicas.sign_in_at(0).await;
    for index in [0, 1] {
        replicas.restart(index, &[NEW]);
        assert_eq!(replicas.known_at(&sealed_by_new).await, [true, true]);
    }
    assert_eq!(
        replicas.known_at(&cookies[0]).await,
        [false, false],
        "sealed by the old key"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_first_step_a_replica_that_was_not_restarted_yet_knows_nobody_from_the_other() {
    let mut replicas = Replicas::start(&[OLD]).await;
    replicas.restart(0, &[NEW, OLD]);
    let cookie = replicas.sign_in_at(0).await;
    assert_eq!(replicas.known_at(&cookie).await, [true, false]);
}
