//! What an account's own token opens: the ticket that signs pages for the JS-SDK, and who follows the account. Each has
//! its quota of a day.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use wechat_oauth::answer::TicketFields;

use crate::dialect::{self, Body};
use crate::query::Query;
use crate::wechat::{
    ErrorCode, FOLLOWERS_PER_DAY, TICKETS_PER_DAY, TOKEN_LIFETIME, TOKENS_PER_DAY,
};

use super::account_tokens::day;
use super::{Account, AccountKind, Endpoint, Person, Platform, random};

/// Most people that one call may ask about.
const BATCH: usize = 100;

/// When everybody began to follow, for WeChat says when; 2023-11-14.
const SUBSCRIBED_AT: u64 = 1_700_000_000;

/// What accounts have asked for.
#[derive(Default)]
pub(crate) struct AccountCalls {
    /// By appid: the ticket, and when it expires.
    tickets: HashMap<String, (String, Duration)>,
    /// How often on which day.
    counted: HashMap<(Endpoint, String), (u64, u64)>,
}

/// `/cgi-bin/ticket/getticket` has errcode 0 in a success, unlike most.
#[derive(Serialize)]
struct TicketBody {
    errcode: i64,
    errmsg: &'static str,
    #[serde(flatten)]
    fields: TicketFields,
}

/// `/cgi-bin/user/info` in WeChat's order: of somebody who does not follow, what is there for everybody, or in earlier
/// years only the first two and the list.
#[derive(Serialize)]
struct FollowerBody {
    subscribe: u8,
    openid: String,
    #[serde(flatten)]
    empty: Option<EmptyProfile>,
    #[serde(flatten)]
    follower: Option<FollowerDetails>,
    tagid_list: [u8; 0],
    #[serde(flatten)]
    source: Option<FollowerSource>,
}

/// What WeChat no longer tells since 2021-12-27.
#[derive(Serialize)]
struct EmptyProfile {
    nickname: &'static str,
    sex: u8,
    language: &'static str,
    city: &'static str,
    province: &'static str,
    country: &'static str,
    headimgurl: &'static str,
}

#[derive(Serialize)]
struct FollowerDetails {
    subscribe_time: u64,
    /// Only of an account on an open platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
    remark: &'static str,
    groupid: u8,
}

#[derive(Serialize)]
struct FollowerSource {
    subscribe_scene: &'static str,
    qr_scene: u8,
    qr_scene_str: &'static str,
}

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
        let known = self.account_calls.tickets.get(&appid).cloned();
        let (ticket, expires_at) = known.filter(|(_, end)| now < *end).unwrap_or_else(|| {
            let fresh = (random::ticket(), now.saturating_add(TOKEN_LIFETIME));
            self.note_issued(&fresh.0);
            fresh
        });
        let expires_in = expires_at.saturating_sub(now).as_secs();
        let kept = (ticket.clone(), expires_at);
        self.account_calls.tickets.insert(appid, kept);
        Ok(dialect::body(&TicketBody {
            errcode: 0,
            errmsg: "ok",
            fields: TicketFields { ticket, expires_in },
        }))
    }

    /// The ticket that an account's pages are signed with now.
    pub(super) fn current_ticket(&self, appid: &str) -> Option<&str> {
        let (ticket, end) = self.account_calls.tickets.get(appid)?;
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
        Ok(dialect::body(&self.follower_body(&appid, openid)?))
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
        Ok(dialect::body(&HashMap::from([("user_info_list", bodies?)])))
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

    fn follower_body(&self, appid: &str, openid: &str) -> Result<FollowerBody, ErrorCode> {
        let person = self.person_of(appid, openid);
        let person = person.ok_or(ErrorCode::InvalidOpenid)?;
        let platform = self.account(appid).and_then(|it| it.open_platform.as_ref());
        let follows = person.follows(appid);
        Ok(FollowerBody {
            subscribe: u8::from(follows),
            openid: openid.to_owned(),
            empty: (follows || !self.settings.short_stranger).then_some(EmptyProfile {
                nickname: "",
                sex: 0,
                language: "zh_CN",
                city: "",
                province: "",
                country: "",
                headimgurl: "",
            }),
            follower: follows.then(|| FollowerDetails {
                subscribe_time: SUBSCRIBED_AT,
                unionid: platform.and_then(|it| person.unionid(it)),
                remark: "",
                groupid: 0,
            }),
            tagid_list: [],
            source: follows.then_some(FollowerSource {
                subscribe_scene: "ADD_SCENE_QR_CODE",
                qr_scene: 0,
                qr_scene_str: "",
            }),
        })
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
        let counted = self.account_calls.counted.entry(key).or_default();
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
