//! Who is signed in, and the button that asks for name and picture.

use leptos_wechat_login::prelude::*;
use leptos_wechat_login::view::{CopyButton, Title};
use leptos_wechat_login::{RequireLogin, Scope, Session, use_auth};

use super::avatar::Avatar;
use crate::text::texts;

/// `/`
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    view! {
        <RequireLogin let:session>
            <Profile session />
        </RequireLogin>
    }
}

#[component]
fn Profile(session: Session) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let (name, picture) = match &session.profile {
        Some(profile) if profile.nickname.trim().is_empty() => {
            (texts.no_nickname.to_owned(), profile.headimgurl.clone())
        }
        Some(profile) => (profile.nickname.clone(), profile.headimgurl.clone()),
        None => (texts.no_profile.to_owned(), String::new()),
    };
    let scope = match session.scope {
        Scope::Base => texts.scope_base,
        Scope::Userinfo => texts.scope_userinfo,
        Scope::Login => texts.scope_login,
    };
    let has_profile = session.profile.is_some();
    view! {
        <header class="card">
            <Avatar name=name.clone() picture />
            <div data-field="nickname"><Title text=texts.my_account heading=name /></div>
        </header>
        <a class="cells cell link" href=auth.link("/orders")>{texts.my_orders}</a>
        <dl class="cells">
            <Cell label=texts.official_account field="account" value=Some(auth.account_title(&session.account)) />
            <Cell label="openid" field="openid" value=Some(session.openid) can_copy=true />
            <Cell label="unionid" field="unionid" value=session.unionid can_copy=true />
            <Cell label=texts.scope field="scope" value=Some(scope.to_owned()) />
        </dl>
        <div class="actions">
            <button
                class=if has_profile { "button" } else { "button primary" }
                data-action="request-profile"
                aria-describedby="share-profile-why"
                on:click=move |_| auth.request_profile(auth.words().profile_reason)
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
fn Cell(
    label: &'static str,
    field: &'static str,
    value: Option<String>,
    #[prop(optional)] can_copy: bool,
) -> impl IntoView {
    let copied = value.clone().filter(|_| can_copy);
    let is_unknown = value.is_none();
    view! {
        <div class=if can_copy { "cell id" } else { "cell" }>
            <dt>{label}</dt>
            <dd data-field=field class=if is_unknown { "hint" } else { "" }>
                {value.unwrap_or_else(|| texts().unionid_unknown.to_owned())}
            </dd>
            {copied.map(|text| view! {
                <dd><CopyButton class="copy" label=texts().copy what=label text /></dd>
            }.into_any())}
        </div>
    }
}
