//! From the signal to the exit code.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use login_store::SqliteStore;
use test_support::program::Program;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::site::{Settings, browser};
use crate::support::*;

/// A program whose WeChat answers when it is told to.
struct Fixture {
    program: Program,
    wechat: Upstream,
    gate: Arc<Semaphore>,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn start(delay: u32, limit: u32) -> Self {
        let (gate, reply) = gated();
        let wechat = Upstream::start([reply]).await;
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            wechat: &wechat.base_url(),
            delay,
            limit,
            ..Settings::in_folder(folder.path())
        };
        Self {
            program: PROXY.start(folder.path(), &settings.toml()),
            wechat,
            gate,
            folder,
        }
    }

    /// One that waits for a login under way, sent from a task of its own.
    async fn start_with_login(limit: u32) -> (Self, JoinHandle<reqwest::Result<Response>>) {
        let fixture = Self::start(0, limit).await;
        let browser = browser(fixture.program.base_url());
        let body = json!({ "account": "shop", "code": "code", "verifier": VERIFIER });
        let login = browser.request(Method::POST, "/api/session").json(&body);
        let login = tokio::spawn(login.send());
        fixture.wechat.wait_for(1).await;
        (fixture, login)
    }

    fn browser(&self) -> Caller {
        browser(self.program.base_url())
    }

    async fn has_stored_the_identity(&self) -> bool {
        let path = self.folder.path().join("proxy.sqlite");
        let store = SqliteStore::open_file(&path).await.unwrap();
        known(&store).await.is_some()
    }
}

/// As while it changes the tables, or waits for another that does.
#[test]
fn a_program_that_waits_for_its_database_ends_when_asked() {
    let database = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = database.local_addr().unwrap();
    let settings = Settings {
        database: format!("postgres://nobody@{address}/none"),
        ..Settings::in_folder(Path::new("unused"))
    };
    let mut program = PROXY.spawn(folder.path(), &settings.toml());
    program.wait_for("starting");
    let (_connection, _) = database.accept().unwrap();
    program.signal("TERM");
    assert_eq!(program.wait().code(), Some(0));
    let log = program.rest_of_log();
    assert!(log.contains("before the start"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_says_no_first_while_everything_is_still_served() {
    let mut fixture = Fixture::start(60, 120).await;
    let before = fixture.browser().get("/readyz").await;
    assert_eq!(before.status(), 200);
    assert!(!before.has("connection"));

    fixture.program.signal("TERM");
    fixture.program.wait_for("readiness says no");
    for (path, status) in [
        ("/readyz", 503),
        ("/healthz", 200),
        ("/api/bootstrap", 200),
        ("/api/session", 401),
    ] {
        let answer = fixture.browser().get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.header("connection"), "close", "{path}");
    }

    // A second signal: nobody else needs to notice.
    fixture.program.signal("TERM");
    fixture.program.wait_for("not waiting any longer");
    fixture.program.wait_for("new connections are refused");
    assert!(fixture.program.wait().success());
    let log = fixture.program.rest_of_log();
    assert!(log.contains("nothing was cut off"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_under_way_is_finished_and_newcomers_are_refused() {
    let (mut fixture, login) = Fixture::start_with_login(20).await;
    fixture.program.signal("TERM");
    let refused = "new connections are refused; finishing what is under way requests=1 exchanges=1";
    fixture.program.wait_for(refused);
    let newcomer = fixture.browser().request(Method::GET, "/healthz");
    assert!(newcomer.send().await.unwrap_err().is_connect());

    fixture.gate.add_permits(1);
    let answer = login.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("connection"), "close");
    assert!(fixture.program.wait().success());
    assert!(fixture.has_stored_the_identity().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_whose_phone_has_gone_is_finished_too() {
    let (mut fixture, login) = Fixture::start_with_login(20).await;
    login.abort();
    assert!(login.await.unwrap_err().is_cancelled());

    fixture.program.signal("TERM");
    let line = fixture.program.wait_for("new connections are refused");
    assert!(line.contains("exchanges=1"), "{line}");
    fixture.gate.add_permits(1);
    assert!(fixture.program.wait().success());
    assert!(fixture.has_stored_the_identity().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_finish_is_cut_at_the_limit_and_the_exit_code_says_so() {
    let (mut fixture, login) = Fixture::start_with_login(1).await;
    fixture.program.signal("TERM");
    let ended = "ended before everything was finished";
    let line = fixture.program.wait_for(ended);
    for words in ["ERROR", "requests=1 exchanges=1"] {
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(fixture.program.wait().code(), Some(1));
    assert!(login.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_insists_need_not_wait_for_what_is_under_way() {
    let (mut fixture, login) = Fixture::start_with_login(60).await;
    fixture.program.signal("INT");
    fixture.program.wait_for("new connections are refused");
    fixture.program.signal("INT");
    fixture.program.wait_for("asked again; not finishing");
    let line = fixture.program.wait_for("ended before");
    let words = ["WARN", "for somebody asked again", "requests=1 exchanges=1"];
    assert!(words.iter().all(|words| line.contains(words)), "{line}");
    assert_eq!(fixture.program.wait().code(), Some(1));
    assert!(login.await.unwrap().is_err());
    assert!(!fixture.program.rest_of_log().contains("shutdown_limit"));
}

/// As of a service manager and somebody at the keyboard, both at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_twice_while_nothing_is_under_way_it_has_cut_off_nothing() {
    for pair in [["TERM", "INT"], ["INT", "TERM"]] {
        let mut fixture = Fixture::start(0, 60).await;
        let browser = fixture.browser();
        assert_eq!(browser.get("/healthz").await.string().await, "ok");
        for name in pair {
            fixture.program.signal(name);
        }
        fixture.program.wait_for("nothing is under way");
        fixture.program.wait_for("nothing was cut off");
        assert_eq!(fixture.program.wait().code(), Some(0));
        let log = fixture.program.kill();
        assert!(!log.contains(" ERROR ") && !log.contains(" WARN "), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_an_idle_program_at_once_though_connections_are_open() {
    let mut fixture = Fixture::start(0, 60).await;
    let browser = fixture.browser();
    // Kept open by the browser.
    assert_eq!(browser.get("/healthz").await.string().await, "ok");
    let _silent = std::net::TcpStream::connect(fixture.program.address).unwrap();
    fixture.program.signal("INT");
    // Long before the limit, or this waits in vain.
    assert!(fixture.program.wait().success());
}
