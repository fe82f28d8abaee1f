//! WeChat's side as plain state: accounts, people, codes, tokens, a clock. No HTTP here.

mod account;
mod api_refusal;
mod authorize;
mod clock;
mod codes;
mod exchange;
mod people;
mod random;
mod refusal;
mod request_log;
mod scope;
mod tokens;
mod user_info;

use std::time::Duration;

use crate::raw_query::RawQuery;
use crate::world::World;

pub(crate) use account::{Account, NotRegistered};
pub(crate) use api_refusal::ApiRefusal;
pub(crate) use authorize::{AuthorizeRefusal, AuthorizeRequest};
pub(crate) use exchange::{ExchangeRequest, Exchanged};
pub(crate) use people::{People, Person};
pub(crate) use user_info::UserInfo;

pub use refusal::RefusalBehaviour;
pub use request_log::{LoggedParameter, LoggedRequest};
pub use scope::GrantedScope;

use clock::Clock;
use codes::{Codes, Grant};
use random::Random;
use request_log::RequestLog;
use tokens::Tokens;

/// The state of a simulated WeChat.
pub struct Platform {
    accounts: Vec<Account>,
    people: People,
    clock: Clock,
    random: Random,
    codes: Codes,
    tokens: Tokens,
    refusal: RefusalBehaviour,
    log: RequestLog,
    public_url: Option<String>,
}

impl Default for Platform {
    /// The built-in accounts and people.
    fn default() -> Self {
        Self::new(World::builtin())
    }
}

impl Platform {
    /// Starts with some accounts and people and nothing issued.
    pub(crate) fn new(world: World) -> Self {
        Self {
            accounts: world.accounts,
            people: world.people,
            clock: Clock::running(),
            random: Random::from_system(),
            codes: Codes::default(),
            tokens: Tokens::default(),
            refusal: RefusalBehaviour::default(),
            log: RequestLog::default(),
            public_url: None,
        }
    }

    /// Where browsers find the simulator, without a trailing slash; pictures are addressed by it.
    ///
    /// Without it the `Host` header of each request is used, which is right unless a reverse proxy stands before.
    pub fn set_public_url(&mut self, url: impl Into<String>) {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
    }

    /// What happens after 拒绝 from now on.
    pub fn set_refusal(&mut self, behaviour: RefusalBehaviour) {
        self.refusal = behaviour;
    }

    pub(crate) fn refusal(&self) -> RefusalBehaviour {
        self.refusal
    }

    pub(crate) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(crate) fn account(&self, appid: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.appid == appid)
    }

    pub(crate) fn people(&self) -> &People {
        &self.people
    }

    /// Hands the phone of all browsers that have not chosen themselves to somebody. `false`: no such person.
    pub(crate) fn set_current(&mut self, person: &str) -> bool {
        self.people.set_current(person)
    }

    pub(crate) fn advance_clock(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    /// A code as if the person had authorized; `None` if there is no such account or person.
    pub(crate) fn issue_code(
        &mut self,
        appid: &str,
        person: &str,
        scope: GrantedScope,
    ) -> Option<String> {
        self.account(appid)?;
        self.people.get(person)?;
        Some(self.issue(Grant {
            appid: appid.to_owned(),
            person: person.to_owned(),
            scope,
        }))
    }

    fn issue(&mut self, grant: Grant) -> String {
        let code = self.random.code();
        self.codes.issue(code.clone(), grant, self.clock.now());
        code
    }

    /// A fresh request id for an error text.
    pub(crate) fn rid(&mut self) -> String {
        self.random.rid()
    }

    /// Notes an answered request.
    pub(crate) fn record(&mut self, method: &str, path: &str, query: &RawQuery, errcode: i64) {
        self.log
            .record(self.clock.now(), method, path, query, errcode);
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.log.all()
    }
}
