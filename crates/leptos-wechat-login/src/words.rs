//! Every word of the login, in Chinese and English.

use api_types::ErrorCode;

use crate::browser;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $chinese:literal, $english:literal;)+) => {
        /// The words of one language.
        ///
        /// Some of one's own: `Words { sign_in: "进店", ..Words::CHINESE }`. A later version may have more of them.
        #[derive(Debug, Clone, Copy)]
        pub struct Words {
            $($(#[$doc])* pub $name: &'static str,)+
        }

        impl Words {
            /// 中文。
            pub const CHINESE: Self = Self { $($name: $chinese,)+ };
            /// English.
            pub const ENGLISH: Self = Self { $($name: $english,)+ };
        }
    };
}

words! {
    /// While it is not known who is there.
    signing_in:
        "正在登录…",
        "Signing you in…";
    /// While WeChat's page comes.
    going_to_wechat:
        "正在前往微信授权…",
        "Going to WeChat…";
    /// After three seconds of either.
    slow:
        "网络有点慢，请稍候…",
        "This takes a little longer…";
    /// After eight.
    very_slow:
        "等待时间过长，可以再试一次。",
        "This takes too long. You can try again.";
    /// Button.
    sign_in:
        "微信登录",
        "Sign in with WeChat";
    /// Button.
    retry:
        "重试",
        "Try again";
    /// Button, to the site's start page.
    to_start:
        "返回首页",
        "To the start page";
    /// The user declined.
    refused_title:
        "您已拒绝授权",
        "You declined";
    /// Below it.
    refused_text:
        "没有关系。需要登录时，点一下按钮即可。",
        "That is fine. Tap the button whenever you want to sign in.";
    /// The user signed out.
    signed_out_title:
        "已退出登录",
        "You are signed out";
    /// Below it.
    signed_out_text:
        "需要时可以随时重新登录。",
        "You can sign in again at any time.";
    /// The session ended while the page was open.
    session_ended_title:
        "登录已失效",
        "Your session has ended";
    /// Below it.
    session_ended_text:
        "请重新登录后继续。",
        "Sign in again to go on.";
    /// WeChat shows the page as a snapshot.
    snapshot_title:
        "当前为页面快照",
        "This is a snapshot";
    /// Below it.
    snapshot_text:
        "请点击屏幕右下角的“使用完整服务”。快照中显示的是微信提供的虚拟身份，我们不会保存。若没有看到该按钮，请点下面的“微信登录”。",
        "Tap “使用完整服务” at the bottom right. WeChat shows a virtual user here, whom we do not keep. If there is no such button, sign in below.";
    /// Why name and picture are asked for, out of a snapshot.
    profile_reason:
        "用于在本页显示您的名字和头像",
        "To show your name and picture on this page";
    /// In a browser that cannot log in.
    open_in_wechat_title:
        "请在微信中打开",
        "Please open this in WeChat";
    /// On a computer.
    open_from_desktop:
        "用手机微信“扫一扫”打开本页，或复制链接发送到微信中打开。",
        "Scan this code with WeChat on your phone, or copy the link, send it to a chat and open it there.";
    /// On a phone.
    open_from_phone:
        "复制链接，发送到微信的任意聊天中，再点击打开。",
        "Copy the link, send it to any chat in WeChat and open it there.";
    /// In WeCom.
    open_from_wecom:
        "您正在使用企业微信。请用微信“扫一扫”打开本页，或复制链接到微信中打开。",
        "This is WeCom. Scan this code with WeChat, or copy the link and open it there.";
    /// What the picture is, for who does not see it.
    qr_code:
        "本页地址的二维码",
        "QR code of this page's address";
    /// Button.
    qr_login:
        "微信扫码登录",
        "Sign in by QR code";
    /// Button.
    copy_link:
        "复制链接",
        "Copy link";
    /// What it says then.
    copied:
        "已复制",
        "Copied";
    /// Or this, where nothing can be copied.
    not_copied:
        "请长按复制",
        "Press and hold to copy";
    /// The user declined to share name and picture.
    notice_profile_refused:
        "您未授权昵称和头像，登录状态不受影响。",
        "You kept your name and picture to yourself. You are still signed in.";
    /// WeChat did not tell them.
    notice_profile_failed:
        "没有取得昵称和头像，登录状态不受影响。可以稍后再试。",
        "Name and picture could not be fetched. You are still signed in; try again later.";
    /// The session is still there.
    notice_sign_out_failed:
        "退出没有成功，您仍处于登录状态。请检查网络后再试。",
        "Signing out did not work, you are still signed in. Check the network and try again.";
    /// The login does not work.
    failed_title:
        "登录没有成功",
        "Signing in did not work";
    /// The browser has forgotten twice that it went to WeChat.
    forgetful_title:
        "浏览器没有记住登录",
        "The browser forgot the login";
    /// Below it.
    forgetful_text:
        "从微信返回后，浏览器丢失了登录记录，已停止自动重试。请关闭无痕模式、允许保存网站数据后重试。",
        "After WeChat the browser no longer knew that it had asked, twice, so we stopped. Leave private mode, allow this site to keep data, then try again.";
    /// What came back from WeChat was no answer, several times.
    unanswered:
        "从微信返回后，没有登录结果（state），已停止自动重试。请重试；如仍失败，请联系工作人员。",
        "You came back from WeChat without an answer (state), so we stopped trying. Please tell the staff.";
    /// The proxy does not serve the account.
    unknown_account:
        "服务端没有配置这个公众号，请联系工作人员。",
        "The server does not serve this official account. Please tell the staff.";
    /// Nothing answered.
    unreachable:
        "连接不上服务器。请检查网络后重试。",
        "The server cannot be reached. Check the network and try again.";
    /// Something else than the proxy did.
    garbled:
        "服务器暂时无法提供服务，请稍后重试。",
        "The server is not available at the moment. Please try again later.";
    /// Label of what the operator has to do.
    for_operator:
        "给管理员",
        "For the operator";
    /// Label.
    request_id:
        "请求编号",
        "Request id";
    /// Label.
    wechat_errcode:
        "微信错误码",
        "WeChat errcode";
    /// WeChat limits this user.
    user_refused_by_wechat:
        "微信不允许您的账号登录，重试无法解决。请在微信中查看账号是否受限；如有疑问，请把编号告诉工作人员。",
        "WeChat does not let your account log in here; trying again does not help. Please look in WeChat whether it is restricted, or tell the staff the ids.";
    /// For the reason of this name; so the following.
    code_expired:
        "微信的授权码已过期，请重试。",
        "WeChat's code has expired. Please try again.";
    /// The same.
    code_used:
        "微信的授权码已被使用过，请重试。",
        "WeChat's code was already used. Please try again.";
    /// The same.
    refused_by_wechat:
        "微信拒绝了本公众号的登录请求，重试无法解决。请把编号告诉工作人员，由其检查公众号配置。",
        "WeChat refuses this account's logins; trying again does not help. Please tell the staff the ids so that they check the account's settings.";
    /// The same.
    wechat_unavailable:
        "微信暂时没有响应，请稍后重试。",
        "WeChat does not answer at the moment. Please try again later.";
    /// The same.
    rate_limited:
        "访问的人太多了，请过一分钟再试。",
        "Too many people at once. Please try again in a minute.";
    /// The same.
    invalid_request:
        "登录请求有误，请重试；如仍失败，请把编号告诉工作人员。",
        "The login request was wrong. Try again; if it fails again, tell the staff the id.";
    /// The same.
    unauthorized:
        "登录已失效，请重新登录。",
        "Your session has ended. Please sign in again.";
    /// The same.
    not_found:
        "没有找到所请求的内容。",
        "There is nothing under this address.";
    /// The same.
    internal:
        "服务器出错了，请稍后重试；如仍失败，请把编号告诉工作人员。",
        "The server made a mistake. Try again later; if it fails again, tell the staff the id.";
}

impl Words {
    /// The reader's language: English if the browser asks for it first, Chinese otherwise.
    pub fn of_the_browser() -> &'static Self {
        if browser::language().starts_with("en") {
            &Self::ENGLISH
        } else {
            &Self::CHINESE
        }
    }

    /// What happened and what the user can do, for each reason the proxy gives.
    pub fn of(&self, code: ErrorCode) -> &'static str {
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
