//! WeChat's side as plain state: accounts, people, codes, tokens, a clock. No HTTP here.

mod account;
mod account_tokens;
mod api_refusal;
mod authorize;
mod authorize_refusal;
mod clock;
mod codes;
mod domain;
mod exchange;
mod fault_orders;
mod faults;
mod identity;
mod journey;
mod login;
mod people;
mod person;
mod population;
mod problem;
mod random;
mod refresh;
mod refusal;
mod request_log;
mod scope;
mod settings;
mod steering;
mod user_info;
mod user_tokens;
mod who;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use crate::issued_file::IssuedFile;
use crate::raw_query::RawQuery;
use crate::state_file::StateFile;
use crate::world::World;

pub(crate) use account::{Account, AccountKind, NotRegistered, looks_like_a_real_secret};
pub(crate) use account_tokens::{AccountTokenRequest, IssuedAccountToken};
pub(crate) use api_refusal::{ApiRefusal, errmsg_of};
pub(crate) use authorize::{AuthorizeRequest, Visitor};
pub(crate) use authorize_refusal::AuthorizeRefusal;
pub(crate) use domain::RegisteredDomain;
pub(crate) use exchange::{ExchangeRequest, Exchanged};
pub(crate) use fault_orders::Delivery;
pub(crate) use faults::{Subject, Verdict};
pub(crate) use identity::{clashes, person_problems};
pub(crate) use journey::Step;
pub(crate) use login::ScanState;
pub(crate) use people::People;
pub(crate) use refresh::RefreshRequest;
pub(crate) use user_info::UserInfo;

pub use faults::{ActiveFault, Effect, Endpoint, Fault};
pub use person::{Habit, Person, Picture, Relation, SnapshotMode};
pub use problem::{Problem, Problems};
pub use refusal::RefusalBehaviour;
pub use request_log::{LoggedParameter, LoggedRequest};
pub use scope::GrantedScope;
pub use settings::Settings;

use account_tokens::AccountTokens;
use clock::Clock;
use codes::{Codes, Grant};
use faults::Faults;
use login::Scans;
use random::Random;
use request_log::RequestLog;
use user_tokens::UserTokens;

/// The state of a simulated WeChat.
pub struct Platform {
    /// What it started with, for `reset`.
    seed: World,
    state_file: Option<StateFile>,
    issued_file: Option<IssuedFile>,
    accounts: Vec<Account>,
    people: People,
    clock: Clock,
    random: Random,
    /// When somebody last consented, by appid and person.
    consents: HashMap<(String, String), Duration>,
    scans: Scans,
    codes: Codes,
    tokens: UserTokens,
    account_tokens: AccountTokens,
    faults: Faults,
    settings: Settings,
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
    /// The built-in seed file, with comments, to be changed and given to `from_seed`.
    pub const DEFAULT_SEED: &str = crate::seed::DEFAULT;

    /// Starts with the accounts, people and settings of a seed file.
    ///
    /// # Errors
    /// Everything that is wrong with the text, at once.
    pub fn from_seed(text: &str) -> Result<Self, Problems> {
        Ok(Self::new(World::from_seed(text)?))
    }

    /// Starts with some accounts and people and nothing issued.
    pub(crate) fn new(world: World) -> Self {
        Self {
            accounts: world.accounts.clone(),
            people: world.people.clone(),
            clock: Clock::running(),
            random: Random::from_system(),
            consents: HashMap::new(),
            scans: Scans::new(),
            codes: Codes::default(),
            tokens: UserTokens::default(),
            account_tokens: AccountTokens::default(),
            faults: Faults::default(),
            settings: world.settings.clone(),
            log: RequestLog::default(),
            public_url: None,
            state_file: None,
            issued_file: None,
            seed: world,
        }
    }

    /// Where browsers find the simulator, without a trailing slash; pictures are addressed by it.
    ///
    /// Without it the `Host` header of each request is used, which is right unless a reverse proxy stands before.
    pub fn set_public_url(&mut self, url: impl Into<String>) {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
    }

    /// Appends everything secret that is given out from now on to a file, one value on each line: codes, tokens,
    /// openids, unionids; and at once the secrets of the accounts.
    ///
    /// For tests that search what was logged for it. The file is as secret as its content.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn note_issued_in(&mut self, path: impl AsRef<Path>) -> std::io::Result<()> {
        let mut file = IssuedFile::open(path.as_ref())?;
        for account in &self.accounts {
            file.note(&account.secret);
        }
        self.issued_file = Some(file);
        Ok(())
    }

    /// Whether there is such a file.
    pub(crate) fn notes_issued(&self) -> bool {
        self.issued_file.is_some()
    }

    /// Something secret is given out.
    fn note_issued(&mut self, value: &str) {
        if let Some(file) = &mut self.issued_file {
            file.note(value);
        }
    }

    /// What happens after 拒绝 from now on.
    pub fn set_refusal(&mut self, behaviour: RefusalBehaviour) {
        self.settings.refusal = behaviour;
    }

    /// The switches as they stand.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes all switches at once.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
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
        let is_flagged = self.people.get(person)?.snapshot == SnapshotMode::RealFlagged;
        Some(self.issue(Grant {
            flagged: is_flagged,
            ..Grant::real(appid, person, scope)
        }))
    }

    /// A code as if the person saw the app as a snapshot; `None` if there is no such account or person.
    pub(crate) fn issue_snapshot_code(&mut self, appid: &str, person: &str) -> Option<String> {
        self.account(appid)?;
        let is_flagged = self.people.get(person)?.snapshot != SnapshotMode::Unflagged;
        Some(self.issue(Grant {
            virtual_user: true,
            flagged: is_flagged,
            ..Grant::real(appid, person, GrantedScope::Userinfo)
        }))
    }

    fn issue(&mut self, grant: Grant) -> String {
        let code = self.random.code();
        self.note_issued(&code);
        self.codes.issue(code.clone(), grant, self.clock.now());
        code
    }

    /// A fresh request id for an error text.
    pub(crate) fn rid(&mut self) -> String {
        self.random.rid()
    }

    /// Notes an answered request.
    pub(crate) fn record(&mut self, method: &str, path: &str, query: &RawQuery, errcode: i64) {
        let code_number = query
            .get("code")
            .and_then(|code| self.codes.number_of(code));
        let now = self.clock.now();
        self.log
            .record(now, method, path, query, code_number, errcode);
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.log.all()
    }
}
