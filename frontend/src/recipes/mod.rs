//! Pages that the documents show, compiled with the tests and in no app: the chapter on pages includes them as they are.

mod coupons;
mod order;

use leptos_wechat_login::prelude::*;

use crate::app::{Pages, PagesOfMany};
use coupons::CouponsPage;
use order::OrderPage;

/// As in `app.rs`.
pub(crate) const PAGES: Pages = &[
    // ANCHOR: page
    ("/coupons", || CouponsPage().into_any()),
    // ANCHOR_END: page
];

/// As in `app.rs`.
pub(crate) const PAGES_OF_MANY: PagesOfMany = &[
    // ANCHOR: page-of-many
    ("/orders/{number}", |number| {
        view! { <OrderPage number /> }.into_any()
    }),
    // ANCHOR_END: page-of-many
];
