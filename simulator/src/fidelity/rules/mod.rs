//! The rules themselves, grouped in the order of a login.

mod exchange;
mod methods;
mod page;
mod profile;
mod qrconnect;
mod redirect;
mod snapshot;
mod tokens;

use super::Status::{Guess, Imitated, NotImitated};
use super::{Group, Rule};

/// All groups.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "授权页与错误",
        rules: page::RULES,
    },
    Group {
        title: "同意、拒绝与回调",
        rules: redirect::RULES,
    },
    Group {
        title: "网页快照",
        rules: snapshot::RULES,
    },
    Group {
        title: "网站应用扫码",
        rules: qrconnect::RULES,
    },
    Group {
        title: "请求的写法",
        rules: methods::RULES,
    },
    Group {
        title: "换取 access_token",
        rules: exchange::RULES,
    },
    Group {
        title: "刷新、检验与账号令牌",
        rules: tokens::RULES,
    },
    Group {
        title: "用户资料",
        rules: profile::RULES,
    },
];

const H5: &str = "微信网页授权文档";
const API: &str = "微信接口文档";
const CODES: &str = "微信全局返回码";
const REPORTS: &str = "开发者报告";
const SILENT: &str = "微信没有说明";
const OURS: &str = "我们的选择";
const CLIENTS: &str = "在用的客户端";
const MISSING: &str = "没有做";

/// A rule with the contract test that holds it.
const fn imitated(rule: &'static str, source: &'static str, test: &'static str) -> Rule {
    Rule {
        rule,
        status: Imitated,
        source,
        test: Some(test),
    }
}

/// A choice that had to be made.
const fn guess(rule: &'static str, source: &'static str) -> Rule {
    Rule {
        rule,
        status: Guess,
        source,
        test: None,
    }
}

/// A choice that had to be made, and the test that says which.
const fn tested_guess(rule: &'static str, source: &'static str, test: &'static str) -> Rule {
    Rule {
        rule,
        status: Guess,
        source,
        test: Some(test),
    }
}

/// What is missing or different.
const fn not_imitated(rule: &'static str, source: &'static str) -> Rule {
    Rule {
        rule,
        status: NotImitated,
        source,
        test: None,
    }
}
