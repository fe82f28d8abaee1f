//! The authorize page: what it accepts, who is asked, and as whom the app sees the person.
//!
//! | scope | person | step |
//! |---|---|---|
//! | `snsapi_base` | anybody | code at once |
//! | `snsapi_userinfo` | follower from the menu, or consented recently | code at once |
//! | `snsapi_userinfo` | with a snapshot mode, or `forceSnapShot=true` | snapshot: code of a virtual user first |
//! | `snsapi_userinfo` | 拒绝 | refusal |
//! | `snsapi_userinfo` | everybody else | consent |
//!
//! And website applications: a QR code on a computer, scanned and confirmed with a phone.

use std::time::Duration;

use crate::query::Query;
use crate::redirect::RedirectTarget;
use crate::wechat::{AUTHORIZE_PARAMETERS, AuthorizeRefusal, PAGES, SCAN_LIFETIME, STATE_BYTES};

use super::grants::Grant;
use super::request::{Scan, ScanState};
use super::{
    Account, AccountKind, AuthorizeRequest, GrantedScope, Habit, Person, Platform,
    RefusalBehaviour, Relation, SnapshotMode, random,
};

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
    /// Checks an authorize request, as this person would send it from a browser that calls itself so.
    ///
    /// The order of the checks is our guess: WeChat documents none.
    ///
    /// # Errors
    /// The first refusal in that order.
    pub(crate) fn check_authorize(
        &self,
        query: &Query,
        person: &Person,
        user_agent: &str,
    ) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        if self.settings.require_wechat && !is_wechat(user_agent) {
            return Err(PAGES.not_wechat.refuse());
        }
        if self.settings.strict_order && !is_in_order(query) {
            return Err(PAGES.wrong_order.refuse());
        }
        let required = require(query)?;
        let state = query.get("state").unwrap_or_default();
        if self.settings.require_state && state.is_empty() {
            return Err(PAGES.missing_state.refuse());
        }
        if state.len() > STATE_BYTES && !self.settings.long_state {
            let bytes = state.len().to_string();
            return Err(PAGES.state_too_long.refuse_given(&bytes, &[]));
        }
        let account = match self.account(required.appid) {
            Some(account) if matches!(account.kind, AccountKind::Website | AccountKind::Mobile) => {
                return Err(PAGES.website_appid.refuse());
            }
            Some(account) => account,
            None => return Err(PAGES.unknown_appid.refuse_given(required.appid, &[])),
        };
        let component = account.component || query.get("component_appid").is_some();
        if component && !account.banned {
            return Err(PAGES.component.refuse());
        }
        let request = self.permitted(account, &required, query)?;
        if account.kind == AccountKind::Test && !person.follows(&account.appid) {
            return Err(PAGES.must_follow.refuse());
        }
        if self.settings.too_frequent {
            return Err(PAGES.too_frequent.refuse());
        }
        Ok(request)
    }

    /// Checks what a website asks for.
    ///
    /// # Errors
    /// The first refusal, in the order of the authorize page. No limit of `state` is known for this page.
    pub(crate) fn check_login(&self, query: &Query) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        let required = require(query)?;
        let account = self.account(required.appid);
        match account.filter(|account| account.kind == AccountKind::Website) {
            Some(account) => self.permitted(account, &required, query),
            None => Err(PAGES.unknown_website.refuse_given(required.appid, &[])),
        }
    }

    /// What both pages check of an account that is theirs.
    fn permitted(
        &self,
        account: &Account,
        required: &Required<'_>,
        query: &Query,
    ) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        if account.banned {
            return Err(PAGES.banned.refuse());
        }
        let scope = account.granted(required.scope)?;
        let response_type = query.get("response_type").unwrap_or_default();
        if response_type != "code" {
            return Err(PAGES.wrong_response_type.refuse_given(response_type, &[]));
        }
        let target = RedirectTarget::parse(required.redirect_uri).map_err(|page| page.refuse())?;
        account
            .permits(&target)
            .map_err(|page| page.refuse_given(&target.host, &account.domains))?;
        Ok(AuthorizeRequest {
            appid: account.appid.clone(),
            title: account.title.clone(),
            target: match self.settings.drop_openid_parameter {
                true => target.without_parameter("openId"),
                false => target,
            },
            scope,
            state: query.get("state").unwrap_or_default().to_owned(),
            force_popup: query.get("forcePopup") == Some("true"),
            force_snapshot: query.get("forceSnapShot") == Some("true"),
            out_of_order: !is_in_order(query),
            raw_query: String::new(),
            looks_only: false,
        })
    }

    /// What comes next for this person.
    pub(crate) fn next_step(&self, request: &AuthorizeRequest, person: &Person) -> Step {
        // WeChat's web authorization page: silent for followers from the menu, and then forcePopup has no effect.
        if request.scope == GrantedScope::Base || person.relation == Relation::FollowerFromMenu {
            return Step::Silent;
        }
        if person.habit == Some(Habit::Refuses) {
            return Step::Refusal;
        }
        let remembered = Duration::from_secs(self.settings.remember_consent_seconds);
        let consent = self.consented_at(&request.appid, &person.id);
        let recent = consent.is_some_and(|at| self.now().saturating_sub(at) < remembered);
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

    /// Issues a code of the person, or of the virtual user that stands for the person in a snapshot, and gives the
    /// address that carries it back. The person's consent is remembered.
    pub(crate) fn grant(
        &mut self,
        request: &AuthorizeRequest,
        person: &Person,
        virtual_user: bool,
    ) -> String {
        if request.looks_only {
            return request.target.granted(&random::code(), &request.state);
        }
        let mut grant = Grant::real(&request.appid, &person.id, request.scope);
        grant.virtual_user = virtual_user;
        if virtual_user {
            grant.flagged = person.snapshot != SnapshotMode::Unflagged;
        } else if request.scope.asks_for_consent() {
            grant.flagged = person.snapshot == SnapshotMode::RealFlagged;
            let consent = (request.appid.clone(), person.id.clone());
            self.consents.insert(consent, self.now());
        }
        let code = self.issue(grant);
        request.target.granted(&code, &request.state)
    }

    /// Puts a QR code on the screen; the ticket in it cannot be guessed.
    pub(crate) fn show_scan(&mut self, request: AuthorizeRequest) -> String {
        let ticket = random::code();
        let scan = Scan {
            request,
            state: ScanState::Waiting,
            location: None,
            expires_at: self.now().saturating_add(SCAN_LIFETIME),
        };
        self.scans.insert(ticket.clone(), scan);
        ticket
    }

    /// A QR code that has not expired.
    pub(crate) fn scan(&mut self, ticket: &str) -> Option<&mut Scan> {
        let now = self.now();
        self.scans.retain(|_, scan| now < scan.expires_at);
        self.scans.get_mut(ticket)
    }

    /// 确认登录: the computer gets a code. `None`: the QR code has expired or was decided already.
    pub(crate) fn confirm_scan(&mut self, ticket: &str, person: &Person) -> Option<()> {
        let request = self.scan(ticket)?.undecided()?;
        let code = self.issue(Grant::real(&request.appid, &person.id, GrantedScope::Login));
        let location = request.target.granted(&code, &request.state);
        self.scan(ticket)?
            .decide(ScanState::Confirmed, Some(location))
    }

    /// 取消. WeChat's current page on website applications says that nothing is redirected then, older ones that the
    /// state is; the setting for refusals decides.
    pub(crate) fn cancel_scan(&mut self, ticket: &str) -> Option<()> {
        let redirects = self.settings.refusal == RefusalBehaviour::RedirectWithState;
        let scan = self.scan(ticket)?;
        let request = scan.undecided()?;
        let location = redirects.then(|| request.target.refused(&request.state));
        scan.decide(ScanState::Cancelled, location)
    }

    /// When the person last said 允许 to this account.
    pub(super) fn consented_at(&self, appid: &str, person: &str) -> Option<Duration> {
        self.consents
            .get(&(appid.to_owned(), person.to_owned()))
            .copied()
    }
}

