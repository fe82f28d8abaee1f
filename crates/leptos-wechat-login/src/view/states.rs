//! What is shown instead of a page, or above it: why nobody is signed in, what does not work, and what to do.

use crate::prelude::*;
use api_types::{ApiError, ErrorCode};

use super::pieces::{CopyButton, Icon, Message};
use crate::auth::use_auth;
use crate::browser;
use crate::flow::client::Client;
use crate::flow::{Failure, GuestReason, Notice, SignInOptions, Trouble};
use crate::json;
use crate::words::Words;

/// For [`AuthState::Guest`](crate::AuthState::Guest).
#[component]
pub fn Guest(
    /// Why nobody is signed in.
    reason: GuestReason,
) -> impl IntoView {
    let auth = use_auth();
    let words = auth.words();
    let (title, text) = match reason {
        GuestReason::OutsideWechat => (words.open_in_wechat_title, words.open_from_phone),
        GuestReason::Refused => (words.refused_title, words.refused_text),
        GuestReason::Snapshot => (words.snapshot_title, words.snapshot_text),
        GuestReason::SessionEnded => (words.session_ended_title, words.session_ended_text),
        GuestReason::NotNeeded | GuestReason::SignedOut => {
            (words.signed_out_title, words.signed_out_text)
        }
    };
    let sign_in = move |_| {
        // WeChat marks a virtual user only where it asks for the profile; silently, one would pass for real.
        if reason == GuestReason::Snapshot {
            auth.request_profile(words.profile_reason);
        } else {
            auth.sign_in(SignInOptions::default());
        }
    };
    view! {
        <Message icon=Icon::Info title text>
            <button class="button primary" data-action="sign-in" on:click=sign_in>{words.sign_in}</button>
        </Message>
    }
}

/// The page's address as a QR code and to be copied; on computers also the QR login, where there is one.
#[component]
pub fn OpenInWechat() -> impl IntoView {
    let auth = use_auth();
    let words = auth.words();
    let client = Client::of(&browser::user_agent());
    let (link, picture) = auth.page_to_share();
    let text = match client {
        Client::WeCom => words.open_from_wecom,
        Client::Desktop => words.open_from_desktop,
        _ => words.open_from_phone,
    };
    let sign_in = move |_| {
        auth.sign_in(SignInOptions {
            by_qr_code: true,
            ..SignInOptions::default()
        });
    };
    let has_qr_login = client == Client::Desktop && auth.has_qr_login();
    view! {
        <Message icon=Icon::Info title=words.open_in_wechat_title text>
            // Where it does not load, a boot script may take it away: the address below says the same in words.
            <img class="qr" src=picture alt=words.qr_code width="200" height="200" />
            {has_qr_login.then(|| view! {
                <button class="button primary" data-action="qr-login" on:click=sign_in>{words.qr_login}</button>
            }.into_any())}
            <p class="hint">{link.clone()}</p>
            <CopyButton class="button" label=words.copy_link what="" text=link />
        </Message>
    }
}

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
        #[cfg(debug_assertions)]
        Trouble::Api(failure) => Some(without_proxy(&failure)),
        _ => None,
    };
    // A refused configuration stays refused, so no button invites to hammer it.
    let can_retry = !has_other_account
        && error
            .as_ref()
            .is_none_or(|error| error.code != ErrorCode::RefusedByWechat);
    view! {
        <Message icon=Icon::Warn title text>
            {error.map(|error| view! { <ForTheStaff error words /> }.into_any())}
            {can_retry.then(|| view! {
                <button class="button primary" data-action="retry" on:click=move |_| auth.retry()>{words.retry}</button>
            }.into_any())}
            // External: only a new page load forgets the account.
            {has_other_account.then(|| view! {
                <a class="button primary" href={browser::base() + "/"} rel="external">{words.to_start}</a>
            }.into_any())}
        </Message>
    }
}

/// What developers read where something else than the proxy answers, or nothing does.
#[cfg(debug_assertions)]
fn without_proxy(failure: &Failure) -> ApiError {
    let failure = failure.to_string();
    let message = if browser::language().starts_with("en") {
        [
            "The proxy does not answer (",
            &failure,
            "). In the repository of wechat-login `make dev` starts it, or \
             `cargo run -p wechat-login-proxy -- serve --config proxy/dev.toml`; `trunk serve` expects it at \
             127.0.0.1:8081, as Trunk.toml says. Only builds for development say this.",
        ]
    } else {
        [
            "代理没有响应（",
            &failure,
            "）。在 wechat-login 仓库里，`make dev` 会启动它，也可以手动运行 \
             `cargo run -p wechat-login-proxy -- serve --config proxy/dev.toml`；`trunk serve` 按 Trunk.toml \
             在 127.0.0.1:8081 找它。只有开发构建会显示这句话。",
        ]
    };
    ApiError {
        code: ErrorCode::Internal,
        message: message.concat(),
        request_id: "-".to_owned(),
        wechat: None,
    }
}

/// What the operator has to do where nobody else can, and the numbers that find the case: in our log and at WeChat.
#[component]
fn ForTheStaff(error: ApiError, words: &'static Words) -> impl IntoView {
    let wechat = error.wechat.map(|wechat| {
        let errcode = json::written(wechat.errcode as f64);
        match wechat.rid {
            Some(rid) => [&*errcode, " (rid: ", &rid, ")"].concat(),
            None => errcode,
        }
    });
    // While the app is being developed, the proxy's words are for whoever reads them, whatever it refuses.
    let is_advice = cfg!(debug_assertions) || error.code == ErrorCode::RefusedByWechat;
    let advice = is_advice.then_some(error.message);
    let line = |label, field, value| {
        view! {
            <dt>{label}</dt>
            <dd data-field=field>{value}</dd>
        }
        .into_any()
    };
    view! {
        <dl class="ids">
            {advice.map(|advice| line(words.for_operator, "advice", advice))}
            {wechat.map(|wechat| line(words.wechat_errcode, "errcode", wechat))}
            {line(words.request_id, "request_id", error.request_id)}
        </dl>
    }
}

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
    view! { <p class="notice" role="status">{text} {cause.unwrap_or_default()}</p> }
}
