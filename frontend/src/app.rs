//! The frame of the pages: which one an address shows.

use leptos_router::location::{BrowserUrl, LocationProvider};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::{LoginOptions, browser, provide_login};

use crate::pages::{not_found::NotFound, orders::OrdersPage, profile::ProfilePage};
use crate::text::texts;

/// Element of `index.html` that is shown until the app is there.
const SKELETON: &str = "skeleton";

type Draw = fn() -> AnyView;

/// The pages, each with its path behind the app's own, without a slash at the end.
const PAGES: &[(&str, Draw)] = &[
    ("", || ProfilePage().into_any()),
    ("/orders", || OrdersPage().into_any()),
];

/// Puts the app in the place of the skeleton.
pub(crate) fn mount() {
    let document = document();
    // boot.js has given up on this browser or on the app, or the page is on its way to WeChat.
    let is_marked = |class: String| class.ends_with("failed") || class.ends_with("leaving");
    if document.body().is_some_and(|it| is_marked(it.class_name())) {
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
/// The router's own part here is history, links and Back. Choosing the page is a list, because its route
/// components weigh 15 KB (brotli) on every phone and do the same for pages without parameters.
#[component]
fn App() -> impl IntoView {
    provide_login(LoginOptions::default());
    let Ok(location) = BrowserUrl::new() else {
        return ().into_any();
    };
    let base = browser::base();
    location.init(Some((base.clone() + "/").into()));
    let url = location.as_url().clone();
    // A page is drawn anew when the address is another page's. A `Memo` would say the same for 0.8 KB more.
    let place = RwSignal::new(PAGES.len());
    let address_bar = location.clone();
    std::mem::forget(RenderEffect::new(move |_| {
        let new = url.with(|url| place_of(&base, url.path()));
        if new != place.get_untracked() {
            place.set(new);
        } else {
            address_bar.ready_to_complete();
        }
    }));
    let page = move || {
        let page = PAGES.get(place.get());
        let page = page.map_or_else(|| NotFound().into_any(), |(_, page)| page());
        // From here on the address bar may show the new address.
        location.ready_to_complete();
        page
    };
    view! { <main>{move || page()}</main> }.into_any()
}

/// Where the page of an address is in [`PAGES`]; behind them if it is none.
fn place_of(base: &str, path: &str) -> usize {
    let path = path.strip_prefix(base).map(|it| it.trim_end_matches('/'));
    let place = PAGES.iter().position(|(of_page, _)| path == Some(of_page));
    place.unwrap_or(PAGES.len())
}
