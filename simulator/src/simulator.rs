//! A simulator inside another program: what tests start.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::issued_file;
use crate::platform::{
    ActiveFault, Fault, GrantedScope, LoggedRequest, Person, Platform, Problems, RefusalBehaviour,
    Settings, Share,
};
use crate::routes::Shared;
use crate::server;

/// A running simulator, stopped when dropped.
pub struct Simulator {
    address: SocketAddr,
    platform: Shared,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts with the built-in accounts and people on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// If no port can be bound or no thread started.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on(
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            Platform::default(),
        )
        .await
    }

    /// Starts on a listener that is already bound: the simulator can be asked as soon as this returns.
    ///
    /// Where the environment variable `WECHAT_SIMULATOR_ISSUED_FILE` names a file, what is given out is noted there, as
    /// by [`Platform::note_issued_in`], unless the platform has a file already.
    ///
    /// # Errors
    /// If the listener or that file cannot be used or no thread started.
    pub async fn start_on(listener: TcpListener, mut platform: Platform) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let file = std::env::var_os(issued_file::VARIABLE);
        if let Some(path) = file.filter(|it| !it.is_empty() && !platform.notes_issued()) {
            platform.note_issued_in(path)?;
        }
        let platform = web::Data::new(Mutex::new(platform));
        let (announce, announced) = oneshot::channel();
        let served = platform.clone();
        // actix needs its own runtime, and callers come with any runtime they like.
        let thread = std::thread::Builder::new()
            .name("wechat-simulator".into())
            .spawn(move || {
                actix_web::rt::System::new().block_on(serve(listener, served, announce));
            })?;
        let server = announced.await.map_err(std::io::Error::other)??;
        Ok(Self {
            address,
            platform,
            server,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A fresh code as if the person had authorized.
    ///
    /// # Panics
    /// On an appid or a person that does not exist: a mistake of the test.
    pub fn issue_code(&self, appid: &str, person: &str, scope: GrantedScope) -> String {
        let issued = self.platform.lock().issue_code(appid, person, scope, false);
        known(issued, appid, person)
    }

    /// A fresh code as if the person saw the app as a snapshot: it stands for a virtual user and scope
    /// `snsapi_userinfo`.
    ///
    /// # Panics
    /// On an appid or a person that does not exist: a mistake of the test.
    pub fn issue_snapshot_code(&self, appid: &str, person: &str) -> String {
        let scope = GrantedScope::Userinfo;
        let issued = self.platform.lock().issue_code(appid, person, scope, true);
        known(issued, appid, person)
    }

    /// A fresh code as `wx.login` gives it to a mini-program, or WeChat's SDK to an app after consent.
    ///
    /// # Panics
    /// On an appid of another kind or a person that does not exist: a mistake of the test.
    pub fn issue_app_code(&self, appid: &str, person: &str) -> String {
        let issued = self.platform.lock().issue_app_code(appid, person);
        known(issued, appid, person)
    }

    /// The openid of a person under an official account, so that tests need not copy it from an answer.
    pub fn openid(&self, appid: &str, person: &str) -> String {
        self.person(person).openid(appid)
    }

    /// The unionid of a person as this account learns it; none if the account is unknown or on no open platform.
    pub fn unionid(&self, appid: &str, person: &str) -> Option<String> {
        let person = self.person(person);
        person.unionid(
            self.platform
                .lock()
                .account(appid)?
                .open_platform
                .as_ref()?,
        )
    }

    /// Somebody who is not there has the ids of an ordinary person.
    fn person(&self, id: &str) -> Person {
        let known = self.platform.lock().people.get(id).cloned();
        known.unwrap_or_else(|| Person::new(id, ""))
    }

    /// Hands the phone of every browser that has not chosen a person itself to this person.
    ///
    /// # Panics
    /// On a person that does not exist: a mistake of the test.
    pub fn set_current(&self, person: &str) {
        let known = self.platform.lock().people.set_current(person);
        assert!(known, "the simulator has no person {person:?}");
    }

    /// What happens after 拒绝 from now on.
    pub fn set_refusal(&self, behaviour: RefusalBehaviour) {
        self.platform.lock().settings.refusal = behaviour;
    }

    /// Introduces somebody, or replaces the person of the same id.
    ///
    /// # Panics
    /// On a person with an impossible id, or with an openid or unionid of somebody else: a mistake of the test.
    pub fn add_person(&self, person: Person) {
        taken(self.platform.lock().put_person(person));
    }

    /// The switches as they stand.
    pub fn settings(&self) -> Settings {
        self.platform.lock().settings.clone()
    }

    /// Changes all switches at once.
    pub fn set_settings(&self, settings: Settings) {
        self.platform.lock().settings = settings;
    }

    /// Puts a fault rule in force and gives its id.
    ///
    /// # Panics
    /// On a rule that could never strike, one for an unknown person for example: a mistake of the test.
    pub fn add_fault(&self, fault: Fault) -> u64 {
        taken(self.platform.lock().add_fault(fault))
    }

    /// The fault rules in force, oldest first. A test that ordered faults can see that all were used up.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.platform.lock().faults()
    }

    /// Ends one fault rule. `false`: there is none of this id (any more).
    pub fn remove_fault(&self, id: u64) -> bool {
        self.platform.lock().remove_fault(id)
    }

    /// Ends all fault rules.
    pub fn clear_faults(&self) {
        self.platform.lock().clear_faults();
    }

    /// Everything as after the start: clock, codes, tokens, people, settings, faults and log.
    pub fn reset(&self) {
        self.platform.lock().reset();
    }

    /// Whether a token of `/cgi-bin/token` or `/cgi-bin/stable_token` is valid now.
    pub fn account_token_works(&self, appid: &str, token: &str) -> bool {
        self.platform.lock().account_token_works(appid, token)
    }

    /// What pages set to be shared, newest last.
    pub fn shares(&self) -> Vec<Share> {
        self.platform.lock().shares.clone()
    }

    /// Moves the clock by which codes and tokens expire.
    pub fn advance_clock(&self, by: Duration) {
        self.platform.lock().advance_clock(by);
    }

    /// The latest 1000 requests to WeChat's own paths, newest last, with everything secret masked.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.platform.lock().log.all()
    }
}

#[expect(clippy::panic, reason = "tests call it, no request does")]
fn known(code: Option<String>, appid: &str, person: &str) -> String {
    code.unwrap_or_else(|| panic!("the simulator has no account {appid:?} or no person {person:?}"))
}

#[expect(clippy::panic, reason = "tests call it, no request does")]
fn taken<T>(outcome: Result<T, Problems>) -> T {
    outcome.unwrap_or_else(|problems| panic!("the simulator cannot take this: {problems}"))
}

/// Runs until stopped, having announced how to stop it or why it cannot run.
async fn serve(
    listener: TcpListener,
    platform: Shared,
    announce: oneshot::Sender<std::io::Result<ServerHandle>>,
) {
    let server = match server::build([listener], platform, false) {
        Ok(server) => server,
        Err(error) => return drop(announce.send(Err(error))),
    };
    if announce.send(Ok(server.handle())).is_ok() {
        // An error while serving has no one to go to; the test's next request fails and shows it.
        drop(server.await);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Calling `stop` is what sends the command; its future only waits for the answer, and so does `join`.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
