//! Refresh, check, and the tokens of accounts.

use super::super::Rule;
use super::{API, CODES, MISSING, REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "强制刷新每天二十次；三十秒之内再强制是同一个令牌，不计次数",
        API,
        "force_is_refused_from_the_21st_time_on_a_day",
    ),
    imitated(
        "刷新不要 secret；过期前 access_token 不变、有效期延长，refresh_token 不变，没有 unionid",
        "微信接口文档、开放平台文档、开发者报告",
        "refresh_before_expiry_keeps_the_access_token_and_extends_it",
    ),
    imitated(
        "access_token 过期后刷新得到新的",
        "开放平台文档",
        "a_token_expires_after_two_hours_and_refresh_gives_a_new_one",
    ),
    tested_guess(
        "refresh_token 三十天后过期（42002），刷新不重新计时",
        "三十天见微信网页授权文档；是否重新计时，微信没有说明",
        "refresh_token_expires_after_thirty_days_used_or_not",
    ),
    imitated(
        "/cgi-bin/token 每次给新令牌，旧的五分钟后失效",
        API,
        "a_new_account_token_ends_the_one_before_within_five_minutes",
    ),
    imitated(
        "/cgi-bin/stable_token 普通模式给同一个令牌，与 /cgi-bin/token 互不影响",
        API,
        "the_stable_token_is_the_same_for_everybody_until_forced",
    ),
    imitated(
        "/cgi-bin/* 的 Content-Type 是 application/json; encoding=utf-8",
        REPORTS,
        "methods_and_bodies_are_checked_and_the_content_type_is_odd",
    ),
    imitated(
        "/cgi-bin/* 的 errmsg 以“ rid: …”结尾，没有逗号",
        REPORTS,
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    imitated(
        "42001 的 errmsg 里有 access_token expired",
        "微信全局返回码；在用的客户端（easywechat）靠它更换令牌",
        "an_ordered_errcode_comes_in_wechats_words_once_and_spends_nothing",
    ),
    imitated(
        "40164 说出 IPv4 和 IPv6 两种写法（故障规则）",
        "有人贴出过应答",
        "each_endpoint_has_its_own_rules",
    ),
    tested_guess(
        "/cgi-bin/stable_token：GET 得到 43002，空的正文 44002，不是 JSON 的 47001",
        "微信全局返回码；真实的应答只见于别的接口",
        "methods_and_bodies_are_checked_and_the_content_type_is_odd",
    ),
    tested_guess(
        "不写 force_refresh 与 false 相同",
        "微信接口文档；一位开发者得到 41002",
        "the_stable_token_is_the_same_for_everybody_until_forced",
    ),
    imitated(
        "/sns/auth：有效时 errcode 是 0、没有 rid",
        API,
        "a_valid_token_of_any_scope_is_ok_without_a_rid",
    ),
    tested_guess(
        "另一个账号的 secret 得到 40125（返回码表里还有 40001）",
        SILENT,
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    guess(
        "普通模式在过期前五分钟换新令牌，超过每日次数得到 45009",
        SILENT,
    ),
    not_imitated(
        "refresh_token 不到三十天就失效（40030）；40243、48004、50001 等只在故障规则里出现",
        MISSING,
    ),
    not_imitated(
        "用账号令牌调用的接口：JS-SDK 的 ticket、关注状态（user/info）、带参数的二维码、额度查询等",
        MISSING,
    ),
    not_imitated(
        "消息推送、扫公众号二维码登录、小程序（jscode2session）、移动应用",
        MISSING,
    ),
    imitated(
        "改密码之后令牌得到 42007",
        CODES,
        "changed_password_kills_both_tokens_with_42007",
    ),
];
