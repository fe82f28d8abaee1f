//! The frame of the pages: which one an address shows.

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::auth::{Arrival, provide_auth};
use crate::browser;
use crate::pages::{not_found::NotFound, orders::OrdersPage, profile::ProfilePage};
use crate::text::texts;
use crate::wechat::client::Client;

/// Element of `index.html` that is shown until the app is there.
const SKELETON: &str = "skeleton";

/// Puts the app in the place of the skeleton.
pub fn mount() {
    if browser::has_given_up() {
        return;
    }
    let arrival = Arrival::take();
    browser::mark_page("lang", texts().lang);
    browser::mark_page("data-client", Client::of(&browser::user_agent()).name());
    leptos::mount::mount_to_body(move || view! { <App arrival /> });
    browser::remove_element(SKELETON);
}

/// The whole app.
///
/// The router's own part here is history, links and Back. Choosing the page is a `match`, because its route
/// components weigh 15 KB (brotli) on every phone and do the same for pages without parameters.
#[component]
fn App(arrival: Arrival) -> impl IntoView {
    provide_auth(arrival);
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
    view! { <main>{page}</main> }.into_any()
}
