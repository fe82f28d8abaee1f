//! WeChat's side as plain state: accounts, people, codes, tokens, a clock. No HTTP here.

mod account;
mod account_calls;
mod account_tokens;
mod authorize;
mod calls;
mod domain;
mod fault;
mod faults;
mod grants;
mod jssdk;
mod people;
mod person;
mod problem;
pub(crate) mod random;
mod request;
mod request_log;
mod rules;
mod settings;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::issued_file::IssuedFile;
use crate::query::Query;
use crate::seed::{self, Seed};
use crate::state_file::StateFile;
use crate::wechat::{CODE_LIFETIME, WEBSITE_CODE_LIFETIME};

pub(crate) use account::{Account, AccountKind};
pub(crate) use authorize::Step;
pub(crate) use domain::RegisteredDomain;
pub(crate) use people::{People, check_people};
pub(crate) use request::{AuthorizeRequest, ScanState};
pub(crate) use rules::Verdict;

pub use account::GrantedScope;
pub use fault::{Effect, Endpoint, Fault};
pub use person::{Habit, Person, Picture, Relation, SnapshotMode};
pub use problem::{Problem, Problems};
pub use request_log::{LoggedParameter, LoggedRequest, Share};
pub use rules::ActiveFault;
pub use settings::{RefusalBehaviour, Settings};

use account_tokens::AccountTokens;
use grants::{Grant, Grants};
use request::Scans;
use request_log::RequestLog;
use rules::Faults;

/// The state of a simulated WeChat.
pub struct Platform {
    /// What it started with: accounts, which never change, and people and settings for `reset`.
    pub(crate) seed: Seed,
    pub(crate) people: People,
    pub(crate) settings: Settings,
    pub(crate) log: RequestLog,
    /// Without a trailing slash.
    pub(crate) public_url: Option<String>,
    state_file: Option<StateFile>,
    issued_file: Option<IssuedFile>,
    started: Instant,
    /// What tests let pass at once; there is no way back.
    skipped: Duration,
    /// When somebody last consented, by appid and person.
    consents: HashMap<(String, String), Duration>,
    scans: Scans,
    grants: Grants,
    account_tokens: AccountTokens,
    /// What pages set to be shared, newest last.
    pub(crate) shares: Vec<Share>,
    /// WeChat's script for pages, as somebody else published it.
    pub(crate) jweixin: Option<String>,
    faults: Faults,
}

impl Default for Platform {
    /// The built-in accounts and people: accounts of every kind, and people whose names have broken software before or
    /// say what will happen.
    ///
    /// # Panics
    /// Never: a test reads the same text.
    #[expect(clippy::expect_used, reason = "a test reads the same text")]
    fn default() -> Self {
        Self::from_seed(Self::DEFAULT_SEED).expect("the built-in seed has no mistakes")
    }
}

impl Platform {
    /// The built-in seed file, with comments, to be changed and given to `from_seed`.
    pub const DEFAULT_SEED: &str = include_str!("../default.toml");

    /// Starts with the accounts, people and settings of a seed file.
    ///
    /// # Errors
    /// Everything that is wrong with the text, at once.
    pub fn from_seed(text: &str) -> Result<Self, Problems> {
        Ok(Self::new(seed::parse(text)?))
    }

    /// Adds the accounts of a proxy's configuration that the seed does not have: `[accounts.NAME]` and
    /// `[platforms.NAME]`, as wechat-login-proxy reads them.
    ///
    /// # Errors
    /// Whatever in it contradicts the seed, or is wrong by itself, all at once. Then nothing is added.
    pub fn add_accounts_of_proxy(&mut self, text: &str) -> Result<(), Problems> {
        let mut seed = self.seed.clone();
        seed::add_accounts_of_proxy(&mut seed, text)?;
        self.seed = seed;
        Ok(())
    }

    /// Sends codes to this host, too, whatever its port and the account, and answers by its name: for phones that open an
    /// app on a computer beside them.
    pub fn permit_host(&mut self, host: &str) {
        for account in &mut self.seed.accounts {
            account.other_hosts.push(host.to_ascii_lowercase());
        }
    }

    /// Whether this host, in lower case, is one of those.
    pub(crate) fn permits_host(&self, host: &str) -> bool {
        let mut accounts = self.seed.accounts.iter();
        accounts.any(|it| it.other_hosts.iter().any(|it| it == host))
    }

    fn new(seed: Seed) -> Self {
        Self {
            people: seed.people.clone(),
            settings: seed.settings.clone(),
            seed,
            log: RequestLog::default(),
            public_url: None,
            state_file: None,
            issued_file: None,
            started: Instant::now(),
            skipped: Duration::ZERO,
            consents: HashMap::new(),
            scans: Scans::new(),
            grants: Grants::default(),
            account_tokens: AccountTokens::default(),
            shares: Vec::new(),
            jweixin: None,
            faults: Faults::default(),
        }
    }

