//! A page that asks the house's own back end, which nginx reaches by forward authentication: its codes, our words.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_wechat_login::{RequireLogin, backend, use_auth};

/// Orders tea to take home.
#[component]
pub(crate) fn Parcel() -> impl IntoView {
    let auth = use_auth();
    let said = RwSignal::new(String::new());
    // ANCHOR: ask
    let order = move |_| {
        spawn_local(async move {
            let body = r#"{"tea":"普洱","cakes":1}"#.to_owned();
            let text = match backend::send("POST", "/backend/parcels", Some(body)).await {
                Ok(_) => "包好了，到柜台取".to_owned(),
                Err(error) if error.status == 401 => return auth.session_ended(),
                Err(error) => auth.explain_backend(&error, |error| {
                    match (error.status, error.code.as_deref()) {
                        (_, Some("sold_out")) => Some("卖完了，明天再来"),
                        (403, _) => Some("只卖给老客"),
                        _ => None,
                    }
                }),
            };
            // The guest may have gone on to another page.
            said.try_set(text);
        });
    };
    // ANCHOR_END: ask
    view! {
        <RequireLogin let:_session>
            <h1>"带一饼回家"</h1>
            <button data-action="order" on:click=order>"包一饼普洱"</button>
            <p data-field="said" role="status">{said}</p>
        </RequireLogin>
    }
}
