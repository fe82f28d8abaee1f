//! A fault rule as its author writes it: where it strikes, whom, what it does, how often.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::Problems;

/// What of WeChat a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `/connect/oauth2/authorize` and `/connect/qrconnect`, and the redirect that ends them.
    Authorize,
    /// `/sns/oauth2/access_token`
    AccessToken,
    /// `/sns/oauth2/refresh_token`
    RefreshToken,
    /// `/sns/userinfo`
    Userinfo,
    /// `/sns/auth`
    Auth,
    /// `/cgi-bin/token`
    Token,
    /// `/cgi-bin/stable_token`
    StableToken,
    /// `/sns/jscode2session`
    #[serde(rename = "jscode2session")]
    CodeToSession,
    /// `/cgi-bin/ticket/getticket`
    #[serde(rename = "getticket")]
    Ticket,
    /// `/cgi-bin/user/info`
    Follower,
    /// `/cgi-bin/user/info/batchget`
    Followers,
}

impl Endpoint {
    /// The address; the authorize page has another one for website applications.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorize => "/connect/oauth2/authorize",
            Self::AccessToken => "/sns/oauth2/access_token",
            Self::RefreshToken => "/sns/oauth2/refresh_token",
            Self::Userinfo => "/sns/userinfo",
            Self::Auth => "/sns/auth",
            Self::Token => "/cgi-bin/token",
            Self::StableToken => "/cgi-bin/stable_token",
            Self::CodeToSession => "/sns/jscode2session",
            Self::Ticket => "/cgi-bin/ticket/getticket",
            Self::Follower => "/cgi-bin/user/info",
            Self::Followers => "/cgi-bin/user/info/batchget",
        }
    }

    /// Whether requests are about an account and nobody in particular.
    const fn is_about_accounts(self) -> bool {
        matches!(
            self,
            Self::Token | Self::StableToken | Self::Ticket | Self::Followers
        )
    }

    /// The name in JSON: the end of the address, where that says enough.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Follower => "follower",
            Self::Followers => "followers",
            _ => self.path().rsplit('/').next().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a fault does to a request. In JSON an object with `kind`, such as `{"kind": "errcode", "errcode": -1}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// WeChat's error of this number; on the authorize page the page with this number.
    Errcode {
        /// Any number but 0.
        errcode: i64,
        /// WeChat's words for the number if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// The same with `errcode` as a JSON string and `rid` as a field of its own, as one developer reported.
    StringErrcode {
        /// Any number but 0.
        errcode: i64,
        /// WeChat's words for the number if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// An HTTP status from 400 to 599 with an HTML body, as from a gateway.
    HttpStatus {
        /// 400 to 599.
        status: u16,
    },
    /// Status 200 and nothing else.
    EmptyBody,
    /// Status 200 and a gateway's HTML page.
    HtmlBody,
    /// The first half of the right answer. The work is done.
    TruncatedJson,
    /// The right answer in UTF-8 under `Content-Type: text/plain; charset=gbk`. The work is done.
    WrongCharset,
    /// The right answer, later, by at most 60000 ms; several rules add up.
    Delay {
        /// At most 60000.
        millis: u64,
    },
    /// The connection is closed without an answer and nothing has happened: a code stays usable.
    ResetBefore,
    /// The connection is closed without an answer after the work was done: a code is spent.
    ResetAfter,
    /// Authorize only: the browser calls the app's callback twice with the same code.
    CallbackTwice,
    /// Authorize only: the redirect carries a used code of somebody else.
    StaleCode,
}

impl Effect {
    /// Strikes the redirect to the app, not the request for it.
    pub(super) const fn is_delivery(&self) -> bool {
        matches!(self, Self::CallbackTwice | Self::StaleCode)
    }

    /// Needs the right answer, or the traces of having given it.
    pub(super) const fn always_after_work(&self) -> bool {
        matches!(
            self,
            Self::TruncatedJson | Self::WrongCharset | Self::ResetAfter
        )
    }
}

/// A fault rule.
///
/// ```
/// use wechat_simulator::{Effect, Endpoint, Fault};
///
/// let busy = Effect::Errcode { errcode: -1, errmsg: None };
/// let fault = Fault::new(Endpoint::AccessToken, busy).times(1).for_person("xiaoming");
/// assert_eq!(fault.count, Some(1));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What of WeChat it strikes; see below.
    pub endpoint: Endpoint,
    /// Only requests about this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Only requests about this person: the holder of the phone, or the one behind a code or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it does; see below.
    #[serde(deserialize_with = "without_unknown_fields")]
    pub effect: Effect,
    /// After that many requests the rule removes itself; never if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The part of all requests that is struck, more than 0 and at most 1, which is the default.
    #[serde(default = "always")]
    pub probability: f64,
    /// The same seed draws the same lots. Default: 0.
    #[serde(default)]
    pub seed: u64,
    /// The work is done first, so that a code is spent although the answer is an error, as developers report of -1.
    /// Default: `false`, the fault comes instead of the work; `truncated_json`, `wrong_charset` and `reset_after`
    /// do the work in any case.
    #[serde(default)]
    pub after_work: bool,
}

