//! Who is signed in, and the button that asks for name and picture.

use api_types::{Scope, Session};
use leptos::prelude::*;

use super::failed::explain;
use crate::api::Failure;
use crate::auth::{Notice, use_auth};
use crate::browser;
use crate::components::avatar::Avatar;
use crate::text::texts;

/// For [`crate::auth::AuthState::SignedIn`].
#[component]
pub fn ProfilePage(
    /// Who is signed in.
    session: Session,
) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let name = match &session.profile {
        Some(profile) if profile.nickname.trim().is_empty() => texts.no_nickname.to_owned(),
        Some(profile) => profile.nickname.clone(),
        None => texts.no_profile.to_owned(),
    };
    let picture = session
        .profile
        .as_ref()
        .map(|profile| profile.headimgurl.clone())
        .unwrap_or_default();
    let scope = match session.scope {
        Scope::Base => texts.scope_base,
        Scope::Userinfo | Scope::Login => texts.scope_userinfo,
    };
    browser::set_title(texts.my_account);
    let has_profile = session.profile.is_some();
    view! {
        <NoticeBar />
        <header class="card">
            <Avatar name=name.clone() picture />
            <h1 data-field="nickname">{name}</h1>
        </header>
        {session.snapshot.then(|| view! { <p class="notice" role="status">{texts.snapshot_user}</p> })}
        <dl class="cells" aria-label=texts.my_account>
            <Cell label=texts.official_account field="account">{auth.account_title(&session.account)}</Cell>
            <Cell label="openid" field="openid">{session.openid}</Cell>
            <Cell label="unionid" field="unionid">
                {match session.unionid {
                    Some(unionid) => unionid.into_any(),
                    None => view! { <span class="hint">{texts.unionid_unknown}</span> }.into_any(),
                }}
            </Cell>
            <Cell label=texts.scope field="scope">{scope}</Cell>
        </dl>
        <div class="actions">
            <button
                class=if has_profile { "button" } else { "button primary" }
                data-action="request-profile"
                aria-describedby="share-profile-why"
                on:click=move |_| auth.request_profile()
            >
                {if has_profile { texts.refresh_profile } else { texts.share_profile }}
            </button>
            <p class="hint" id="share-profile-why">{texts.share_profile_why}</p>
            <button class="button" data-action="sign-out" on:click=move |_| auth.sign_out()>{texts.sign_out}</button>
        </div>
    }
}

/// One line of the list: what it is, and its value.
#[component]
fn Cell(label: &'static str, field: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="cell">
            <dt>{label}</dt>
            <dd data-field=field>{children()}</dd>
        </div>
    }
}

/// What went wrong beside the session.
#[component]
fn NoticeBar() -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    move || {
        auth.notice().map(|notice| {
            let (text, cause) = match notice {
                Notice::ProfileRefused => (texts.notice_profile_refused, None),
                Notice::ProfileFailed(failure) => (texts.notice_profile_failed, failure),
                Notice::SignOutFailed(failure) => (texts.notice_sign_out_failed, Some(failure)),
            };
            let cause = cause.map(|failure| match &failure {
                Failure::Refused(error) => {
                    format!("{}（{}）", explain(&failure), error.request_id)
                }
                _ => explain(&failure).to_owned(),
            });
            view! { <p class="notice" role="status">{text} {cause}</p> }
        })
    }
}
