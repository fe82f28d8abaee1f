//! One order, from the company's own back end.
use js_sys::encode_uri_component;
use leptos::task::spawn_local;
use leptos_wechat_login::json::{self, FromJson};
use leptos_wechat_login::prelude::*;
use leptos_wechat_login::{RequireLogin, backend, use_auth};
use wasm_bindgen::JsValue;

/// What the back end tells of an order: `{"title": "桂花乌龙", "cents": 5600}`.
struct Bought {
    title: String,
    cents: f64,
}

impl FromJson for Bought {
    fn from_json(value: &JsValue) -> Option<Self> {
        let title = json::text(value, "title")?;
        let cents = json::number(value, "cents")?;
        Some(Self { title, cents })
    }
}

/// `/orders/{number}`
#[component]
pub(crate) fn OrderPage(number: String) -> impl IntoView {
    view! { <RequireLogin let:_session><Order number=number.clone() /></RequireLogin> }
}

#[component]
fn Order(number: String) -> impl IntoView {
    let auth = use_auth();
    let shown = RwSignal::new("正在加载…".to_owned());
    spawn_local(async move {
        let path = "/backend/orders/".to_owned() + &String::from(encode_uri_component(&number));
        let text = match backend::get::<Bought>(&path).await {
            Ok(order) => order.title + "，" + &(order.cents / 100.0).to_string() + " 元",
            Err(error) if error.status == 401 => return auth.session_ended(),
            Err(error) => auth.explain_backend(&error, |error| match error.code.as_deref() {
                Some("order_not_found") => Some("没有这个订单"),
                _ => None,
            }),
        };
        // The user may have gone on to another page.
        shown.try_set(text);
    });
    view! { <p role="status">{move || shown.get().into_any()}</p> }
}
