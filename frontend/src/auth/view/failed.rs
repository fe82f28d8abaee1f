//! The login does not work: what happened, what to do, and the numbers to tell the staff.

use api_types::{ApiError, ErrorCode};
use leptos::prelude::*;

use crate::api::Failure;
use crate::auth::{Trouble, use_auth};
use crate::components::message::{Icon, Message};
use crate::text::texts;
use crate::wechat::refusal::is_about_the_user;

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
        Trouble::Unanswered => (texts.failed_title, texts.unanswered),
        Trouble::UnknownAccount => (texts.failed_title, texts.unknown_account),
    };
    let has_other_account = trouble == Trouble::UnknownAccount;
    let error = match trouble {
        Trouble::Api(Failure::Refused(error)) => Some(error),
        _ => None,
    };
    // A refused configuration stays refused, so no button invites to hammer it.
    let can_retry = !has_other_account
        && error
            .as_ref()
            .is_none_or(|error| error.code != ErrorCode::RefusedByWechat);
    view! {
        <Message icon=Icon::Warn title text>
            {error.map(|error| view! { <ForTheStaff error /> })}
            {can_retry.then(|| view! {
                <button class="button primary" data-action="retry" on:click=move |_| auth.retry()>{texts.retry}</button>
            })}
            // External: only a new page load forgets the account.
            {has_other_account.then(|| view! {
                <a class="button primary" href="/" rel="external">{texts.to_start}</a>
            })}
        </Message>
    }
}

/// What a failure means to the user.
fn explain(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(error)
            if error.code == ErrorCode::RefusedByWechat
                && error
                    .wechat
                    .as_ref()
                    .is_some_and(|wechat| is_about_the_user(wechat.errcode)) =>
        {
            texts().user_refused_by_wechat
        }
        Failure::Refused(error) => texts().of(error.code),
        Failure::Garbled(_) => texts().garbled,
        Failure::Unreachable => texts().unreachable,
    }
}

/// The same in one line, with the number that finds the case in our log.
pub fn explain_with_id(failure: &Failure) -> String {
    match failure {
        Failure::Refused(error) => {
            format!("{} [{}]", explain(failure), error.request_id)
        }
        _ => explain(failure).to_owned(),
    }
}

/// What the operator has to do where nobody else can, and the numbers that find the case: in our log and at WeChat.
#[component]
fn ForTheStaff(error: ApiError) -> impl IntoView {
    let texts = texts();
    let wechat = error.wechat.map(|wechat| match wechat.rid {
        Some(rid) => format!("{} (rid: {rid})", wechat.errcode),
        None => wechat.errcode.to_string(),
    });
    let advice = (error.code == ErrorCode::RefusedByWechat).then_some(error.message);
    let line = |label, field, value| {
        view! {
            <dt>{label}</dt>
            <dd data-field=field>{value}</dd>
        }
    };
    view! {
        <dl class="ids">
            {advice.map(|advice| line(texts.for_operator, "advice", advice))}
            {wechat.map(|wechat| line(texts.wechat_errcode, "errcode", wechat))}
            {line(texts.request_id, "request_id", error.request_id)}
        </dl>
    }
}
