//! For browsers that WeChat's authorize page refuses: how to get this page into WeChat.

use leptos::prelude::*;

use super::{CopyButton, Icon, Message};
use crate::auth::use_auth;
use crate::browser;
use crate::flow::SignInOptions;
use crate::flow::client::Client;

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
            })}
            <p class="hint">{link.clone()}</p>
            <CopyButton class="button" label=words.copy_link what="" text=link />
        </Message>
    }
}
