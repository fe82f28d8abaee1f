//! The state behind `/sns/*`: a code becomes tokens, a refresh token more time, an access token a name and a picture.
//!
//! WeChat documents no order of its checks. Ours: what is missing, then the grant type, who asks, the code or token,
//! the person; so that a made-up code tells whether appid and secret are right.

use serde_json::json;

use crate::dialect::{self, Body, Fields};
use crate::ids;
use crate::query::Query;
use crate::wechat::{ApiRefusal, TOKEN_LIFETIME, VIRTUAL_NICKNAME};

use super::grants::Grant;
use super::{Habit, Picture, Platform, random};

/// A user as one account sees it.
struct Who {
    openid: String,
    /// `None` if the account is on no open platform, or WeChat never tells it of this person.
    unionid: Option<String>,
    /// Any Unicode text, possibly empty.
    nickname: String,
    /// The path of the picture on this simulator, `None` if there is none.
    picture: Option<String>,
}

impl Platform {
    /// Redeems a code.
    ///
    /// # Errors
    /// The first refusal. Only a successful exchange uses the code up.
    pub(crate) fn exchange(&mut self, query: &Query) -> Result<Fields, ApiRefusal> {
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
        let mut fields = self.tokens_of(&grant, &access_token, &refresh_token)?;
        let unionid = self.who(&grant).and_then(|who| who.unionid);
        if let Some(unionid) = unionid {
            // Noted also where this answer leaves it out: the profile will tell it.
            self.note_issued(&unionid);
            // Not with `snsapi_base`, and only if the account is bound to an open platform.
            if grant.scope.tells_profile() {
                fields.push(("unionid", json!(unionid)));
            }
        }
        // The user is the virtual one of a snapshot, or is said to be. Only with `snsapi_userinfo`.
        if grant.flagged && grant.scope.asks_for_consent() {
            fields.push(("is_snapshotuser", json!(1)));
        }
        self.grants
            .issue_tokens(&access_token, &refresh_token, grant, now);
        Ok(fields)
    }

    /// Extends an access token, or replaces an expired one. The refresh token stays the same. WeChat asks for no secret
    /// here, and its page of this call lists neither unionid nor is_snapshotuser in the answer.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) fn refresh(&mut self, query: &Query) -> Result<Fields, ApiRefusal> {
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
        self.tokens_of(&grant, &access_token, token)
    }

    /// Looks up the person behind a token. `origin` is the simulator's own, without a trailing slash.
    ///
    /// # Errors
    /// Those of [`Self::check_token`], then a scope that does not allow it.
    pub(crate) fn user_info(&self, query: &Query, origin: &str) -> Result<Body, ApiRefusal> {
        let (grant, who) = self.token_holder(query)?;
        let is_forbidden = grant.virtual_user && self.settings.snapshot_userinfo_forbidden;
        let is_told = grant.scope.tells_profile()
            || self.settings.silent_profile_after_consent
                && self.consented_at(&grant.appid, &grant.person).is_some();
        if is_forbidden || !is_told {
            return Err(ApiRefusal::ScopeTooSmall);
        }
        let picture = who.picture.map(|path| format!("{origin}{path}"));
        let mut fields = vec![
            ("openid", json!(who.openid)),
            ("nickname", json!(who.nickname)),
            // WeChat fills sex and region with nothing since 2021-10-20; language is undocumented but sent.
            ("sex", json!(0)),
            ("language", json!("")),
            ("city", json!("")),
            ("province", json!("")),
            ("country", json!("")),
            ("headimgurl", json!(picture.unwrap_or_default())),
            ("privilege", json!([])),
        ];
        // Only if the account is bound to an open platform.
        fields.extend(who.unionid.map(|unionid| ("unionid", json!(unionid))));
        let body = dialect::body(&fields);
        Ok(match self.habit_of(grant) {
            Some(Habit::BrokenName) => dialect::break_name(body),
            _ => body,
        })
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

    /// What the exchange gives, and a refresh. WeChat sends a refresh token for any scope.
    fn tokens_of(
        &mut self,
        grant: &Grant,
        access: &str,
        refresh: &str,
    ) -> Result<Fields, ApiRefusal> {
        let openid = self.who(grant).ok_or(ApiRefusal::InvalidCode)?.openid;
        for value in [access, refresh, &openid] {
            self.note_issued(value);
        }
        Ok(vec![
            ("access_token", json!(access)),
            ("expires_in", json!(TOKEN_LIFETIME.as_secs())),
            ("refresh_token", json!(refresh)),
            ("openid", json!(openid)),
            ("scope", json!(grant.scope.as_str())),
        ])
    }

    fn token_holder(&self, query: &Query) -> Result<(&Grant, Who), ApiRefusal> {
        let token = query.get("access_token").ok_or(ApiRefusal::MissingToken)?;
        let openid = query.get("openid").ok_or(ApiRefusal::MissingOpenid)?;
        let grant = self.grants.of_access_token(token, self.now())?;
        self.check_token_holder(grant)?;
        // How strictly WeChat compares is not known; strict is what finds mistakes.
        let who = self.who(grant).filter(|who| who.openid == openid);
        Ok((grant, who.ok_or(ApiRefusal::InvalidOpenid)?))
    }

    /// Who a grant shows to its account: the person, or the virtual user of a snapshot. `None` if the person or the
    /// account is gone.
    fn who(&self, grant: &Grant) -> Option<Who> {
        let person = self.people.get(&grant.person)?;
        let platform = self.account(&grant.appid)?.open_platform.as_deref();
        if grant.virtual_user {
            let unionid_of = (!self.settings.shared_snapshot_unionid).then_some(&*person.id);
            let platform = platform.filter(|_| person.unionid);
            return Some(Who {
                openid: ids::virtual_openid(&grant.appid, &person.id),
                unionid: platform.map(|platform| ids::virtual_unionid(platform, unionid_of)),
                nickname: VIRTUAL_NICKNAME.to_owned(),
                picture: None,
            });
        }
        Some(Who {
            openid: person.openid(&grant.appid),
            unionid: platform.and_then(|platform| person.unionid(platform)),
            nickname: person.nickname.clone(),
            // The last segment is WeChat's: the edge of the picture in pixels.
            picture: (person.picture != Picture::None)
                .then(|| format!("/_simulator/avatar/{}/132", person.id)),
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
