//! Consent, refusal, and the way back to the app.

use super::super::Rule;
use super::{H5, REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "snsapi_base 静默跳转，带 code 和 state",
        H5,
        "snsapi_base_redirects_at_once_with_a_new_code_then_state",
    ),
    imitated(
        "snsapi_userinfo 先请用户同意",
        H5,
        "snsapi_userinfo_shows_who_asks_for_what_before_any_code_exists",
    ),
    imitated(
        "同意之后带着 code 回到 redirect_uri",
        H5,
        "allowing_redirects_with_a_code_of_the_chosen_person",
    ),
    imitated(
        "code 每次不同，32 位字母数字",
        "微信网页授权文档；形状来自开发者贴出的值",
        "snsapi_base_redirects_at_once_with_a_new_code_then_state",
    ),
    imitated(
        "code 和 state 加在查询串末尾、# 之前，原有参数不动",
        "微信网页授权文档、开发者报告",
        "code_and_state_join_the_query_before_the_fragment",
    ),
    tested_guess(
        "拒绝后回到上一页（默认）",
        "开发者报告（iOS）；现在的客户端如何，微信没有说明",
        "refusing_goes_back_and_may_leave_a_blank_page_or_redirect_with_state_only",
    ),
    tested_guess(
        "拒绝后停在空白页（设置）",
        "开发者报告（Android）",
        "refusing_goes_back_and_may_leave_a_blank_page_or_redirect_with_state_only",
    ),
    tested_guess(
        "拒绝后带 state 返回、没有 code（设置）",
        "第三方平台文档；公众号上没有人看到过",
        "refusing_goes_back_and_may_leave_a_blank_page_or_redirect_with_state_only",
    ),
    tested_guess(
        "redirect_uri 里名为 openId 的参数会丢失（设置）",
        "两个开发者的报告",
        "code_and_state_join_the_query_before_the_fragment",
    ),
    imitated(
        "从公众号菜单进入的关注者不弹授权页",
        H5,
        "a_follower_from_the_menu_is_not_asked",
    ),
    tested_guess(
        "最近同意过的人不再询问，时长由设置决定",
        "文档提到，没有说多久",
        "a_recent_consent_is_remembered_for_as_long_as_the_setting_says",
    ),
    guess("授权之后用 HTTP 302 跳转，而不是页面脚本", SILENT),
    imitated(
        "同一个 code 可能送达两次（故障规则或设置）",
        REPORTS,
        "callback_twice_is_a_page_that_fetches_the_address_and_then_goes_there",
    ),
    imitated(
        "别人用过的旧 code 可能出现（故障规则）",
        REPORTS,
        "stale_code_is_a_used_one_of_another_person",
    ),
    not_imitated(
        "一次授权带着两个不同的 code 回来",
        "没有做：把授权页打开两次就是",
    ),
    not_imitated(
        "state 里不是 UTF-8 的字节、加号会换一种编码回来",
        "我们的选择；字母和数字原样返回",
    ),
];
