//! The table of what is imitated, for people.

use maud::{Markup, html};

use crate::fidelity::{Group, Rule, Status};

use super::layout;

/// One table per group.
pub(crate) fn fidelity(groups: &[Group]) -> Markup {
    layout::page(
        "模拟了什么",
        "",
        html! {
            main.home.wide {
                p.secondary { a href="/_simulator" { "← 模拟器首页" } }
                h1 { "模拟了什么，没有模拟什么" }
                p.secondary { "标为“猜测”的地方，微信没有文档，也没有可靠的报告：不要依赖它们。" }
                @for group in groups {
                    h2 { (group.title) }
                    (table(group.rules))
                }
            }
        },
    )
}

fn table(rules: &[Rule]) -> Markup {
    html! {
        table.rules {
            thead { tr { th { "规则" } th { "情况" } th { "依据" } } }
            tbody {
                @for rule in rules {
                    tr {
                        td { (rule.rule) }
                        td.status {
                            span.outcome.good[rule.status == Status::Imitated]
                                .bad[rule.status == Status::NotImitated] { (rule.status.label()) }
                        }
                        td { (rule.source) }
                    }
                }
            }
        }
    }
}
