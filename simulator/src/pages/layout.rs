//! The frame of every page, with the line that nobody may miss, and what several pages are made of.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

/// Rules of our own after WeUI's colours and measures; WeUI is Tencent's style for pages inside WeChat (MIT).
const STYLE: &str = include_str!("style.css");

/// The pages that WeChat has nothing like: the page for people and the debugger.
const TOOLS_STYLE: &str = include_str!("tools.css");

/// `#wechat_redirect` never reaches a server, so the page looks for it itself: a warning that shows itself where the
/// address lacks it; silent without scripts.
pub(super) const FRAGMENT_WARNING: PreEscaped<&str> =
    PreEscaped(include_str!("parts/fragment_warning.html"));

const WARN_ICON: PreEscaped<&str> = PreEscaped(include_str!("parts/warn.svg"));

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

/// A page with a title and a sentence, for the simulator's own addresses.
pub(crate) fn notice(title: &str, text: &str) -> Markup {
    let content = html! {
        main.message {
            (WARN_ICON)
            h1 { (title) }
            p.secondary { (text) }
            p { a href="/_simulator" { "模拟器首页" } }
        }
    };
    page(title, "plain", content)
}

/// WeChat's message page with a sentence and its number, and beside it what WeChat leaves out.
pub(super) fn error(text: &str, number: Option<i64>, explanation: Markup) -> Markup {
    let content = html! {
        main.message {
            (WARN_ICON)
            h1 { (text) }
            @if let Some(number) = number { p.secondary { "错误码：" (number) } }
        }
        (explanation)
    };
    page(text, "plain", content)
}

/// The box that says what WeChat does not.
pub(super) fn remarks(content: impl Render) -> Markup {
    html! {
        aside.hint aria-label="模拟器说明" {
            h2 { "模拟器说明（微信不会显示这一框）" }
            (content)
        }
    }
}

/// One of some choices, each with what is sent and what is read.
pub(super) fn select<V: AsRef<str>, T: AsRef<str>>(
    title: &str,
    name: &str,
    choices: impl IntoIterator<Item = (V, T)>,
    chosen: &str,
) -> Markup {
    html! {
        label { (title)
            select name=(name) {
                @for (value, text) in choices {
                    option value=(value.as_ref()) selected[value.as_ref() == chosen] { (text.as_ref()) }
                }
            }
        }
    }
}

/// A box to tick.
pub(super) fn check(name: &str, on: bool, text: &str) -> Markup {
    html! {
        label.check { input type="checkbox" name=(name) value="true" checked[on]; (text) }
    }
}

/// A text that nobody's keyboard may mend.
pub(super) fn raw_text(title: &str, name: &str, value: &str) -> Markup {
    html! {
        label { (title)
            input type="text" name=(name) value=(value) autocomplete="off" autocapitalize="off" spellcheck="false";
        }
    }
}

/// A small button.
pub(super) fn button(text: &str) -> Markup {
    html! { button.button.default.mini type="submit" { (text) } }
}
