//! What the authorize page accepts, and what WeChat's page says when it does not.

use crate::raw_query::RawQuery;
use crate::redirect::{InvalidTarget, RedirectTarget};

use super::account::{Account, NotRegistered};
use super::codes::Grant;
use super::{GrantedScope, Platform};

/// WeChat's web authorization page: `state` has at most 128 bytes.
const STATE_LIMIT: usize = 128;

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
}

/// Why the authorize page refuses a request. The person sees it on WeChat's page; the app never learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthorizeRefusal {
    MissingAppid,
    MissingRedirectUri,
    MissingScope,
    StateTooLong {
        bytes: usize,
    },
    UnknownAppid {
        given: String,
    },
    UnknownScope {
        given: String,
    },
    WrongResponseType {
        given: String,
    },
    InvalidRedirectUri {
        reason: InvalidTarget,
    },
    DomainNotRegistered {
        reason: NotRegistered,
        host: String,
        registered: Vec<String>,
    },
}

impl AuthorizeRefusal {
    /// The number on WeChat's page. Two refusals have none.
    pub(crate) const fn number(&self) -> Option<i64> {
        match self {
            Self::InvalidRedirectUri { .. } | Self::DomainNotRegistered { .. } => Some(10003),
            Self::UnknownScope { .. } => Some(10005),
            Self::MissingScope => Some(10010),
            Self::MissingRedirectUri => Some(10011),
            Self::MissingAppid => Some(10012),
            Self::UnknownAppid { .. } => Some(10016),
            Self::StateTooLong { .. } | Self::WrongResponseType { .. } => None,
        }
    }

    /// The sentence on WeChat's page, in WeChat's words.
    pub(crate) const fn text(&self) -> &'static str {
        match self {
            Self::InvalidRedirectUri { .. } | Self::DomainNotRegistered { .. } => {
                "redirect_uri域名与后台配置不一致"
            }
            Self::UnknownScope { .. } => "此公众号并没有这些scope的权限",
            Self::MissingScope => "scope不能为空",
            Self::MissingRedirectUri => "redirect_uri不能为空",
            Self::MissingAppid => "appid不能为空",
            Self::UnknownAppid { .. } => "不支持微信开放平台的Appid，请使用公众号Appid",
            Self::StateTooLong { .. } => "state参数过长",
            Self::WrongResponseType { .. } => "该链接无法访问",
        }
    }
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
    ) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        let appid = query.get("appid").ok_or(AuthorizeRefusal::MissingAppid)?;
        let redirect_uri = query
            .get("redirect_uri")
            .ok_or(AuthorizeRefusal::MissingRedirectUri)?;
        let scope = query.get("scope").ok_or(AuthorizeRefusal::MissingScope)?;
        let state = query.get("state").unwrap_or_default();
        if state.len() > STATE_LIMIT {
            return Err(AuthorizeRefusal::StateTooLong { bytes: state.len() });
        }
        let account = self
            .account(appid)
            .ok_or_else(|| AuthorizeRefusal::UnknownAppid {
                given: appid.to_owned(),
            })?;
        let scope = GrantedScope::parse(scope).ok_or_else(|| AuthorizeRefusal::UnknownScope {
            given: scope.to_owned(),
        })?;
        let response_type = query.get("response_type").unwrap_or_default();
        if response_type != "code" {
            return Err(AuthorizeRefusal::WrongResponseType {
                given: response_type.to_owned(),
            });
        }
        let target = permitted_target(account, redirect_uri)?;
        Ok(AuthorizeRequest {
            appid: account.appid.clone(),
            title: account.title.clone(),
            target,
            scope,
            state: state.to_owned(),
        })
    }

    /// Issues a code to an accepted request and gives the address that carries it back.
    pub(crate) fn grant(&mut self, request: &AuthorizeRequest, person: &str) -> String {
        let grant = Grant {
            appid: request.appid.clone(),
            person: person.to_owned(),
            scope: request.scope,
        };
        let code = self.issue(grant);
        request.target.granted(&code, &request.state)
    }
}

fn permitted_target(
    account: &Account,
    redirect_uri: &str,
) -> Result<RedirectTarget, AuthorizeRefusal> {
    let target = RedirectTarget::parse(redirect_uri)
        .map_err(|reason| AuthorizeRefusal::InvalidRedirectUri { reason })?;
    account
        .permits(&target)
        .map_err(|reason| AuthorizeRefusal::DomainNotRegistered {
            reason,
            host: target.host().to_owned(),
            registered: account.domains.clone(),
        })?;
    Ok(target)
}
