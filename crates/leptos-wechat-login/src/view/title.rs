//! The heading of a page.

use leptos::prelude::*;

use crate::browser;

/// Takes the focus, so that screen readers begin at a new page's start, and gives the title bar its words, which
/// WeChat shows above the page.
#[component]
pub fn Title(
    /// What the title bar says.
    text: &'static str,
    /// What the heading says, if it is something else.
    #[prop(optional, into)]
    heading: Option<String>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::H1>::new();
    Effect::new(move || {
        if let Some(element) = element.get() {
            let _ = element.focus();
        }
    });
    browser::set_title(text);
    view! { <h1 tabindex="-1" node_ref=element>{heading.unwrap_or_else(|| text.to_owned())}</h1> }
}
