//! What the server API does: behind `/sns/*` a code becomes tokens, a refresh token more time, an access token a name and
//! a picture; behind `/cgi-bin/*` an account gets a token of its own.
//!
//! WeChat documents no order of its checks. Ours: what is missing, then the grant type, who asks, the code or token,
//! the person; so that a made-up code tells whether appid and secret are right.

use wechat_oauth::answer::{AccountTokenFields, MiniprogramFields, TokenFields, UserInfoFields};
use wechat_oauth::facts::{GRANT_CODE, GRANT_REFRESH};

use crate::dialect::{self, Body};
use crate::ids;
use crate::query::Query;
use crate::wechat::{ErrorCode, TOKEN_LIFETIME, VIRTUAL_NICKNAME};

use super::grants::Grant;
use super::{Account, AccountKind, Endpoint, Habit, Picture, Platform, random};

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
    pub(crate) fn exchange(&mut self, query: &Query) -> Result<TokenFields, ErrorCode> {
        let grant = self.redeem(query, "code")?;
        let now = self.now();
        let (access_token, refresh_token) = (random::token(), random::token());
        let mut fields = self.tokens_of(&grant, &access_token, &refresh_token)?;
        let unionid = self.who(&grant).and_then(|who| who.unionid);
        if let Some(unionid) = unionid {
            // Noted also where this answer leaves it out: the profile will tell it.
            self.note_issued(&unionid);
            // Not with `snsapi_base`, and only if the account is bound to an open platform.
            if grant.scope.tells_profile() {
                fields.unionid = unionid;
            }
        }
        // The user is the virtual one of a snapshot, or is said to be. Only with `snsapi_userinfo`.
        fields.is_snapshotuser = grant.flagged && grant.scope.asks_for_consent();
        self.grants
            .issue_tokens(&access_token, &refresh_token, grant, now);
        Ok(fields)
    }

    /// Redeems a mini-program's code. WeChat's clients in use send an account token as well, which nobody reads.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn code_to_session(
        &mut self,
        query: &Query,
    ) -> Result<MiniprogramFields, ErrorCode> {
        let grant = self.redeem(query, "js_code")?;
        let who = self.who(&grant).ok_or(ErrorCode::InvalidCode)?;
        let session_key = random::session_key();
        let unionid = who.unionid.unwrap_or_default();
        for value in [&session_key, &who.openid, &unionid] {
            self.note_issued(value);
        }
        Ok(MiniprogramFields {
            session_key,
            openid: who.openid,
            unionid,
        })
    }

    /// Uses up the code that stands under this name. Mini-programs have a call and a name of their own, and that codes
    /// and accounts of one call are unknown to the other is our guess.
    fn redeem(&mut self, query: &Query, name: &str) -> Result<Grant, ErrorCode> {
        let appid = query.get("appid").ok_or(ErrorCode::MissingAppid)?;
        let secret = query.get("secret").ok_or(ErrorCode::MissingSecret)?;
        let code = query.get(name).ok_or(ErrorCode::MissingCode)?;
        if query.get("grant_type") != Some(GRANT_CODE) {
            return Err(ErrorCode::InvalidGrantType);
        }
        let kind = self.check_secret(appid, secret)?.kind;
        if (kind == AccountKind::Miniprogram) != (name == "js_code") {
            return Err(ErrorCode::InvalidCode);
        }
        if let Some(grant) = self.grants.of(code).filter(|grant| grant.appid == appid) {
            self.check_person(grant)?;
            if self.habit_of(grant) == Some(Habit::CodeExpires) {
                return Err(ErrorCode::InvalidCode);
            }
        }
        let now = self.now();
        self.grants.redeem(code, appid, now)
    }

    /// Extends an access token, or replaces an expired one. The refresh token stays the same. WeChat asks for no secret
    /// here, and its page of this call lists neither unionid nor is_snapshotuser in the answer.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) fn refresh(&mut self, query: &Query) -> Result<TokenFields, ErrorCode> {
        let appid = query.get("appid").ok_or(ErrorCode::MissingAppid)?;
        let token = query
            .get("refresh_token")
            .ok_or(ErrorCode::MissingRefreshToken)?;
        if query.get("grant_type") != Some(GRANT_REFRESH) {
            return Err(ErrorCode::InvalidGrantType);
        }
        self.account(appid).ok_or(ErrorCode::InvalidAppid)?;
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
    pub(crate) fn user_info(&self, query: &Query, origin: &str) -> Result<Body, ErrorCode> {
        let (grant, who) = self.token_holder(query)?;
        let is_forbidden = grant.virtual_user && self.settings.snapshot_userinfo_forbidden;
        let is_told = grant.scope.tells_profile()
            || self.settings.silent_profile_after_consent
                && self.consented_at(&grant.appid, &grant.person).is_some();
        if is_forbidden || !is_told {
            return Err(ErrorCode::ApiUnauthorized);
        }
        let picture = who.picture.map(|path| format!("{origin}{path}"));
        let body = dialect::body(&UserInfoFields {
            openid: who.openid,
            nickname: who.nickname,
            headimgurl: picture.unwrap_or_default(),
            // Only if the account is bound to an open platform.
            unionid: who.unionid.unwrap_or_default(),
            ..UserInfoFields::default()
        });
        Ok(match self.habit_of(grant) {
            Some(Habit::BrokenName) => dialect::break_name(body),
            _ => body,
        })
    }

    /// Whether a token is valid and the openid is its person's.
    ///
    /// # Errors
    /// Missing parameters first, then a bad token, a person in trouble, a foreign openid.
    pub(crate) fn check_token(&self, query: &Query) -> Result<(), ErrorCode> {
        self.token_holder(query).map(drop)
    }

    /// A new account token for a server at this address. The one before dies within five minutes.
    ///
    /// # Errors
    /// What is missing, then the grant type, the account, the secret, the caller's address; the order is our guess.
    pub(crate) fn account_token(
        &mut self,
        query: &Query,
        caller: &str,
    ) -> Result<AccountTokenFields, ErrorCode> {
        let (appid, fresh) = self.check_credentials(query, caller)?;
        self.count(Endpoint::Token, &appid)?;
        Ok(self.account_tokens.plain(&appid, fresh, self.now()))
    }

    /// The account's stable token, which has nothing to do with the other: the same one for everybody who asks, or
    /// by force a new one, and then the one before is dead at once.
    ///
    /// # Errors
    /// As above; `DailyQuota` from the 21st use of force on a day.
    pub(crate) fn stable_account_token(
        &mut self,
        query: &Query,
        caller: &str,
    ) -> Result<AccountTokenFields, ErrorCode> {
        let (appid, fresh) = self.check_credentials(query, caller)?;
        let force = query.get("force_refresh") == Some("true");
        self.account_tokens.stable(&appid, force, fresh, self.now())
    }

    /// Whether an account token is valid now.
    pub(crate) fn account_token_works(&self, appid: &str, token: &str) -> bool {
        self.account_tokens.owner(token, self.now()) == Ok(appid)
    }

    /// Who asks, and a token to give.
    fn check_credentials(
        &mut self,
        query: &Query,
        caller: &str,
    ) -> Result<(String, String), ErrorCode> {
        let appid = query.get("appid").ok_or(ErrorCode::MissingAppid)?;
        let secret = query.get("secret").ok_or(ErrorCode::MissingSecret)?;
        if query.get("grant_type") != Some("client_credential") {
            return Err(ErrorCode::InvalidGrantType);
        }
        let account = self.check_secret(appid, secret)?;
        let whitelist = &account.ip_whitelist;
        if !whitelist.is_empty() && !whitelist.iter().any(|ip| ip == caller) {
            return Err(ErrorCode::AddressRefused);
        }
        let fresh = random::token();
        self.note_issued(&fresh);
        Ok((appid.to_owned(), fresh))
    }

    /// Whether the account exists and the secret is its own, asked by every call that sends one.
    ///
    /// WeChat documents 40001 for the secret of another account as well; that it says 40125 whatever is wrong with
    /// the secret is our guess.
    fn check_secret(&self, appid: &str, secret: &str) -> Result<&Account, ErrorCode> {
        match self.account(appid) {
            None => Err(ErrorCode::InvalidAppid),
            Some(account) if account.secret == secret => Ok(account),
            Some(_) => Err(ErrorCode::InvalidSecret),
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
    ) -> Result<TokenFields, ErrorCode> {
        let openid = self.who(grant).ok_or(ErrorCode::InvalidCode)?.openid;
        for value in [access, refresh, &openid] {
            self.note_issued(value);
        }
        Ok(TokenFields {
            access_token: access.to_owned(),
            expires_in: TOKEN_LIFETIME.as_secs(),
            refresh_token: refresh.to_owned(),
            openid,
            scope: grant.scope.as_str().to_owned(),
            ..TokenFields::default()
        })
    }

    fn token_holder(&self, query: &Query) -> Result<(&Grant, Who), ErrorCode> {
        let token = query.get("access_token").ok_or(ErrorCode::MissingToken)?;
        let openid = query.get("openid").ok_or(ErrorCode::MissingOpenid)?;
        let grant = self.grants.of_access_token(token, self.now())?;
        self.check_token_holder(grant)?;
        // How strictly WeChat compares is not known; strict is what finds mistakes.
        let who = self.who(grant).filter(|who| who.openid == openid);
        Ok((grant, who.ok_or(ErrorCode::InvalidOpenid)?))
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
    fn check_person(&self, grant: &Grant) -> Result<(), ErrorCode> {
        match self.habit_of(grant) {
            Some(Habit::Limited) => Err(ErrorCode::UserLimited),
            Some(Habit::HighRisk) => Err(ErrorCode::HighRiskUser),
            _ => Ok(()),
        }
    }

    /// The same, and 42007 if the person has changed the password since the exchange.
    fn check_token_holder(&self, grant: &Grant) -> Result<(), ErrorCode> {
        match self.habit_of(grant) {
            Some(Habit::PasswordChanged) => Err(ErrorCode::PasswordChanged),
            _ => self.check_person(grant),
        }
    }
}
