//! The table of what is imitated, for people.

use maud::{Markup, html};

use crate::fidelity::{Fidelity, Rule, Status};

use super::layout::page;

/// One table per group.
pub(crate) fn fidelity(table: &Fidelity) -> Markup {
    let content = html! {
        main.home.wide {
            p.secondary { a href="/_simulator" { "← 模拟器首页" } }
            h1 { "模拟了什么，没有模拟什么" }
            p.secondary { "标为“猜测”的地方，微信没有文档，也没有可靠的报告：不要依赖它们。" }
            @for group in &table.group {
                h2 { (group.title) }
                (rules(&group.rule))
            }
        }
    };
    page("模拟了什么", "", content)
}

fn rules(rules: &[Rule]) -> Markup {
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
