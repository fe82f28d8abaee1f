//! `/sns/userinfo`.

use super::super::Rule;
use super::{API, MISSING, SILENT, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "今天的资料：sex 是 0，地区是空串，斜杠被转义",
        "微信接口文档、2021 年 10 月 20 日的公告、开发者报告",
        "todays_answer_has_empty_regions_and_escaped_slashes",
    ),
    imitated(
        "昵称可以是任何文字，头像可以没有",
        "微信接口文档、开发者报告",
        "odd_names_and_missing_pictures_arrive_as_they_are",
    ),
    imitated(
        "昵称里的控制字符在 JSON 里不转义",
        "常用的客户端库为此放宽了解析",
        "a_name_may_be_no_json_and_no_utf8",
    ),
    imitated(
        "昵称的末尾可能是半个字，不是完整的 UTF-8（人物“残缺”）",
        "常用的客户端库（wechatpy）为此放宽了解码",
        "a_name_may_be_no_json_and_no_utf8",
    ),
    imitated(
        "没有绑定开放平台的账号永远没有 unionid",
        API,
        "unbound_account_never_gets_a_unionid",
    ),
    imitated(
        "snsapi_base 的令牌取资料得到 48001",
        "微信接口文档、开发者报告",
        "silent_token_gets_48001_unless_set_so_for_those_who_consented_before",
    ),
    imitated(
        "以前同意过 snsapi_userinfo 的人，snsapi_base 的令牌也能取资料（设置，默认关）",
        "多位开发者的报告，与文档不符",
        "silent_token_gets_48001_unless_set_so_for_those_who_consented_before",
    ),
    tested_guess(
        "openid 与令牌逐字比较，不同就是 40003",
        "接口文档的例子是 40003；一个在用的程序（Casdoor）发的不是 openid，也能登录",
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    imitated(
        "缺少 access_token 得到 41001，缺少 openid 得到 41009",
        "有人贴出过应答",
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    tested_guess(
        "40014 与 40001 的界线：不像令牌的是前者，没发过的是后者",
        SILENT,
        "each_mistake_has_its_errcode_and_leaves_the_code_usable",
    ),
    imitated(
        "access_token 两小时后过期（42001）",
        API,
        "a_token_expires_after_two_hours_and_refresh_gives_a_new_one",
    ),
    not_imitated(
        "头像在模拟器上画出来，地址不是 thirdwx.qlogo.cn，格式是 SVG",
        "我们的选择：不访问外网",
    ),
    not_imitated(
        "2021 年以前的资料（sex、地区、http 的头像地址）；privilege 总是空的；lang 不起作用；换了头像之后旧地址失效",
        MISSING,
    ),
    not_imitated(
        "被封禁、改名、撤回授权、注销等公众号和用户的推送事件",
        MISSING,
    ),
];
