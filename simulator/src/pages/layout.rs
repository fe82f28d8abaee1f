//! The frame of every page, with the line that nobody may miss.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Rules of our own after WeUI's colours and measures; WeUI is Tencent's style for pages inside WeChat (MIT).
const STYLE: &str = include_str!("style.css");

/// The pages that WeChat has nothing like: the page for people and the debugger.
const TOOLS_STYLE: &str = include_str!("tools.css");

/// A whole page. `class` goes to the body and chooses its background.
pub(super) fn page(title: &str, class: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                // Keeps browsers from asking for a favicon, which would be a 404 in every console.
                link rel="icon" href="data:,";
                title { (title) " · 模拟环境" }
                style { (PreEscaped(STYLE)) (PreEscaped(TOOLS_STYLE)) }
            }
            body class=(class) {
                p.banner { "模拟环境 · Simulated, not WeChat" }
                (content)
            }
        }
    }
}
