//! The frame of the pages: routes, and what every page has in common.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::auth::{Arrival, provide_auth};
use crate::browser;
use crate::pages::{home::Home, not_found::NotFound};
use crate::text::texts;

/// Element of `index.html` that is shown until the app is there.
const SKELETON: &str = "skeleton";

/// Puts the app in the place of the skeleton.
pub fn mount() {
    let arrival = Arrival::take();
    browser::set_language(texts().lang);
    leptos::mount::mount_to_body(move || view! { <App arrival /> });
    browser::remove_element(SKELETON);
}

/// The whole app.
#[component]
fn App(arrival: Arrival) -> impl IntoView {
    provide_auth(arrival);
    view! {
        <Router>
            <main>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=Home />
                </FlatRoutes>
            </main>
        </Router>
    }
}
