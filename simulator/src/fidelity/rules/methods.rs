//! How the server API may be asked.

use super::super::Rule;
use super::{CLIENTS, OURS, REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "换取令牌：GET 或 POST，查询串和表单合在一起读，不认识的参数忽略",
        "文档只写 GET；在用的客户端（python-social-auth、django-allauth、Auth.js、weixin-popular）用 POST，也能登录",
        "query_and_form_are_read_together_by_get_and_by_post_and_the_query_first",
    ),
    imitated(
        "刷新、取资料、/cgi-bin/token 也可以用 POST 表单",
        "在用的客户端（weixin-popular）",
        "every_call_takes_a_form",
    ),
    tested_guess(
        "/sns/auth 也可以用 POST 表单；GET 的正文里有表单也读",
        "没有见过这样的客户端",
        "every_call_takes_a_form",
    ),
    tested_guess(
        "查询串和表单里同名的参数：以查询串为准",
        "没有见过这样的请求",
        "query_and_form_are_read_together_by_get_and_by_post_and_the_query_first",
    ),
    imitated(
        "表单可以写明 charset，读的总是 UTF-8",
        CLIENTS,
        "a_form_is_a_form_whatever_is_said_about_its_charset_and_json_is_none",
    ),
    tested_guess(
        "没有 Content-Type 的正文当作表单；multipart、text/plain 等不读",
        SILENT,
        "a_form_is_a_form_whatever_is_said_about_its_charset_and_json_is_none",
    ),
    tested_guess(
        "/sns/* 的 JSON 正文不读，里面的参数当作没有（41002）",
        "开发者报告：向 /sns/jscode2session 发 JSON 得到 41002",
        "a_form_is_a_form_whatever_is_said_about_its_charset_and_json_is_none",
    ),
    tested_guess(
        "HEAD 只有应答头：不换 code，不发令牌，不用掉故障规则",
        SILENT,
        "a_head_has_the_status_and_type_of_a_get_and_spends_nothing",
    ),
    tested_guess(
        "PUT、DELETE 等其余方法得到 43001",
        "微信全局返回码；没有见过这样的客户端",
        "other_methods_get_43001",
    ),
    imitated(
        "43001（故障规则）",
        "微信全局返回码；真实的应答只见于别的接口",
        "other_methods_get_43001",
    ),
    tested_guess(
        "正文超过 64 KiB 得到 HTTP 413",
        OURS,
        "odd_bytes_are_survived_and_bodies_are_bounded",
    ),
    imitated(
        "HTTP/1.0、分块的正文、Expect: 100-continue",
        CLIENTS,
        "http_1_0_chunks_and_expect_are_understood",
    ),
    guess("Accept、User-Agent、Cookie 等请求头不起作用", REPORTS),
    not_imitated(
        "只能用 https（43003）；api2、sh、sz、hk 等备用域名",
        "模拟器只有一个 http 地址",
    ),
];
