//! What an account's own token opens: the ticket that signs pages for the JS-SDK, and who follows the account. Each has
//! its quota of a day.

use serde_json::Value;

use crate::dialect::Body;
use crate::query::Query;
use crate::wechat::{
    ErrorCode, FOLLOWERS_PER_DAY, TICKETS_PER_DAY, TOKEN_LIFETIME, TOKENS_PER_DAY,
};

use super::account_tokens::day;
use super::{Account, AccountKind, Endpoint, Person, Platform, random};

/// Most people that one call may ask about.
const BATCH: usize = 100;

/// What `/cgi-bin/user/info` says of everybody, and no longer tells of anybody since 2021-12-27.
const EMPTY: &str = r#","nickname":"","sex":0,"language":"zh_CN","city":"","province":"","country":"","headimgurl":"""#;

/// What it says of followers behind all else; everybody began to follow on 2023-11-14.
const SOURCE: &str = r#","subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":0,"qr_scene_str":"""#;

impl Platform {
    /// The ticket that signs an account's pages: for two hours the same one, with the seconds left, which is our guess.
    ///
    /// # Errors
    /// Those of [`Self::verified`]; `ApiUnauthorized` for the tickets of other purposes, which are not imitated.
    pub(crate) fn ticket(&mut self, query: &Query) -> Result<Body, ErrorCode> {
        let appid = self.verified(query)?.appid.clone();
        if query.get("type") != Some("jsapi") {
            return Err(ErrorCode::ApiUnauthorized);
        }
        self.count(Endpoint::Ticket, &appid)?;
        let now = self.now();
        let known = self.account_tokens.tickets.get(&appid).cloned();
        let known = known.filter(|(_, end)| now < *end);
        let fresh = || (random::ticket(), now.saturating_add(TOKEN_LIFETIME));
        let (ticket, end) = known.unwrap_or_else(fresh);
        self.note_issued(&ticket);
        let expires_in = end.saturating_sub(now).as_secs();
        let kept = (ticket.clone(), end);
        self.account_tokens.tickets.insert(appid, kept);
        // Unlike most successes it has an errcode.
        let body = format!(
            r#"{{"errcode":0,"errmsg":"ok","ticket":"{ticket}","expires_in":{expires_in}}}"#
        );
        Ok(body.into())
    }

    /// The ticket that an account's pages are signed with now.
    pub(super) fn current_ticket(&self, appid: &str) -> Option<&str> {
        let (ticket, end) = self.account_tokens.tickets.get(appid)?;
        (self.now() < *end).then_some(ticket)
    }

    /// Whether one person follows.
    ///
    /// # Errors
    /// Those of [`Self::verified`]; `InvalidOpenid` for what is nobody's openid under this account.
    pub(crate) fn follower(&mut self, query: &Query) -> Result<Body, ErrorCode> {
        let appid = self.verified(query)?.appid.clone();
        let openid = query.get("openid").ok_or(ErrorCode::MissingOpenid)?;
        self.count(Endpoint::Follower, &appid)?;
        Ok(self.follower_body(&appid, openid)?.into())
    }

    /// The same of up to a hundred, posted as JSON.
    ///
    /// # Errors
    /// As above; `MalformedPost` for another body, `InvalidListSize` for another number.
    pub(crate) fn followers(&mut self, query: &Query, body: &[u8]) -> Result<Body, ErrorCode> {
        let appid = self.verified(query)?.appid.clone();
        if body.is_empty() {
            return Err(ErrorCode::EmptyPost);
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| ErrorCode::MalformedPost)?;
        let list = body.get("user_list").and_then(Value::as_array);
        let list = list.ok_or(ErrorCode::InvalidListSize)?;
        if !(1..=BATCH).contains(&list.len()) {
            return Err(ErrorCode::InvalidListSize);
        }
        self.count(Endpoint::Follower, &appid)?;
        let openids = list
            .iter()
            .map(|it| it.get("openid").and_then(Value::as_str));
        let bodies: Result<Vec<_>, _> = openids
            .map(|openid| self.follower_body(&appid, openid.unwrap_or_default()))
            .collect();
        let list = bodies?.join(",");
        Ok(format!(r#"{{"user_info_list":[{list}]}}"#).into())
    }

    /// The account whose token it is, if WeChat has verified it.
    ///
    /// # Errors
    /// `MissingToken`; what is wrong with the token; `ApiUnauthorized` for any other account.
    fn verified(&self, query: &Query) -> Result<&Account, ErrorCode> {
        let token = query.get("access_token").ok_or(ErrorCode::MissingToken)?;
        let appid = self.account_tokens.owner(token, self.now())?;
        let account = self.account(appid).filter(|it| it.is_verified());
        account.ok_or(ErrorCode::ApiUnauthorized)
    }

    /// In WeChat's order. Ids need no escape.
    fn follower_body(&mut self, appid: &str, openid: &str) -> Result<String, ErrorCode> {
        let person = self.person_of(appid, openid).cloned();
        let person = person.ok_or(ErrorCode::InvalidOpenid)?;
        self.note_issued(openid);
        if !person.follows(appid) {
            let empty = if self.settings.short_stranger {
                ""
            } else {
                EMPTY
            };
            return Ok(format!(
                r#"{{"subscribe":0,"openid":"{openid}"{empty},"tagid_list":[]}}"#
            ));
        }
        let platform = self.account(appid).and_then(|it| it.open_platform.as_ref());
        let unionid = platform.and_then(|it| person.unionid(it)).map(|unionid| {
            self.note_issued(&unionid);
            format!(r#","unionid":"{unionid}""#)
        });
        let unionid = unionid.unwrap_or_default();
        Ok(format!(
            r#"{{"subscribe":1,"openid":"{openid}"{EMPTY},"subscribe_time":1700000000{unionid},"remark":"","groupid":0,"tagid_list":[]{SOURCE}}}"#
        ))
    }

    /// Whose openid it is under this account.
    pub(super) fn person_of(&self, appid: &str, openid: &str) -> Option<&Person> {
        let mut people = self.people.iter();
        people.find(|person| person.openid(appid) == openid)
    }

    /// Whose token it is.
    pub(super) fn account_of_token(&self, token: &str) -> Option<&str> {
        self.account_tokens.owner(token, self.now()).ok()
    }

    /// Counts a call of today.
    ///
    /// # Errors
    /// `DailyQuota` where it is one too many.
    pub(super) fn count(&mut self, endpoint: Endpoint, appid: &str) -> Result<(), ErrorCode> {
        let settings = &self.settings;
        let (ordered, usual) = match endpoint {
            Endpoint::Token => (settings.tokens_per_day, TOKENS_PER_DAY),
            Endpoint::Ticket => (settings.tickets_per_day, TICKETS_PER_DAY),
            _ => (settings.followers_per_day, FOLLOWERS_PER_DAY),
        };
        // WeChat's table: a test account has a tenth.
        let kind = self.account(appid).map(|account| account.kind);
        let most = match (ordered, kind) {
            (0, Some(AccountKind::Test)) => usual / 10,
            (0, _) => usual,
            _ => ordered,
        };
        let today = day(self.now());
        let key = (endpoint, appid.to_owned());
        let counted = self.account_tokens.counted.entry(key).or_default();
        if counted.0 != today {
            *counted = (today, 0);
        }
        if counted.1 >= most {
            return Err(ErrorCode::DailyQuota);
        }
        counted.1 = counted.1.saturating_add(1);
        Ok(())
    }
}
