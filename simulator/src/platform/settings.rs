//! What is a matter of choice, because WeChat's clients differ or its documents contradict each other.

use serde::{Deserialize, Serialize};

/// Where a person who refuses ends up: WeChat's documents contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalBehaviour {
    /// Back to the page before the consent page, as developers report from iOS. Where the browser has no such page,
    /// a page that says so and links to the `redirect_uri`.
    #[default]
    GoBack,
    /// A page that stays empty, as developers report from Android.
    Blank,
    /// A redirect with `state` and without `code`, as WeChat's third-party platform page documents.
    RedirectWithState,
}

/// The switches of a platform. In JSON every field may be left out and then has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The parameters of the authorize address must stand in WeChat's order, else "该链接无法访问". WeChat's web
    /// authorization page demands it; developers report that phones are lenient and the desktop client is not.
    /// Default: off.
    pub strict_order: bool,
    /// Browsers whose user agent does not say `MicroMessenger` see "请在微信客户端打开链接". Default: off, because
    /// developers use ordinary browsers.
    pub require_wechat: bool,
    /// An empty `state` is refused with 10013. The documents call it optional and have an error for it. Default: off.
    pub require_state: bool,
    /// `state` may have more than 128 bytes, as one developer reports of a phone. Default: off, "state参数过长".
    pub long_state: bool,
    /// The authorize page sends the browser to itself with `connect_redirect=1` first, as addresses show that developers
    /// have published. Default: off.
    pub connect_redirect: bool,
    /// What happens after 拒绝.
    pub refusal: RefusalBehaviour,
    /// For how many seconds a consent is remembered, so that `snsapi_userinfo` is silent until then, unless
    /// `forcePopup=true`. WeChat is reported to do so; how long is not known. Default: 0, the consent page always
    /// appears.
    pub remember_consent_seconds: u64,
    /// The authorize page says that it was asked too often: 10009. Default: off.
    pub too_frequent: bool,
    /// A snapshot is opened at once with the virtual user's code, as WeChat does it, and not by way of a page that
    /// explains it and offers 使用完整服务. For tests. Default: off.
    pub snapshot_at_once: bool,
    /// `/sns/userinfo` answers 48001 for the virtual user of a snapshot, as developers reported in 2022. Default:
    /// off, it answers the virtual user's data.
    pub snapshot_userinfo_forbidden: bool,
    /// All virtual users of an open platform have one unionid, as one developer reports. Default: off, everybody's has
    /// its own.
    pub shared_snapshot_unionid: bool,
    /// A token of `snsapi_base` opens `/sns/userinfo` too, if the person has consented to `snsapi_userinfo` for this
    /// account before, as several developers report. Default: off, 48001 as documented.
    pub silent_profile_after_consent: bool,
    /// Every callback is delivered twice with the same code, as developers report from slow servers and from menu
    /// entries. Default: off.
    pub deliver_twice: bool,
    /// A parameter named `openId` in the query of `redirect_uri` is dropped, as two developers report. Default: off.
    pub drop_openid_parameter: bool,
    /// `/cgi-bin/user/info` says only three things of somebody who does not follow, as it did some years ago. Default:
    /// off, ten, as today.
    pub short_stranger: bool,
    /// How often a day an account may call `/cgi-bin/token`, before 45009. Default: 0, as WeChat's table says: 2000, and
    /// 200 for a test account.
    pub tokens_per_day: u64,
    /// The same of `/cgi-bin/ticket/getticket`. Default: 0, our guess: 10000, and 1000 for a test account.
    pub tickets_per_day: u64,
    /// The same of `/cgi-bin/user/info` and `batchget`, together. Default: 0, as WeChat's table says: 5000000, and 500000.
    pub followers_per_day: u64,
}
