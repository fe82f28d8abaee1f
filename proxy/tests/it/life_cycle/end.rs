//! From the signal to the exit code.

use std::net::TcpListener;
use std::path::Path;

use login_store::{SqliteStore, Store};
use reqwest::header::CONNECTION;
use wechat_oauth::{AppId, OpenId};

use crate::life_cycle::gated_wechat::GatedWechat;
use crate::life_cycle::site::{APPID, Settings, browser, sign_in, token_body};
use crate::support::PROXY;
use test_support::program::Program;

const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";

/// A program whose WeChat answers when it is told to.
struct Fixture {
    program: Program,
    wechat: GatedWechat,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn start(delay: u32, limit: u32) -> Self {
        let wechat = GatedWechat::start(token_body(OPENID)).await;
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("proxy.sqlite");
        let settings = Settings {
            wechat: &wechat.base_url(),
            delay,
            limit,
            ..Settings::on(&database)
        };
        Self {
            program: PROXY.start(folder.path(), &settings.toml()),
            wechat,
            folder,
        }
    }

    async fn get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}{path}", self.program.base_url());
        browser().get(url).send().await
    }

    async fn has_stored_the_identity(&self) -> bool {
        let path = self.folder.path().join("proxy.sqlite");
        let store = SqliteStore::open_file(&path).await.unwrap();
        let (appid, openid) = (AppId::parse(APPID).unwrap(), OpenId::parse(OPENID).unwrap());
        let found = store.find_identity(&appid, &openid).await;
        found.unwrap().is_some()
    }
}

/// As while it changes the tables, or waits for another that does.
#[test]
fn a_program_that_waits_for_its_database_ends_when_asked() {
    let database = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let toml = Settings::on(Path::new("unused")).toml().replace(
        "sqlite:unused",
        &format!("postgres://nobody@{}/none", database.local_addr().unwrap()),
    );
    let mut program = PROXY.spawn(folder.path(), &toml);
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
    let before = fixture.get("/readyz").await.unwrap();
    assert_eq!(before.status(), 200);
    assert!(!before.headers().contains_key(CONNECTION));

    fixture.program.signal("TERM");
    fixture.program.wait_for("readiness says no");
    let ready = fixture.get("/readyz").await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(ready.headers()[CONNECTION], "close");
    for (path, status) in [
        ("/healthz", 200),
        ("/api/bootstrap", 200),
        ("/api/session", 401),
    ] {
        let answer = fixture.get(path).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()[CONNECTION], "close", "{path}");
    }

    // A second signal: nobody else needs to notice.
    fixture.program.signal("TERM");
    fixture.program.wait_for("not waiting any longer");
    fixture.program.wait_for("new connections are refused");
    assert!(fixture.program.wait().success());
    assert!(
        fixture
            .program
            .rest_of_log()
            .contains("nothing was cut off")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_under_way_is_finished_and_newcomers_are_refused() {
    let mut fixture = Fixture::start(0, 20).await;
    let url = fixture.program.base_url();
    let login = tokio::spawn(async move { sign_in(&browser(), &url, "code").await });
    fixture.wechat.asked().await;
    fixture.program.signal("TERM");
    fixture.program.wait_for(
        "new connections are refused; finishing what is under way requests=1 exchanges=1",
    );
    assert!(fixture.get("/healthz").await.unwrap_err().is_connect());

    fixture.wechat.answer();
    let answer = login.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[CONNECTION], "close");
    assert!(fixture.program.wait().success());
    assert!(fixture.has_stored_the_identity().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_whose_phone_has_gone_is_finished_too() {
    let mut fixture = Fixture::start(0, 20).await;
    let url = fixture.program.base_url();
    let login = tokio::spawn(async move { sign_in(&browser(), &url, "code").await });
    fixture.wechat.asked().await;
    login.abort();
    assert!(login.await.unwrap_err().is_cancelled());

    fixture.program.signal("TERM");
    let line = fixture.program.wait_for("new connections are refused");
    assert!(line.contains("exchanges=1"), "{line}");
    fixture.wechat.answer();
    assert!(fixture.program.wait().success());
    assert!(fixture.has_stored_the_identity().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_finish_is_cut_at_the_limit_and_the_exit_code_says_so() {
    let mut fixture = Fixture::start(0, 1).await;
    let url = fixture.program.base_url();
    let login = tokio::spawn(async move { sign_in(&browser(), &url, "code").await });
    fixture.wechat.asked().await;
    fixture.program.signal("TERM");
    let line = fixture
        .program
        .wait_for("ended before everything was finished");
    assert!(
        line.contains("ERROR") && line.contains("requests=1 exchanges=1"),
        "{line}"
    );
    assert_eq!(fixture.program.wait().code(), Some(1));
    assert!(login.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_insists_need_not_wait_for_what_is_under_way() {
    let mut fixture = Fixture::start(0, 60).await;
    let url = fixture.program.base_url();
    let login = tokio::spawn(async move { sign_in(&browser(), &url, "code").await });
    fixture.wechat.asked().await;
    fixture.program.signal("INT");
    fixture.program.wait_for("new connections are refused");
    fixture.program.signal("INT");
    fixture.program.wait_for("asked again; not finishing");
    assert_eq!(fixture.program.wait().code(), Some(1));
    assert!(login.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_an_idle_program_at_once_though_connections_are_open() {
    let mut fixture = Fixture::start(0, 60).await;
    let browser = browser();
    let url = format!("{}/healthz", fixture.program.base_url());
    // Kept open by the browser.
    let answer = browser.get(url).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ok");
    let _silent = std::net::TcpStream::connect(fixture.program.address).unwrap();
    fixture.program.signal("INT");
    // Long before the limit, or this waits in vain.
    assert!(fixture.program.wait().success());
}