/// What both pages cannot do without.
struct Required<'a> {
    appid: &'a str,
    redirect_uri: &'a str,
    scope: &'a str,
}

fn require(query: &Query) -> Result<Required<'_>, AuthorizeRefusal> {
    Ok(Required {
        appid: query
            .get("appid")
            .ok_or_else(|| PAGES.missing_appid.refuse())?,
        redirect_uri: (query.get("redirect_uri"))
            .ok_or_else(|| PAGES.missing_redirect_uri.refuse())?,
        scope: query
            .get("scope")
            .ok_or_else(|| PAGES.missing_scope.refuse())?,
    })
}

/// WeCom's browser says `MicroMessenger` too, but official accounts cannot authorize there.
fn is_wechat(user_agent: &str) -> bool {
    let user_agent = user_agent.to_ascii_lowercase();
    user_agent.contains("micromessenger") && !user_agent.contains("wxwork")
}

/// Whether the five parameters, as far as they are there, come first and in WeChat's order.
fn is_in_order(query: &Query) -> bool {
    let mut names = query.iter().map(|(name, _)| name);
    let is_there = |expected: &&str| query.iter().any(|(name, _)| name == *expected);
    let mut expected = AUTHORIZE_PARAMETERS.into_iter().filter(is_there);
    expected.all(|expected| names.next() == Some(expected))
}
