//! The login does not work: what happened, what to do, and the numbers to tell the staff.

use api_types::{ApiError, ErrorCode};
use leptos::prelude::*;

use crate::api::Failure;
use crate::auth::{Trouble, use_auth};
use crate::components::message::{Icon, Message};
use crate::text::texts;

/// For [`crate::auth::AuthState::Failed`].
#[component]
pub fn FailedPage(
    /// What does not work.
    trouble: Trouble,
) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let (title, text) = match &trouble {
        Trouble::Api(failure) => (texts.failed_title, explain(failure)),
        Trouble::ForgetfulBrowser => (texts.forgetful_title, texts.forgetful_text),
        Trouble::UnknownAccount => (texts.failed_title, texts.unknown_account),
    };
    let error = match trouble {
        Trouble::Api(Failure::Refused(error)) => Some(error),
        _ => None,
    };
    // A refused configuration stays refused, so no button invites to hammer it.
    let can_retry = error
        .as_ref()
        .is_none_or(|error| error.code != ErrorCode::RefusedByWechat);
    view! {
        <Message icon=Icon::Warn title text>
            {error.map(|error| view! { <ErrorIds error /> })}
            {can_retry.then(|| view! {
                <button class="button primary" on:click=move |_| auth.retry()>{texts.retry}</button>
            })}
        </Message>
    }
}

/// What a failure means to the user.
pub(crate) fn explain(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(error) => texts().of(error.code),
        Failure::Garbled(_) => texts().garbled,
        Failure::Unreachable => texts().unreachable,
    }
}

/// Request id, and WeChat's errcode and rid where there are any.
#[component]
fn ErrorIds(error: ApiError) -> impl IntoView {
    let texts = texts();
    let wechat = error.wechat.map(|wechat| match wechat.rid {
        Some(rid) => format!("{} (rid: {rid})", wechat.errcode),
        None => wechat.errcode.to_string(),
    });
    view! {
        <dl class="ids">
            <dt>{texts.request_id}</dt>
            <dd data-field="request_id">{error.request_id}</dd>
            {wechat.map(|wechat| view! {
                <dt>{texts.wechat_errcode}</dt>
                <dd data-field="errcode">{wechat}</dd>
            })}
        </dl>
    }
}
