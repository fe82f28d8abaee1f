//! The login does not work: what happened, what to do, and the numbers to tell the staff.

use api_types::{ApiError, ErrorCode};
use leptos::prelude::*;

use super::{Icon, Message};
use crate::auth::use_auth;
use crate::flow::{Failure, Trouble};
use crate::words::Words;

/// For [`AuthState::Failed`](crate::AuthState::Failed).
#[component]
pub fn Failed(
    /// What does not work.
    trouble: Trouble,
) -> impl IntoView {
    let auth = use_auth();
    let words = auth.words();
    let (title, text) = match &trouble {
        Trouble::Api(failure) => (words.failed_title, auth.explain(failure)),
        Trouble::ForgetfulBrowser => (words.forgetful_title, words.forgetful_text),
        Trouble::Unanswered => (words.failed_title, words.unanswered),
        Trouble::UnknownAccount => (words.failed_title, words.unknown_account),
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
            {error.map(|error| view! { <ForTheStaff error words /> })}
            {can_retry.then(|| view! {
                <button class="button primary" data-action="retry" on:click=move |_| auth.retry()>{words.retry}</button>
            })}
            // External: only a new page load forgets the account.
            {has_other_account.then(|| view! {
                <a class="button primary" href="/" rel="external">{words.to_start}</a>
            })}
        </Message>
    }
}

/// What the operator has to do where nobody else can, and the numbers that find the case: in our log and at WeChat.
#[component]
fn ForTheStaff(error: ApiError, words: &'static Words) -> impl IntoView {
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
            {advice.map(|advice| line(words.for_operator, "advice", advice))}
            {wechat.map(|wechat| line(words.wechat_errcode, "errcode", wechat))}
            {line(words.request_id, "request_id", error.request_id)}
        </dl>
    }
}
