//! The exchange of a code.

use super::super::Rule;
use super::{API, H5, MISSING, REPORTS, SILENT, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "应答是 HTTP 200、text/plain、不带字符集；/sns/* 的 errmsg 以“, rid: …”结尾；没有 CORS",
        "开发者报告",
        "errors_are_200_text_plain_with_a_rid_and_without_cors",
    ),
    imitated(
        "字段的顺序；只有 snsapi_userinfo 且绑定了开放平台才有 unionid",
        API,
        "fields_come_in_wechats_order_and_unionid_only_with_userinfo_and_a_platform",
    ),
    imitated(
        "code 只能用一次，再用得到 40163",
        "微信网页授权文档、全局返回码",
        "a_code_works_once_for_five_minutes_and_for_its_account",
    ),
    imitated(
        "code 五分钟后失效（40029）",
        H5,
        "a_code_works_once_for_five_minutes_and_for_its_account",
    ),
    tested_guess(
        "用过的 code 在五分钟之后从 40163 变成 40029",
        SILENT,
        "a_code_works_once_for_five_minutes_and_for_its_account",
    ),
    imitated(
        "别的账号的 code 得到 40029",
        REPORTS,
        "a_code_works_once_for_five_minutes_and_for_its_account",
    ),
    imitated(
        "40013、40029、40125、41002、41008",
        "有人贴出过应答",
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    tested_guess(
        "缺少 secret 得到 41004，缺少 grant_type 或写错得到 40002",
        "只见于微信全局返回码",
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    tested_guess(
        "检查的顺序：先缺少的参数，再账号，最后 code",
        SILENT,
        "missing_parameters_come_before_wrong_ones_and_the_account_before_the_code",
    ),
    imitated(
        "同一个人在每个账号下有不同的 openid，在同一开放平台下有同一个 unionid",
        H5,
        "one_person_has_an_openid_per_account_and_one_unionid_per_platform",
    ),
    not_imitated(
        "IP 白名单（40164）",
        "没有做；它是否管 /sns/ 接口，微信没有说明",
    ),
    not_imitated("调用频率限制：只在故障规则里出现，不自己计数", MISSING),
    not_imitated(
        "早年 errmsg 结尾的 hints: [ req_id: … ]；错误的 appid 曾得到空的正文和 text/html; charset=gbk",
        MISSING,
    ),
    not_imitated(
        "unionid 只给从菜单进入的关注者、是空串、后来才出现或改变",
        MISSING,
    ),
    not_imitated("迁移账号之后的 openid 转换接口", MISSING),
    imitated(
        "-1 的时候 code 往往已经用掉（故障规则 after_work）",
        REPORTS,
        "an_error_after_the_work_spends_the_code",
    ),
    imitated(
        "errcode 可能是字符串，rid 可能单独成字段（故障规则）",
        "一位开发者贴出的应答",
        "an_ordered_errcode_comes_in_wechats_words_once_and_spends_nothing",
    ),
    imitated(
        "应答可能自称 charset=gbk（故障规则）",
        REPORTS,
        "wrong_charset_is_utf8_that_calls_itself_gbk",
    ),
    tested_guess(
        "受限用户 50002、高风险用户 40226 在换取令牌时就被拒绝",
        "错误码见微信全局返回码（40226 的文档是小程序的）；在哪一步，微信没有说明",
        "limited_and_high_risk_users_and_dead_codes_stop_at_the_exchange",
    ),
];
