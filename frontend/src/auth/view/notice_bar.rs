//! What went wrong beside an intact session, above the page.

use leptos::prelude::*;

use super::failed::explain_with_id;
use crate::auth::{Notice, use_auth};
use crate::text::texts;

/// Empty while nothing is wrong.
#[component]
pub fn NoticeBar() -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    move || {
        auth.notice().map(|notice| {
            let (text, cause) = match notice {
                Notice::ProfileRefused => (texts.notice_profile_refused, None),
                Notice::ProfileFailed(failure) => (texts.notice_profile_failed, failure),
                Notice::SignOutFailed(failure) => (texts.notice_sign_out_failed, Some(failure)),
            };
            let cause = cause.as_ref().map(explain_with_id);
            view! { <p class="notice" role="status">{text} {cause}</p> }
        })
    }
}
