//! The authorize page and its errors.

use super::super::Rule;
use super::{H5, MISSING, OURS, REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    imitated(
        "授权页的错误以 HTTP 200 的页面显示，带错误码",
        "微信网页授权文档、开发者报告",
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    imitated(
        "参数名区分大小写",
        H5,
        "permissions_schemes_strangers_and_letter_case_count_and_nothing_sent_is_run",
    ),
    imitated(
        "state 最多 128 字节，超过显示“state参数过长”",
        "微信网页授权文档、开发者报告",
        "state_of_128_bytes_passes_and_129_do_not_unless_set_so",
    ),
    imitated(
        "state 的长度可以不查（设置）",
        "一位开发者的报告（手机）",
        "state_of_128_bytes_passes_and_129_do_not_unless_set_so",
    ),
    imitated(
        "scope 可以用逗号列出多个，每一个都要有权限",
        "第三方平台文档",
        "a_list_of_scopes_is_asked_for_and_granted_as_one",
    ),
    tested_guess(
        "列出多个时弹授权页，应答里的 scope 是 snsapi_base,snsapi_userinfo",
        "接口文档只说用逗号分隔",
        "a_list_of_scopes_is_asked_for_and_granted_as_one",
    ),
    imitated(
        "账号没有权限（没有认证等）得到 10005（种子文件的 scopes）",
        "微信网页授权文档、开发者报告",
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    imitated(
        "授权页先以 301 带着 connect_redirect=1 跳回自己（设置，默认关）",
        "开发者贴出的地址",
        "the_page_may_redirect_to_itself_once",
    ),
    tested_guess(
        "HEAD 与 GET 相同，没有正文，不发 code：Location 里的 code 换不到任何东西",
        SILENT,
        "a_head_sees_the_redirect_and_issues_no_code",
    ),
    imitated(
        "域名必须与登记的完全一致，不能带端口",
        H5,
        "registered_hosts_paths_and_ports_decide_about_10003",
    ),
    imitated(
        "被封禁的账号得到 10004",
        H5,
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    imitated(
        "网站应用的 appid 得到 10016",
        "微信网页授权文档、开发者报告",
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    imitated(
        "没有授权第三方平台的公众号得到 10015",
        H5,
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    imitated(
        "没有关注测试号的人得到 10006",
        "微信网页授权文档、开发者报告",
        "permissions_schemes_strangers_and_letter_case_count_and_nothing_sent_is_run",
    ),
    imitated(
        "登记为 https 而用了 http：10039",
        REPORTS,
        "permissions_schemes_strangers_and_letter_case_count_and_nothing_sent_is_run",
    ),
    imitated(
        "可以登记目录；只有测试号可以登记 IP 和端口",
        "微信网页授权文档、公众平台的设置页",
        "registered_hosts_paths_and_ports_decide_about_10003",
    ),
    imitated(
        "操作太频繁 10009（设置或故障规则）",
        H5,
        "each_switch_refuses_what_passes_without_it",
    ),
    imitated(
        "参数顺序不对：“该链接无法访问”（设置，默认宽松，只在页面上提醒）",
        "微信网页授权文档；开发者报告手机宽松、桌面端严格",
        "each_switch_refuses_what_passes_without_it",
    ),
    imitated(
        "缺少 #wechat_redirect 时提醒（微信没有这个提醒）",
        H5,
        "the_consent_page_warns_of_a_wrong_order_and_of_a_missing_fragment",
    ),
    imitated(
        "不是微信的浏览器：“请在微信客户端打开链接”（设置，默认关）",
        REPORTS,
        "each_switch_refuses_what_passes_without_it",
    ),
    tested_guess(
        "state 为空：默认接受，可设置为 10013",
        "文档说可以省略，又有这个错误码",
        "each_switch_refuses_what_passes_without_it",
    ),
    tested_guess(
        "不认识的 appid 也得到 10016；response_type 不是 code：“该链接无法访问”",
        SILENT,
        "each_mistake_gets_wechats_page_with_its_number",
    ),
    guess("多个错误同时存在时先报哪一个", SILENT),
    guess("错误页的具体 HTML", SILENT),
    guess("授权页只认 GET 和 HEAD", SILENT),
    guess(
        "不认识的参数忽略（client_id、lang、uin 等）",
        "在用的客户端（Auth.js 带着 client_id）",
    ),
    not_imitated(
        "本机地址（127.0.0.1、localhost、[::1]）的任意端口总是允许",
        "我们的选择：模拟器是给开发机用的",
    ),
    not_imitated("默认不检查浏览器是否是微信（设置可打开）", OURS),
    not_imitated("10008、10014、10038 这几个页面错误", "含义不明"),
    not_imitated(
        "第三方平台代公众号授权（component_appid、/sns/oauth2/component/*、ticket、61003 等）",
        MISSING,
    ),
    not_imitated(
        "微信客户端加在授权地址上的 uin、key、pass_ticket",
        "接受，但不会自己加上",
    ),
    not_imitated(
        "桌面端和开发者工具里没有错误码的文字、“登录中”的加载页、早年错误页的写法",
        MISSING,
    ),
    not_imitated(
        "MP_verify 文件、备案、每月能改几次、短链接域名、证书、域名被封",
        MISSING,
    ),
    not_imitated(
        "测试号登记的域名没有端口时，写明 :80 或 :443 的地址",
        "没有做：这里得到 10003",
    ),
    not_imitated(
        "小程序的 appid（10005）、gh_ 开头的 appid（错误码 1）",
        MISSING,
    ),
    not_imitated(
        "第三方浏览器改动 state；小程序 web-view、企业微信、鸿蒙等客户端的差别",
        MISSING,
    ),
    not_imitated("页面上的微信 JS-SDK、开放标签、真实的客户端外观", MISSING),
];
