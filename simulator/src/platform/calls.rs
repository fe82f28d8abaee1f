//! The state behind `/sns/*`: a code becomes tokens, a refresh token more time, an access token a name and a picture.
//!
//! WeChat documents no order of its checks. Ours: what is missing, then the grant type, who asks, the code or token,
//! the person; so that a made-up code tells whether appid and secret are right.

use serde::Serialize;

use crate::ids;
use crate::query::Query;
use crate::wechat::{ApiRefusal, TOKEN_LIFETIME, VIRTUAL_NICKNAME};

use super::grants::Grant;
use super::{Habit, Picture, Platform, random};

/// What the exchange gives, and a refresh, in WeChat's field order.
#[derive(Serialize)]
pub(crate) struct Exchanged {
    access_token: String,
    expires_in: u64,
    /// WeChat sends one for any scope.
    refresh_token: String,
    openid: String,
    scope: &'static str,
    /// Not with `snsapi_base`, and only if the account is bound to an open platform. Never after a refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
    /// 1: the user is the virtual one of a snapshot, or is said to be. Only with `snsapi_userinfo`, never after a
    /// refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_snapshotuser: Option<u8>,
}

/// What WeChat tells about a person, in its field order.
#[derive(Default, Serialize)]
pub(crate) struct UserInfo {
    openid: String,
    /// Any Unicode text, possibly empty.
    pub(crate) nickname: String,
    // WeChat fills sex and region with nothing since 2021-10-20; language is undocumented but sent.
    sex: u8,
    language: &'static str,
    city: &'static str,
    province: &'static str,
    country: &'static str,
    headimgurl: String,
    privilege: [&'static str; 0],
    /// Only if the account is bound to an open platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
    /// The name arrives with half a character at its end.
    #[serde(skip)]
    pub(crate) broken_name: bool,
}

impl Platform {
    /// Redeems a code.
    ///
    /// # Errors
    /// The first refusal. Only a successful exchange uses the code up.
    pub(crate) fn exchange(&mut self, query: &Query) -> Result<Exchanged, ApiRefusal> {
        let appid = query.get("appid").ok_or(ApiRefusal::MissingAppid)?;
        let secret = query.get("secret").ok_or(ApiRefusal::MissingSecret)?;
        let code = query.get("code").ok_or(ApiRefusal::MissingCode)?;
        if query.get("grant_type") != Some("authorization_code") {
            return Err(ApiRefusal::InvalidGrantType);
        }
        self.check_secret(appid, secret)?;
        if let Some(grant) = self.grants.of(code).filter(|grant| grant.appid == appid) {
            self.check_person(grant)?;
            if self.habit_of(grant) == Some(Habit::CodeExpires) {
                return Err(ApiRefusal::InvalidCode);
            }
        }
        let now = self.now();
        let grant = self.grants.redeem(code, appid, now)?;
        let (access_token, refresh_token) = (random::token(), random::token());
        let exchanged = self.exchanged(&grant, access_token, refresh_token)?;
        let (access, refresh) = (&exchanged.access_token, &exchanged.refresh_token);
        self.grants.issue_tokens(access, refresh, grant, now);
        Ok(exchanged)
    }

    /// Extends an access token, or replaces an expired one. The refresh token stays the same. WeChat asks for no secret
    /// here, and its page of this call lists neither unionid nor is_snapshotuser in the answer.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) fn refresh(&mut self, query: &Query) -> Result<Exchanged, ApiRefusal> {
        let appid = query.get("appid").ok_or(ApiRefusal::MissingAppid)?;
        let token = query
            .get("refresh_token")
            .ok_or(ApiRefusal::MissingRefreshToken)?;
        if query.get("grant_type") != Some("refresh_token") {
            return Err(ApiRefusal::InvalidGrantType);
        }
        self.account(appid).ok_or(ApiRefusal::InvalidAppid)?;
        let now = self.now();
        self.check_token_holder(self.grants.of_refresh_token(token, appid, now)?.0)?;
        let fresh = random::token();
        let (access_token, grant) = self.grants.refresh(token, appid, fresh, now)?;
        Ok(Exchanged {
            unionid: None,
            is_snapshotuser: None,
            ..self.exchanged(&grant, access_token, token.to_owned())?
        })
    }

    /// Looks up the person behind a token. `origin` is the simulator's own, without a trailing slash.
    ///
    /// # Errors
    /// Those of [`Self::check_token`], then a scope that does not allow it.
    pub(crate) fn user_info(&self, query: &Query, origin: &str) -> Result<UserInfo, ApiRefusal> {
        let (grant, mut who) = self.token_holder(query)?;
        let is_forbidden = grant.virtual_user && self.settings.snapshot_userinfo_forbidden;
        let is_told = grant.scope.tells_profile()
            || self.settings.silent_profile_after_consent
                && self.consented_at(&grant.appid, &grant.person).is_some();
        if is_forbidden || !is_told {
            return Err(ApiRefusal::ScopeTooSmall);
        }
        if !who.headimgurl.is_empty() {
            who.headimgurl.insert_str(0, origin);
        }
        Ok(who)
    }

