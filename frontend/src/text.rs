//! The words of this app's pages, in Chinese and English; the login brings its own.

use leptos_wechat_login::browser;

macro_rules! texts {
    ($($name:ident: $chinese:literal, $english:literal;)+) => {
        /// The words of one language.
        pub(crate) struct Texts {
            $(pub(crate) $name: &'static str,)+
        }

        static CHINESE: Texts = Texts { $($name: $chinese,)+ };
        static ENGLISH: Texts = Texts { $($name: $english,)+ };
    };
}

texts! {
    lang:
        "zh-CN",
        "en";
    my_account:
        "我的账号",
        "My account";
    no_nickname:
        "未设置昵称",
        "No name set";
    no_profile:
        "微信用户",
        "WeChat user";
    official_account:
        "公众号",
        "Official account";
    scope:
        "授权范围",
        "Granted";
    scope_base:
        "静默授权（snsapi_base）",
        "silent (snsapi_base)";
    scope_userinfo:
        "已授权昵称和头像（snsapi_userinfo）",
        "name and picture (snsapi_userinfo)";
    scope_login:
        "微信扫码登录（snsapi_login）",
        "by QR code (snsapi_login)";
    loading:
        "正在加载…",
        "Loading…";
    unionid_unknown:
        "暂无：授权昵称和头像后才能获得，且公众号须绑定开放平台",
        "Not known: needs your name and picture, and an account bound to an open platform";
    share_profile:
        "使用我的微信昵称和头像",
        "Use my WeChat name and picture";
    share_profile_why:
        "仅用于在本页显示您的名字和头像，可以拒绝，不影响使用。",
        "Only to show them on this page. You may decline; everything else keeps working.";
    refresh_profile:
        "更新昵称和头像",
        "Update name and picture";
    sign_out:
        "退出登录",
        "Sign out";
    not_found_title:
        "页面不存在",
        "No such page";
    not_found_text:
        "地址可能有误，或页面已被移除。",
        "The address may be wrong, or the page is gone.";
    copy:
        "复制",
        "Copy";
    my_orders:
        "我的订单",
        "My orders";
    this_account:
        "本公众号",
        "This account";
    all_accounts:
        "全部公众号",
        "All accounts";
    whose_orders:
        "显示哪些公众号的订单",
        "Whose orders to show";
    no_orders:
        "还没有订单",
        "No orders yet";
    load_more:
        "加载更多",
        "Load more";
    no_more:
        "没有更多了",
        "That is all";
    orders_failed:
        "订单没有加载成功",
        "The orders could not be loaded";
    join_why:
        "这里只有本公众号的订单。授权昵称和头像后，微信会告诉我们您在同一开放平台其他公众号的身份，即可合并显示。",
        "Only the orders of this account. Once you share your name and picture, WeChat tells us who you are under the company's other accounts, and we can show them together.";
    cannot_join:
        "这里只有本公众号的订单：它没有绑定开放平台，微信不提供您在其他公众号的身份。",
        "Only the orders of this account: it is bound to no open platform, so WeChat does not tell who you are elsewhere.";
    join:
        "合并我的全部订单",
        "Show them together";
    join_reason:
        "用于合并显示您在各公众号的订单",
        "To show your orders of all accounts together";
}

/// The reader's language: English if the browser asks for it first, Chinese otherwise.
pub(crate) fn texts() -> &'static Texts {
    if browser::language().starts_with("en") {
        &ENGLISH
    } else {
        &CHINESE
    }
}