/// Serde's `deny_unknown_fields` does not reach variants without fields: what the effect would not say itself is none.
fn without_unknown_fields<'de, D: Deserializer<'de>>(from: D) -> Result<Effect, D::Error> {
    let mut sent = Map::deserialize(from)?;
    sent.retain(|_, value| !value.is_null());
    let effect: Effect =
        serde_json::from_value(Value::Object(sent.clone())).map_err(D::Error::custom)?;
    let known = serde_json::to_value(&effect).map_err(D::Error::custom)?;
    match sent.keys().find(|name| known.get(name).is_none()) {
        Some(name) => Err(D::Error::custom(format!(
            "unknown field `{name}` of the effect"
        ))),
        None => Ok(effect),
    }
}

const fn always() -> f64 {
    1.0
}

impl Fault {
    /// A rule for every request to an endpoint, until it is removed.
    pub fn new(endpoint: Endpoint, effect: Effect) -> Self {
        Self {
            endpoint,
            appid: None,
            person: None,
            effect,
            count: None,
            probability: always(),
            seed: 0,
            after_work: false,
        }
    }

    /// Only for so many requests.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// Only for this account.
    #[must_use]
    pub fn for_appid(mut self, appid: impl Into<String>) -> Self {
        self.appid = Some(appid.into());
        self
    }

    /// Only for this person.
    #[must_use]
    pub fn for_person(mut self, person: impl Into<String>) -> Self {
        self.person = Some(person.into());
        self
    }

    /// Only for a part of all requests, drawn by this seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self
    }

    /// Does the work before the answer is spoiled, so that a code is spent.
    #[must_use]
    pub fn after_work(mut self) -> Self {
        self.after_work = true;
        self
    }

    /// A rule that can never strike is a test that proves nothing, so it is refused.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let (endpoint, probability) = (self.endpoint, self.probability);
        let on_the_page = endpoint == Endpoint::Authorize;
        if self.count == Some(0) {
            let fix = "use 1 or more, or leave it out for a rule without an end";
            problems.say("count", format!("0 is a rule that never strikes; {fix}"));
        }
        // Written this way round so that NaN is refused too.
        if !(probability > 0.0 && probability <= 1.0) {
            let fix = "use a number above 0 and up to 1";
            problems.say(
                "probability",
                format!("{probability} is no part of all requests; {fix}"),
            );
        }
        if self.person.is_some() && endpoint.is_about_accounts() {
            let what = format!("requests to {endpoint} are about an account, not about a person");
            problems.say("person", format!("{what}; leave person out, or use appid"));
        }
        if !on_the_page && self.effect.is_delivery() {
            let what = format!("{endpoint} delivers no callback; use the endpoint authorize");
            problems.say("effect.kind", what);
        }
        match &self.effect {
            Effect::StringErrcode { .. } | Effect::TruncatedJson | Effect::WrongCharset
                if on_the_page =>
            {
                let fix = "use another endpoint, or errcode, http_status, empty_body, html_body, delay, \
                           reset_before, reset_after";
                let what = "the authorize page answers HTML, not JSON";
                problems.say("effect.kind", format!("{what}; {fix}"));
            }
            Effect::Errcode { errcode: 0, .. } | Effect::StringErrcode { errcode: 0, .. } => {
                let what = "0 means that all is well; use an error, such as -1 or 45009";
                problems.say("effect.errcode", what);
            }
            Effect::Errcode {
                errmsg: Some(text), ..
            }
            | Effect::StringErrcode {
                errmsg: Some(text), ..
            } if text.len() > 500 => {
                let fix = "use at most 500 bytes, or leave it out for WeChat's words";
                problems.say("effect.errmsg", format!("is too long; {fix}"));
            }
            Effect::HttpStatus { status } if !(400..=599).contains(status) => {
                let what = format!("{status} is no error; use 400 to 599, such as 502");
                problems.say("effect.status", what);
            }
            Effect::Delay { millis } if !(1..=60_000).contains(millis) => {
                let what = format!("{millis} is no delay to wait for; use 1 to 60000");
                problems.say("effect.millis", what);
            }
            _ => {}
        }
        problems.or_ok()
    }
}