    /// Whether a token is valid and the openid is its person's.
    ///
    /// # Errors
    /// Missing parameters first, then a bad token, a person in trouble, a foreign openid.
    pub(crate) fn check_token(&self, query: &Query) -> Result<(), ApiRefusal> {
        self.token_holder(query).map(drop)
    }

    /// Whether the account exists and the secret is its own, asked by every call that sends one.
    ///
    /// WeChat documents 40001 for the secret of another account as well; that it says 40125 whatever is wrong with
    /// the secret is our guess.
    pub(super) fn check_secret(&self, appid: &str, secret: &str) -> Result<(), ApiRefusal> {
        match self.account(appid) {
            None => Err(ApiRefusal::InvalidAppid),
            Some(account) if account.secret == secret => Ok(()),
            Some(_) => Err(ApiRefusal::InvalidSecret),
        }
    }

    pub(super) fn habit_of(&self, grant: &Grant) -> Option<Habit> {
        self.people.get(&grant.person)?.habit
    }

    fn exchanged(
        &mut self,
        grant: &Grant,
        access_token: String,
        refresh_token: String,
    ) -> Result<Exchanged, ApiRefusal> {
        let who = self.who(grant).ok_or(ApiRefusal::InvalidCode)?;
        // The unionid even where this answer leaves it out: the profile will tell it.
        for value in [&access_token, &refresh_token, &who.openid]
            .into_iter()
            .chain(&who.unionid)
        {
            self.note_issued(value);
        }
        Ok(Exchanged {
            access_token,
            expires_in: TOKEN_LIFETIME.as_secs(),
            refresh_token,
            openid: who.openid,
            scope: grant.scope.as_str(),
            unionid: who.unionid.filter(|_| grant.scope.tells_profile()),
            is_snapshotuser: (grant.flagged && grant.scope.asks_for_consent()).then_some(1),
        })
    }

    fn token_holder(&self, query: &Query) -> Result<(&Grant, UserInfo), ApiRefusal> {
        let token = query.get("access_token").ok_or(ApiRefusal::MissingToken)?;
        let openid = query.get("openid").ok_or(ApiRefusal::MissingOpenid)?;
        let grant = self.grants.of_access_token(token, self.now())?;
        self.check_token_holder(grant)?;
        // How strictly WeChat compares is not known; strict is what finds mistakes.
        let who = self.who(grant).filter(|who| who.openid == openid);
        Ok((grant, who.ok_or(ApiRefusal::InvalidOpenid)?))
    }

    /// Who a grant shows to its account, with the picture's path on this simulator: the person, or the virtual user of
    /// a snapshot. `None` if the person or the account is gone.
    fn who(&self, grant: &Grant) -> Option<UserInfo> {
        let person = self.people.get(&grant.person)?;
        let platform = self.account(&grant.appid)?.open_platform.as_deref();
        if grant.virtual_user {
            let unionid_of = (!self.settings.shared_snapshot_unionid).then_some(&*person.id);
            let platform = platform.filter(|_| person.unionid);
            return Some(UserInfo {
                openid: ids::virtual_openid(&grant.appid, &person.id),
                unionid: platform.map(|platform| ids::virtual_unionid(platform, unionid_of)),
                nickname: VIRTUAL_NICKNAME.to_owned(),
                broken_name: person.habit == Some(Habit::BrokenName),
                ..UserInfo::default()
            });
        }
        Some(UserInfo {
            openid: person.openid(&grant.appid),
            unionid: platform.and_then(|platform| person.unionid(platform)),
            nickname: person.nickname.clone(),
            headimgurl: match person.picture {
                Picture::None => String::new(),
                // The last segment is WeChat's: the edge of the picture in pixels.
                Picture::Drawn | Picture::Dead => format!("/_simulator/avatar/{}/132", person.id),
            },
            broken_name: person.habit == Some(Habit::BrokenName),
            ..UserInfo::default()
        })
    }

    /// What goes wrong for this person whatever is asked.
    ///
    /// # Errors
    /// 50002 for a limited user, 40226 for a high-risk one. WeChat documents 40226 for mini programs; that it occurs
    /// here is our guess.
    fn check_person(&self, grant: &Grant) -> Result<(), ApiRefusal> {
        match self.habit_of(grant) {
            Some(Habit::Limited) => Err(ApiRefusal::UserLimited),
            Some(Habit::HighRisk) => Err(ApiRefusal::HighRiskUser),
            _ => Ok(()),
        }
    }

    /// The same, and 42007 if the person has changed the password since the exchange.
    fn check_token_holder(&self, grant: &Grant) -> Result<(), ApiRefusal> {
        match self.habit_of(grant) {
            Some(Habit::PasswordChanged) => Err(ApiRefusal::PasswordChanged),
            _ => self.check_person(grant),
        }
    }
}
