//! Coupons of the signed-in user.
use leptos_wechat_login::RequireLogin;
use leptos_wechat_login::prelude::*;

/// `/coupons`
#[component]
pub(crate) fn CouponsPage() -> impl IntoView {
    view! { <RequireLogin let:session><p>"你好，" {session.openid}</p></RequireLogin> }
}
