//! The frame of the pages: which one an address shows.

use std::cell::RefCell;

use leptos_router::location::{BrowserUrl, LocationProvider};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::{LoginOptions, browser, provide_login};

use crate::pages::{not_found::NotFound, orders::OrdersPage, profile::ProfilePage};
use crate::text::texts;

/// Element of `index.html` that is shown until the app is there.
const SKELETON: &str = "skeleton";

/// Pages, each with its path behind the app's own, without a slash at the end.
pub(crate) type Pages = &'static [(&'static str, fn() -> AnyView)];

/// Pages with a parameter in their path, `/orders/{number}` for example, which they are given percent-decoded.
pub(crate) type PagesOfMany = &'static [(&'static str, fn(String) -> AnyView)];

const PAGES: Pages = &[
    ("", || ProfilePage().into_any()),
    ("/orders", || OrdersPage().into_any()),
];

/// While there is none, their code is not in the app.
const PAGES_OF_MANY: PagesOfMany = &[];

thread_local! {
    /// The parameter of the page that is shown, as it stands in the address.
    static PARAMETER: RefCell<String> = const { RefCell::new(String::new()) };
}

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
/// components weigh 20 KB (brotli) on every phone.
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
        let (new, has_changed) = url.with(|url| {
            let (new, parameter) = place_of(PAGES, PAGES_OF_MANY, &base, url.path());
            let mut has_changed = new != place.get_untracked();
            if !PAGES_OF_MANY.is_empty() {
                has_changed |= PARAMETER.replace(parameter.to_owned()) != parameter;
            }
            (new, has_changed)
        });
        if has_changed {
            place.set(new);
        } else {
            address_bar.ready_to_complete();
        }
    }));
    let page = move || {
        let place = place.get();
        let page = PAGES.get(place);
        let page = page.map_or_else(|| page_of_many(place), |(_, page)| page());
        // From here on the address bar may show the new address.
        location.ready_to_complete();
        page
    };
    view! { <main>{move || page()}</main> }.into_any()
}

/// Where the page of an address is in the first list or, behind it, in the second, and its parameter; behind both if it
/// is in neither.
fn place_of<'a>(pages: Pages, of_many: PagesOfMany, base: &str, path: &'a str) -> (usize, &'a str) {
    let path = path.strip_prefix(base).map(|it| it.trim_end_matches('/'));
    let place = pages.iter().position(|(of_page, _)| path == Some(of_page));
    if let Some(place) = place {
        return (place, "");
    }
    for (place, (pattern, _)) in (pages.len()..).zip(of_many) {
        if let Some(parameter) = path.and_then(|path| parameter(pattern, path)) {
            return (place, parameter);
        }
    }
    (pages.len().saturating_add(of_many.len()), "")
}

/// What stands in a path in the place of `{…}` of a pattern: something, and nothing with a slash in it.
fn parameter<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (before, rest) = pattern.split_once('{')?;
    let (_, behind) = rest.split_once('}')?;
    let parameter = path.strip_prefix(before)?.strip_suffix(behind)?;
    (!parameter.is_empty() && !parameter.contains('/')).then_some(parameter)
}

/// What the second list has there, or else that there is nothing.
fn page_of_many(place: usize) -> AnyView {
    let page = place.checked_sub(PAGES.len());
    let Some((_, page)) = page.and_then(|place| PAGES_OF_MANY.get(place)) else {
        return NotFound().into_any();
    };
    page(PARAMETER.with_borrow(|it| {
        // What somebody has spoilt stays as it is.
        js_sys::decode_uri_component(it).map_or_else(|_| it.clone(), String::from)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::{PAGES, PAGES_OF_MANY};

    #[test]
    fn an_address_shows_its_page_with_what_stands_in_it() {
        let place = |path: &'static str| place_of(PAGES, PAGES_OF_MANY, "/h5", path);
        assert_eq!(place("/h5/coupons"), (0, ""));
        assert_eq!(place("/h5/coupons/"), (0, ""));
        assert_eq!(place("/h5/orders/7"), (1, "7"));
        assert_eq!(place("/h5/orders/A%2F7/"), (1, "A%2F7"));
        for none in [
            "/h5",
            "/h5/orders",
            "/h5/orders/",
            "/h5/orders/7/8",
            "/orders/7",
            "/h5orders/7",
        ] {
            assert_eq!(place(none), (2, ""), "{none}");
        }
    }

    #[test]
    fn a_parameter_may_stand_in_the_middle() {
        assert_eq!(
            parameter("/orders/{number}/bill", "/orders/7/bill"),
            Some("7")
        );
        assert_eq!(parameter("/orders/{number}/bill", "/orders/7"), None);
        assert_eq!(parameter("/orders/{number}/bill", "/orders//bill"), None);
    }
}
