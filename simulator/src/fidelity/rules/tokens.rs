//! Refresh, check, and the tokens of accounts.

use super::super::Rule;
use super::{API, CODES, REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "强制刷新每天二十次",
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
        "refresh_after_expiry_gives_a_new_access_token",
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
        "/sns/auth：有效时 errcode 是 0、没有 rid",
        API,
        "a_valid_token_of_any_scope_is_ok_without_a_rid",
    ),
    tested_guess(
        "另一个账号的 secret 得到 40125（返回码表里还有 40001）",
        SILENT,
        "credentials_are_checked_alike_by_both",
    ),
    guess(
        "普通模式在过期前五分钟换新令牌，超过每日次数得到 45009",
        SILENT,
    ),
    not_imitated("用账号令牌调用的接口", "没有做"),
    imitated(
        "改密码之后令牌得到 42007",
        CODES,
        "changed_password_kills_both_tokens_with_42007",
    ),
];
