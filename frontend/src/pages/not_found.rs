//! Any address that is no page.

use leptos_wechat_login::prelude::*;
use leptos_wechat_login::use_auth;
use leptos_wechat_login::view::{Icon, Message};

use crate::text::texts;

/// The fallback of the routes.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let (auth, texts) = (use_auth(), texts());
    view! {
        <Message icon=Icon::Warn title=texts.not_found_title text=texts.not_found_text>
            <a class="button primary" href=auth.link("/")>{auth.words().to_start}</a>
        </Message>
    }
}
