//! What went wrong beside an intact session, above the page.

use leptos::prelude::*;

use crate::auth::use_auth;
use crate::flow::Notice;

/// One sentence, and the cause.
#[component]
pub fn NoticeBar(
    /// What went wrong.
    notice: Notice,
) -> impl IntoView {
    let auth = use_auth();
    let words = auth.words();
    let (text, cause) = match notice {
        Notice::ProfileRefused => (words.notice_profile_refused, None),
        Notice::ProfileFailed(failure) => (words.notice_profile_failed, failure),
        Notice::SignOutFailed(failure) => (words.notice_sign_out_failed, Some(failure)),
    };
    let cause = cause.map(|failure| auth.explain_with_id(&failure));
    view! { <p class="notice" role="status">{text} {cause}</p> }
}
