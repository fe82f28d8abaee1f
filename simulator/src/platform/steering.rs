//! Levers that WeChat does not have.

use std::time::Duration;

use super::Platform;
use super::account_tokens::AccountTokens;
use super::clock::Clock;
use super::codes::Codes;
use super::faults::Faults;
use super::request_log::RequestLog;
use super::user_tokens::UserTokens;

impl Platform {
    /// Everything as after a restart: clock at 0, nothing issued, nothing logged, no faults, settings and people of
    /// the seed. People in a state file survive a restart, so they stay.
    pub(crate) fn reset(&mut self) {
        if self.state_file.is_none() {
            self.people = self.seed.people.clone();
        } else {
            let holder = self.seed.people.current().id.clone();
            self.people.set_current(&holder);
        }
        self.clock = Clock::running();
        self.consents.clear();
        self.scans.clear();
        self.codes = Codes::default();
        self.tokens = UserTokens::default();
        self.account_tokens = AccountTokens::default();
        self.faults = Faults::default();
        self.settings = self.seed.settings.clone();
        self.log = RequestLog::default();
    }

    /// Time on the clock by which codes and tokens expire; it starts at 0.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The request log starts anew.
    pub(crate) fn clear_requests(&mut self) {
        self.log.clear();
    }
}
