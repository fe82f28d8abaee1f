//! What the authorize page accepts.

use crate::raw_query::RawQuery;
use crate::redirect::RedirectTarget;

use super::authorize_refusal::AuthorizeRefusal;
use super::{Account, AccountKind, GrantedScope, NotRegistered, Person, Platform, Relation};

/// WeChat's web authorization page: `state` has at most 128 bytes.
const STATE_LIMIT: usize = 128;

/// The parameters in the order WeChat's web authorization page demands. Where the optional ones belong is our guess
/// after the examples developers have published: behind `state`.
const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];

/// An authorize request that passed every check.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizeRequest {
    /// Who asks.
    pub(crate) appid: String,
    /// The name of who asks.
    pub(crate) title: String,
    /// Where the answer goes.
    pub(crate) target: RedirectTarget,
    /// What is asked for.
    pub(crate) scope: GrantedScope,
    /// Returned unchanged; empty if none was sent, which WeChat's documentation allows.
    pub(crate) state: String,
    /// `forcePopup=true`: consent is asked for although it was given recently.
    pub(crate) force_popup: bool,
    /// `forceSnapShot=true`: the app opens as a snapshot.
    pub(crate) force_snapshot: bool,
    /// The parameters are not in WeChat's order, which phones are reported to tolerate.
    pub(crate) out_of_order: bool,
}

/// Who opens the authorize page.
#[derive(Clone, Copy)]
pub(crate) struct Visitor<'a> {
    /// Who holds the phone.
    pub(crate) person: &'a Person,
    /// What the browser calls itself, `None` if it does not.
    pub(crate) user_agent: Option<&'a str>,
}

impl Platform {
    /// Checks an authorize request.
    ///
    /// The order of the checks is our guess: WeChat documents none.
    ///
    /// # Errors
    /// The first refusal in that order.
    pub(crate) fn check_authorize(
        &self,
        query: &RawQuery,
        visitor: Visitor<'_>,
    ) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        if self.settings.require_wechat && !is_wechat(visitor.user_agent) {
            return Err(AuthorizeRefusal::NotWechat);
        }
        let out_of_order = !is_in_order(query);
        if self.settings.strict_order && out_of_order {
            return Err(AuthorizeRefusal::WrongOrder);
        }
        let appid = query.get("appid").ok_or(AuthorizeRefusal::MissingAppid)?;
        let redirect_uri = query
            .get("redirect_uri")
            .ok_or(AuthorizeRefusal::MissingRedirectUri)?;
        let scope = query.get("scope").ok_or(AuthorizeRefusal::MissingScope)?;
        let state = query.get("state").unwrap_or_default();
        if self.settings.require_state && state.is_empty() {
            return Err(AuthorizeRefusal::MissingState);
        }
        if state.len() > STATE_LIMIT && !self.settings.long_state {
            return Err(AuthorizeRefusal::StateTooLong { bytes: state.len() });
        }
        let account = self.official_account(appid)?;
        if account.banned {
            return Err(AuthorizeRefusal::Banned);
        }
        if account.component || query.get("component_appid").is_some() {
            return Err(AuthorizeRefusal::NotAuthorizedToComponent);
        }
        let scope = account.granted(scope)?;
        let response_type = query.get("response_type").unwrap_or_default();
        if response_type != "code" {
            return Err(AuthorizeRefusal::WrongResponseType {
                given: response_type.to_owned(),
            });
        }
        let target = self.permitted_target(account, redirect_uri)?;
        if account.kind == AccountKind::Test && visitor.person.relation == Relation::Stranger {
            return Err(AuthorizeRefusal::MustFollow);
        }
        if self.settings.too_frequent {
            return Err(AuthorizeRefusal::TooFrequent);
        }
        Ok(AuthorizeRequest {
            appid: account.appid.clone(),
            title: account.title.clone(),
            target,
            scope,
            state: state.to_owned(),
            force_popup: query.get("forcePopup") == Some("true"),
            force_snapshot: query.get("forceSnapShot") == Some("true"),
            out_of_order,
        })
    }

    fn official_account(&self, appid: &str) -> Result<&Account, AuthorizeRefusal> {
        let account = self.account(appid);
        account
            .filter(|account| account.kind != AccountKind::Website)
            .ok_or_else(|| AuthorizeRefusal::UnknownAppid {
                given: appid.to_owned(),
                is_website: account.is_some(),
            })
    }

    /// Where codes of this account may be sent, or why not there.
    pub(super) fn permitted_target(
        &self,
        account: &Account,
        redirect_uri: &str,
    ) -> Result<RedirectTarget, AuthorizeRefusal> {
        let target = RedirectTarget::parse(redirect_uri)
            .map_err(|reason| AuthorizeRefusal::InvalidRedirectUri { reason })?;
        match account.permits(&target) {
            Ok(()) if self.settings.drop_openid_parameter => Ok(target.without_parameter("openId")),
            Ok(()) => Ok(target),
            Err(NotRegistered::Scheme) => Err(AuthorizeRefusal::WrongScheme),
            Err(reason) => Err(AuthorizeRefusal::DomainNotRegistered {
                reason,
                host: target.host().to_owned(),
                registered: account.domain_texts(),
            }),
        }
    }
}

/// WeCom's browser says `MicroMessenger` too, but official accounts cannot authorize there.
fn is_wechat(user_agent: Option<&str>) -> bool {
    let user_agent = user_agent.unwrap_or_default().to_ascii_lowercase();
    user_agent.contains("micromessenger") && !user_agent.contains("wxwork")
}

/// Whether the five parameters, as far as they are there, come first and in WeChat's order.
fn is_in_order(query: &RawQuery) -> bool {
    let mut names = query.iter().map(|(name, _)| name);
    let expected = ORDER
        .into_iter()
        .filter(|expected| query.iter().any(|(name, _)| name == *expected));
    expected
        .into_iter()
        .all(|expected| names.next() == Some(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_parameters_come_first_and_in_order() {
        for (query, in_order) in [
            (
                "appid=1&redirect_uri=2&response_type=3&scope=4&state=5",
                true,
            ),
            (
                "appid=1&redirect_uri=2&response_type=3&scope=4&state=5&forcePopup=true",
                true,
            ),
            ("appid=1&redirect_uri=2&response_type=3&scope=4", true),
            ("", true),
            ("redirect_uri=2&appid=1", false),
            ("appId=1&redirect_uri=2", false),
            ("forcePopup=true&appid=1", false),
        ] {
            assert_eq!(is_in_order(&RawQuery::parse(query)), in_order, "{query}");
        }
    }

    #[test]
    fn wecom_is_not_wechat() {
        for (user_agent, expected) in [
            (Some("Mozilla/5.0 MicroMessenger/8.0.63"), true),
            (Some("Mozilla/5.0 micromessenger/6"), true),
            (Some("Mozilla/5.0 wxwork/5.0 MicroMessenger/7.0.1"), false),
            (Some("Mozilla/5.0 Chrome/142"), false),
            (None, false),
        ] {
            assert_eq!(is_wechat(user_agent), expected, "{user_agent:?}");
        }
    }
}
