//! What happens to an accepted authorize request: who is asked, who is not, and as whom the app sees the person.
//!
//! | scope | person | step |
//! |---|---|---|
//! | `snsapi_base` | anybody | code at once |
//! | `snsapi_userinfo` | follower from the menu, or consented recently | code at once |
//! | `snsapi_userinfo` | with a snapshot mode, or `forceSnapShot=true` | snapshot: code of a virtual user first |
//! | `snsapi_userinfo` | 拒绝 | refusal |
//! | `snsapi_userinfo` | everybody else | consent |

use std::time::Duration;

use super::codes::Grant;
use super::{AuthorizeRequest, GrantedScope, Habit, Person, Platform, Relation, SnapshotMode};

/// The next thing a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: the browser goes on with a code.
    Silent,
    /// The consent page.
    Consent,
    /// The app as a snapshot.
    Snapshot,
    /// What follows a refusal: this person always refuses.
    Refusal,
}

impl Platform {
    /// What comes next for this person.
    pub(crate) fn next_step(&self, request: &AuthorizeRequest, person: &Person) -> Step {
        if request.scope == GrantedScope::Base {
            return Step::Silent;
        }
        // WeChat's web authorization page: silent for followers from the menu, and then forcePopup has no effect.
        if person.relation == Relation::FollowerFromMenu {
            return Step::Silent;
        }
        if person.has_habit(Habit::Refuses) {
            return Step::Refusal;
        }
        let recent = self.has_consented(&request.appid, &person.id);
        let snapshot = match person.snapshot {
            SnapshotMode::Flagged | SnapshotMode::Unflagged => true,
            SnapshotMode::Never | SnapshotMode::RealFlagged => request.force_snapshot,
        };
        match (recent, snapshot) {
            (true, _) if !request.force_popup => Step::Silent,
            (false, true) => Step::Snapshot,
            _ => Step::Consent,
        }
    }

    /// Issues a code of the person and gives the address that carries it back. The consent is remembered.
    pub(crate) fn grant(&mut self, request: &AuthorizeRequest, person: &Person) -> String {
        let mut grant = Grant::real(&request.appid, &person.id, request.scope);
        if request.scope.asks_for_consent() {
            grant.flagged = person.snapshot == SnapshotMode::RealFlagged;
            let consent = (request.appid.clone(), person.id.clone());
            self.consents.insert(consent, self.clock.now());
        }
        let code = self.issue(grant);
        request.target.granted(&code, &request.state)
    }

    /// Issues a code of the virtual user that stands for the person in a snapshot.
    pub(crate) fn grant_snapshot(&mut self, request: &AuthorizeRequest, person: &Person) -> String {
        let grant = Grant {
            virtual_user: true,
            flagged: person.snapshot != SnapshotMode::Unflagged,
            ..Grant::real(&request.appid, &person.id, request.scope)
        };
        let code = self.issue(grant);
        request.target.granted(&code, &request.state)
    }

    /// An address like those of a grant, with a code that was never issued: for whoever only looks where it would lead.
    pub(crate) fn pretend(&mut self, request: &AuthorizeRequest) -> String {
        request.target.granted(&self.random.code(), &request.state)
    }

    /// Whether the person has ever said 允许 to this account.
    pub(super) fn has_ever_consented(&self, grant: &Grant) -> bool {
        let consent = (grant.appid.clone(), grant.person.clone());
        self.consents.contains_key(&consent)
    }

    fn has_consented(&self, appid: &str, person: &str) -> bool {
        let lifetime = Duration::from_secs(self.settings.remember_consent_seconds);
        let consent = (appid.to_owned(), person.to_owned());
        self.consents
            .get(&consent)
            .is_some_and(|at| self.clock.now().saturating_sub(*at) < lifetime)
    }
}
