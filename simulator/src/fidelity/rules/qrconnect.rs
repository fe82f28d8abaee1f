//! Website applications: `/connect/qrconnect`.

use super::super::Rule;
use super::{MISSING, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "网站应用扫码：确认之后带 code 和 state 返回",
        "微信网站应用登录文档",
        "a_confirmed_scan_sends_the_computer_on_with_a_code",
    ),
    imitated(
        "扫码登录的 code 十分钟有效",
        "微信网站应用登录文档",
        "a_website_applications_code_lives_ten_minutes",
    ),
    tested_guess(
        "取消扫码：默认不跳转",
        "新旧文档互相矛盾",
        "a_cancelled_scan_redirects_only_if_set_so",
    ),
    tested_guess(
        "扫码页的错误文字：有字没有号",
        "开发者报告；哪种错误配哪句话是猜测",
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    tested_guess(
        "二维码十分钟有效，只能决定一次",
        SILENT,
        "a_qr_code_is_good_once_and_not_for_ever",
    ),
    guess(
        "扫码页不限制 state 的长度（Auth.js 的有四百多字节）",
        "微信没有说明；在用的客户端",
    ),
    not_imitated("内嵌二维码的 wxLogin.js、桌面端快捷登录", MISSING),
];
