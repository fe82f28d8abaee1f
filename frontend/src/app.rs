//! The frame of the pages: which one an address shows.

use leptos_router::location::{BrowserUrl, LocationProvider};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::{LoginOptions, provide_login};

use crate::pages::{not_found::NotFound, orders::OrdersPage, profile::ProfilePage};
use crate::text::texts;

/// Element of `index.html` that is shown until the app is there.
const SKELETON: &str = "skeleton";

/// Puts the app in the place of the skeleton.
pub(crate) fn mount() {
    let document = document();
    // boot.js has given up on this browser or on the app.
    if document
        .body()
        .is_some_and(|it| it.class_name() == "failed")
    {
        return;
    }
    if let Some(html) = document.document_element() {
        let _ = html.set_attribute("lang", texts().lang);
    }
    leptos::mount::mount_to_body(App);
    if let Some(skeleton) = document.get_element_by_id(SKELETON) {
        skeleton.remove();
    }
}

/// The whole app.
///
/// The router's own part here is history, links and Back. Choosing the page is a `match`, because its route
/// components weigh 15 KB (brotli) on every phone and do the same for pages without parameters.
#[component]
fn App() -> impl IntoView {
    provide_login(LoginOptions::default());
    let Ok(location) = BrowserUrl::new() else {
        return ().into_any();
    };
    location.init(None);
    let url = location.as_url().clone();
    let path = Memo::new(move |_| url.with(|url| url.path().to_owned()));
    let page = move || {
        let page = match path.get().trim_end_matches('/') {
            "" => ProfilePage().into_any(),
            "/orders" => OrdersPage().into_any(),
            _ => NotFound().into_any(),
        };
        // From here on the address bar may show the new address.
        location.ready_to_complete();
        page
    };
    view! { <main>{move || page()}</main> }.into_any()
}