    /// Everything as after a restart: clock at 0, nothing issued, nothing logged, no faults, settings and people of
    /// the seed. People in a state file survive a restart, so they stay.
    pub(crate) fn reset(&mut self) {
        let started = Self::new(self.seed.clone());
        let before = std::mem::replace(self, started);
        if before.state_file.is_some() {
            self.people = before.people;
            self.people.set_current(&self.seed.people.current().id);
        }
        self.state_file = before.state_file;
        self.issued_file = before.issued_file;
        self.public_url = before.public_url;
        self.jweixin = before.jweixin;
    }

    /// Where browsers find the simulator, without a trailing slash; pictures are addressed by it.
    ///
    /// Without it the `Host` header of each request is used, which is right unless a reverse proxy stands before.
    pub fn set_public_url(&mut self, url: impl Into<String>) {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
    }

    /// The text of WeChat's script for pages, jweixin, which `/_simulator/jssdk.js` runs after its own; as a file for
    /// browsers, or as a module for bundlers. Without it that script loads WeChat's own from WeChat's host.
    pub fn set_jweixin(&mut self, script: impl Into<String>) {
        self.jweixin = Some(script.into());
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
        for account in &self.seed.accounts {
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

    /// Introduces somebody, or replaces the person of the same id. `true`: new. Kept in the state file, if there is
    /// one.
    ///
    /// # Errors
    /// Everything that is wrong with this person, or the failure to write the state file. Nobody has changed then.
    pub fn put_person(&mut self, person: Person) -> Result<bool, Problems> {
        let mut people = self.people.clone();
        let is_new = people.put(person);
        check_people(&by_id(&people), &self.seed.accounts)?;
        if let Some(file) = &self.state_file {
            let seeded = &self.seed.people;
            let is_seeded = |person: &Person| seeded.get(&person.id) == Some(person);
            file.save(people.iter().filter(|person| !is_seeded(person)).collect())?;
        }
        self.people = people;
        Ok(is_new)
    }

    /// Keeps people who are added or changed in a file from now on, after adding those who are in it already.
    ///
    /// # Errors
    /// If the file cannot be read or written, or if somebody in it has an id of somebody else.
    pub fn keep_state_in(&mut self, path: impl Into<PathBuf>) -> Result<(), Problems> {
        let file = StateFile::new(path);
        let mut people = self.people.clone();
        for person in file.load()? {
            people.put(person);
        }
        check_people(&by_id(&people), &self.seed.accounts)?;
        file.check()?;
        self.people = people;
        self.state_file = Some(file);
        Ok(())
    }

    pub(crate) fn account(&self, appid: &str) -> Option<&Account> {
        let mut accounts = self.seed.accounts.iter();
        accounts.find(|account| account.appid == appid)
    }

    /// Time on the clock by which codes and tokens expire; it starts at 0.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed().saturating_add(self.skipped)
    }

    pub(crate) fn advance_clock(&mut self, by: Duration) {
        self.skipped = self.skipped.saturating_add(by);
    }

    /// A code as if the person had authorized, or for `snapshot` as if the person saw the app as a snapshot; `None` if
    /// there is no such account or person.
    pub(crate) fn issue_code(
        &mut self,
        appid: &str,
        person: &str,
        scope: GrantedScope,
        snapshot: bool,
    ) -> Option<String> {
        self.account(appid)?;
        let mode = self.people.get(person)?.snapshot;
        Some(self.issue(Grant {
            virtual_user: snapshot,
            flagged: match snapshot {
                true => mode != SnapshotMode::Unflagged,
                false => mode == SnapshotMode::RealFlagged,
            },
            ..Grant::real(appid, person, scope)
        }))
    }

    /// A code as `wx.login` gives a mini-program, or WeChat's SDK an app whose user consented; `None` if there is no such
    /// account or person.
    pub(crate) fn issue_app_code(&mut self, appid: &str, person: &str) -> Option<String> {
        let scope = match self.account(appid)?.kind {
            AccountKind::Miniprogram => GrantedScope::Base,
            AccountKind::Mobile => GrantedScope::Userinfo,
            _ => return None,
        };
        self.people.get(person)?;
        Some(self.issue(Grant::real(appid, person, scope)))
    }

    fn issue(&mut self, grant: Grant) -> String {
        let code = random::code();
        self.note_issued(&code);
        let kind = self.account(&grant.appid).map(|account| account.kind);
        let lifetime = match kind {
            Some(AccountKind::Website | AccountKind::Mobile) => WEBSITE_CODE_LIFETIME,
            _ => CODE_LIFETIME,
        };
        let now = self.now();
        self.grants.issue_code(code.clone(), grant, lifetime, now);
        code
    }

    /// Notes an answered request.
    pub(crate) fn record(&mut self, method: &str, path: &str, query: &Query, errcode: i64) {
        let code = query.get("code").or(query.get("js_code"));
        let code_number = code.and_then(|code| self.grants.number_of(code));
        self.log
            .record(self.now(), method, path, query, code_number, errcode);
    }
}

fn by_id(people: &People) -> Vec<(String, &Person)> {
    let people = people.iter();
    people.map(|it| (it.id.clone(), it)).collect()
}
