//! What WeChat's own page says when it refuses.

use crate::redirect::InvalidTarget;

use super::NotRegistered;

/// Why the authorize page refuses a request. The person sees it on WeChat's page; the app never learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthorizeRefusal {
    NotWechat,
    WrongOrder,
    MissingAppid,
    MissingRedirectUri,
    MissingScope,
    MissingState,
    StateTooLong {
        bytes: usize,
    },
    UnknownAppid {
        given: String,
        /// It is a website application's, which has another page.
        is_website: bool,
    },
    Banned,
    NotAuthorizedToComponent,
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
    WrongScheme,
    MustFollow,
    TooFrequent,
}

impl AuthorizeRefusal {
    /// The number on WeChat's page, from the table on its web authorization page (10039: developers report it). Some
    /// refusals have none.
    pub(crate) const fn number(&self) -> Option<i64> {
        match self {
            Self::InvalidRedirectUri { .. } | Self::DomainNotRegistered { .. } => Some(10003),
            Self::Banned => Some(10004),
            Self::UnknownScope { .. } => Some(10005),
            Self::MustFollow => Some(10006),
            Self::TooFrequent => Some(10009),
            Self::MissingScope => Some(10010),
            Self::MissingRedirectUri => Some(10011),
            Self::MissingAppid => Some(10012),
            Self::MissingState => Some(10013),
            Self::NotAuthorizedToComponent => Some(10015),
            Self::UnknownAppid { .. } => Some(10016),
            Self::WrongScheme => Some(10039),
            Self::NotWechat
            | Self::WrongOrder
            | Self::StateTooLong { .. }
            | Self::WrongResponseType { .. } => None,
        }
    }

    /// What the request log notes: the number, or 1 for a page without one.
    pub(crate) fn logged(&self) -> i64 {
        self.number().unwrap_or(1)
    }

    /// The sentence on WeChat's page, in WeChat's words.
    pub(crate) const fn text(&self) -> &'static str {
        match self {
            Self::InvalidRedirectUri { .. } | Self::DomainNotRegistered { .. } => {
                "redirect_uri域名与后台配置不一致"
            }
            Self::Banned => "此公众号被封禁",
            Self::UnknownScope { .. } => "此公众号并没有这些scope的权限",
            Self::MustFollow => "必须关注此测试号",
            Self::TooFrequent => "操作太频繁了，请稍后重试",
            Self::MissingScope => "scope不能为空",
            Self::MissingRedirectUri => "redirect_uri不能为空",
            Self::MissingAppid => "appid不能为空",
            Self::MissingState => "state不能为空",
            Self::NotAuthorizedToComponent => "公众号未授权第三方平台，请检查授权状态",
            Self::UnknownAppid { .. } => "不支持微信开放平台的Appid，请使用公众号Appid",
            Self::WrongScheme => "redirect_uri协议与后台配置不一致",
            Self::NotWechat => "请在微信客户端打开链接",
            Self::StateTooLong { .. } => "state参数过长",
            Self::WrongOrder | Self::WrongResponseType { .. } => "该链接无法访问",
        }
    }

    /// The sentence on the page of website applications, without a number: developers report the first two, the rest
    /// is the sentence of WeChat's older documents for whatever is wrong.
    pub(crate) const fn login_text(&self) -> &'static str {
        match self {
            Self::InvalidRedirectUri { .. }
            | Self::DomainNotRegistered { .. }
            | Self::MissingRedirectUri
            | Self::WrongScheme => "redirect_uri 参数错误",
            Self::UnknownScope { .. } | Self::MissingScope => "Scope 参数错误或没有 Scope 权限",
            _ => "该链接无法访问",
        }
    }
}
