//! For browsers that WeChat's authorize page refuses: how to get this page into WeChat.

use api_types::has_login_answer;
use leptos::prelude::*;

use crate::api;
use crate::auth::{SignInOptions, use_auth};
use crate::browser;
use crate::components::copy_button::CopyButton;
use crate::components::message::{Icon, Message};
use crate::text::texts;
use crate::wechat::callback::redirect_uri;
use crate::wechat::client::Client;

/// The page's address as a QR code and to be copied; on computers also the QR login, where there is one.
#[component]
pub fn OpenInWechat() -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let client = Client::of(&browser::user_agent());
    let address = browser::address();
    let mut local = address.local();
    // An answer that came too late is no answer any more, but its code may be good still, and this is to be passed on.
    if has_login_answer(&local) {
        local = redirect_uri("", &local);
    }
    let link = format!("{}{local}", address.origin);
    let text = match client {
        Client::WeCom => texts.open_from_wecom,
        Client::Desktop => texts.open_from_desktop,
        _ => texts.open_from_phone,
    };
    let sign_in = move |_| {
        auth.sign_in(SignInOptions {
            by_qr_code: true,
            ..SignInOptions::default()
        });
    };
    let has_qr_login = client == Client::Desktop && auth.has_qr_login();
    view! {
        <Message icon=Icon::Info title=texts.open_in_wechat_title text>
            // Where it does not load, boot.js takes it away: the address below says the same in words.
            <img class="qr" src=api::qr_code(&local) alt=texts.qr_code width="200" height="200" />
            {has_qr_login.then(|| view! {
                <button class="button primary" data-action="qr-login" on:click=sign_in>{texts.qr_login}</button>
            })}
            <p class="hint">{link.clone()}</p>
            <CopyButton class="button" label=texts.copy_link what="" text=link />
        </Message>
    }
}
