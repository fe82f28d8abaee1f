//! Every word the app shows, in Chinese and English.

mod chinese;
mod english;

use std::sync::LazyLock;

use api_types::ErrorCode;

use crate::browser;

/// The words of one language.
pub(crate) struct Texts {
    /// Value of `<html lang>`.
    pub(crate) lang: &'static str,
    pub(crate) signing_in: &'static str,
    pub(crate) going_to_wechat: &'static str,
    pub(crate) my_account: &'static str,
    pub(crate) no_nickname: &'static str,
    pub(crate) no_profile: &'static str,
    pub(crate) official_account: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) scope_base: &'static str,
    pub(crate) scope_userinfo: &'static str,
    pub(crate) scope_login: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) unionid_unknown: &'static str,
    pub(crate) share_profile: &'static str,
    pub(crate) share_profile_why: &'static str,
    pub(crate) refresh_profile: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) refused_title: &'static str,
    pub(crate) refused_text: &'static str,
    pub(crate) signed_out_title: &'static str,
    pub(crate) signed_out_text: &'static str,
    pub(crate) open_in_wechat_title: &'static str,
    pub(crate) not_found_title: &'static str,
    pub(crate) not_found_text: &'static str,
    pub(crate) to_start: &'static str,
    pub(crate) failed_title: &'static str,
    pub(crate) request_id: &'static str,
    pub(crate) wechat_errcode: &'static str,
    pub(crate) forgetful_title: &'static str,
    pub(crate) forgetful_text: &'static str,
    pub(crate) unanswered: &'static str,
    pub(crate) unknown_account: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) garbled: &'static str,
    pub(crate) notice_profile_refused: &'static str,
    pub(crate) notice_profile_failed: &'static str,
    pub(crate) notice_sign_out_failed: &'static str,
    pub(crate) slow: &'static str,
    pub(crate) very_slow: &'static str,
    pub(crate) for_operator: &'static str,
    pub(crate) session_ended_title: &'static str,
    pub(crate) session_ended_text: &'static str,
    pub(crate) snapshot_title: &'static str,
    pub(crate) snapshot_text: &'static str,
    pub(crate) open_from_desktop: &'static str,
    pub(crate) open_from_phone: &'static str,
    pub(crate) open_from_wecom: &'static str,
    pub(crate) qr_code: &'static str,
    pub(crate) qr_login: &'static str,
    pub(crate) copy_link: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) not_copied: &'static str,
    pub(crate) my_orders: &'static str,
    pub(crate) this_account: &'static str,
    pub(crate) all_accounts: &'static str,
    pub(crate) whose_orders: &'static str,
    pub(crate) no_orders: &'static str,
    pub(crate) load_more: &'static str,
    pub(crate) no_more: &'static str,
    pub(crate) orders_failed: &'static str,
    pub(crate) join_why: &'static str,
    pub(crate) cannot_join: &'static str,
    pub(crate) join: &'static str,
    pub(crate) profile_reason: &'static str,
    pub(crate) join_reason: &'static str,
    pub(crate) user_refused_by_wechat: &'static str,
    code_expired: &'static str,
    code_used: &'static str,
    refused_by_wechat: &'static str,
    wechat_unavailable: &'static str,
    rate_limited: &'static str,
    invalid_request: &'static str,
    unauthorized: &'static str,
    not_found: &'static str,
    internal: &'static str,
}

impl Texts {
    /// What happened and what the user can do, for each reason the proxy gives.
    pub(crate) fn of(&self, code: ErrorCode) -> &'static str {
        match code {
            ErrorCode::CodeExpired => self.code_expired,
            ErrorCode::CodeUsed => self.code_used,
            ErrorCode::RefusedByWechat => self.refused_by_wechat,
            ErrorCode::WechatUnavailable => self.wechat_unavailable,
            ErrorCode::RateLimited => self.rate_limited,
            ErrorCode::InvalidRequest | ErrorCode::Forbidden | ErrorCode::PreconditionFailed => {
                self.invalid_request
            }
            ErrorCode::Unauthorized => self.unauthorized,
            ErrorCode::NotFound => self.not_found,
            ErrorCode::Internal => self.internal,
        }
    }
}

/// The reader's language: English if the browser asks for it first, Chinese otherwise.
pub(crate) fn texts() -> &'static Texts {
    static CHOSEN: LazyLock<&Texts> = LazyLock::new(|| {
        if browser::language().starts_with("en") {
            &english::TEXTS
        } else {
            &chinese::TEXTS
        }
    });
    &CHOSEN
}
