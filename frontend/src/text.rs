//! Every word the app shows, in Chinese and English.

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
    pub(crate) unionid_unknown: &'static str,
    pub(crate) snapshot_user: &'static str,
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
    pub(crate) open_in_wechat_text: &'static str,
    pub(crate) not_found_title: &'static str,
    pub(crate) not_found_text: &'static str,
    pub(crate) to_start: &'static str,
    pub(crate) failed_title: &'static str,
    pub(crate) request_id: &'static str,
    pub(crate) wechat_errcode: &'static str,
    pub(crate) forgetful_title: &'static str,
    pub(crate) forgetful_text: &'static str,
    pub(crate) unknown_account: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) garbled: &'static str,
    pub(crate) notice_profile_refused: &'static str,
    pub(crate) notice_profile_failed: &'static str,
    pub(crate) notice_sign_out_failed: &'static str,
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
            &ENGLISH
        } else {
            &CHINESE
        }
    });
    &CHOSEN
}

static CHINESE: Texts = Texts {
    lang: "zh-CN",
    signing_in: "正在登录…",
    going_to_wechat: "正在前往微信授权…",
    my_account: "我的账号",
    no_nickname: "未设置昵称",
    no_profile: "微信用户",
    official_account: "公众号",
    scope: "授权范围",
    scope_base: "静默授权（snsapi_base）",
    scope_userinfo: "已授权昵称和头像（snsapi_userinfo）",
    unionid_unknown: "暂无：授权昵称和头像后才能获得，且公众号须绑定开放平台",
    snapshot_user: "当前为微信快照页的虚拟用户，请点击右下角“使用完整服务”",
    share_profile: "使用我的微信昵称和头像",
    share_profile_why: "仅用于在本页显示您的名字和头像，可以拒绝，不影响使用。",
    refresh_profile: "更新昵称和头像",
    sign_out: "退出登录",
    sign_in: "微信登录",
    retry: "重试",
    refused_title: "您已拒绝授权",
    refused_text: "没有关系。需要登录时，点一下按钮即可。",
    signed_out_title: "已退出登录",
    signed_out_text: "需要时可以随时重新登录。",
    open_in_wechat_title: "请在微信中打开",
    open_in_wechat_text: "复制本页地址，发送到微信的任意聊天中，再点击打开。",
    not_found_title: "页面不存在",
    not_found_text: "地址可能有误，或页面已被移除。",
    to_start: "返回首页",
    failed_title: "登录没有成功",
    request_id: "请求编号",
    wechat_errcode: "微信错误码",
    forgetful_title: "浏览器没有记住登录",
    forgetful_text: "从微信返回后，浏览器丢失了登录记录，已停止自动重试。请关闭无痕模式、允许保存网站数据后重试。",
    unknown_account: "服务端没有配置这个公众号，请联系工作人员。",
    unreachable: "连接不上服务器。请检查网络后重试。",
    garbled: "服务器暂时无法提供服务，请稍后重试。",
    notice_profile_refused: "您未授权昵称和头像，登录状态不受影响。",
    notice_profile_failed: "没有取得昵称和头像，登录状态不受影响。可以稍后再试。",
    notice_sign_out_failed: "退出没有成功，您仍处于登录状态。请检查网络后再试。",
    code_expired: "微信的授权码已过期，请重试。",
    code_used: "微信的授权码已被使用过，请重试。",
    refused_by_wechat: "微信拒绝了本公众号的登录请求，重试无法解决。请把下面的编号告诉工作人员，由其检查公众号配置。",
    wechat_unavailable: "微信暂时没有响应，请稍后重试。",
    rate_limited: "访问的人太多了，请过一分钟再试。",
    invalid_request: "登录请求有误，请重试；如仍失败，请把下面的编号告诉工作人员。",
    unauthorized: "登录已失效，请重新登录。",
    not_found: "没有找到所请求的内容。",
    internal: "服务器出错了，请稍后重试；如仍失败，请把下面的编号告诉工作人员。",
};

static ENGLISH: Texts = Texts {
    lang: "en",
    signing_in: "Signing you in…",
    going_to_wechat: "Going to WeChat…",
    my_account: "My account",
    no_nickname: "No name set",
    no_profile: "WeChat user",
    official_account: "Official account",
    scope: "Granted",
    scope_base: "silent (snsapi_base)",
    scope_userinfo: "name and picture (snsapi_userinfo)",
    unionid_unknown: "Not known: needs your name and picture, and an account bound to an open platform",
    snapshot_user: "This is WeChat's virtual snapshot user; tap “使用完整服务” at the bottom right",
    share_profile: "Use my WeChat name and picture",
    share_profile_why: "Only to show them on this page. You may decline; everything else keeps working.",
    refresh_profile: "Update name and picture",
    sign_out: "Sign out",
    sign_in: "Sign in with WeChat",
    retry: "Try again",
    refused_title: "You declined",
    refused_text: "That is fine. Tap the button whenever you want to sign in.",
    signed_out_title: "You are signed out",
    signed_out_text: "You can sign in again at any time.",
    open_in_wechat_title: "Please open this in WeChat",
    open_in_wechat_text: "Copy this page's address, send it to any chat in WeChat and open it there.",
    not_found_title: "No such page",
    not_found_text: "The address may be wrong, or the page is gone.",
    to_start: "To the start page",
    failed_title: "Signing in did not work",
    request_id: "Request id",
    wechat_errcode: "WeChat errcode",
    forgetful_title: "The browser forgot the login",
    forgetful_text: "After WeChat the browser no longer knew that it had asked, twice, so we stopped. Leave private mode, allow this site to keep data, then try again.",
    unknown_account: "The server does not serve this official account. Please tell the staff.",
    unreachable: "The server cannot be reached. Check the network and try again.",
    garbled: "The server is not available at the moment. Please try again later.",
    notice_profile_refused: "You kept your name and picture to yourself. You are still signed in.",
    notice_profile_failed: "Name and picture could not be fetched. You are still signed in; try again later.",
    notice_sign_out_failed: "Signing out did not work, you are still signed in. Check the network and try again.",
    code_expired: "WeChat's code has expired. Please try again.",
    code_used: "WeChat's code was already used. Please try again.",
    refused_by_wechat: "WeChat refuses this account's logins; trying again does not help. Please tell the staff the ids below so that they check the account's settings.",
    wechat_unavailable: "WeChat does not answer at the moment. Please try again later.",
    rate_limited: "Too many people at once. Please try again in a minute.",
    invalid_request: "The login request was wrong. Try again; if it fails again, tell the staff the id below.",
    unauthorized: "Your session has ended. Please sign in again.",
    not_found: "There is nothing under this address.",
    internal: "The server made a mistake. Try again later; if it fails again, tell the staff the id below.",
};
