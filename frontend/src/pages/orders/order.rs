//! An order as the company's order system writes it, and how it reads on a phone.

use js_sys::{Date, Function, Object, Reflect};
use leptos_wechat_login::json::{self, FromJson};
use wasm_bindgen::{JsCast, JsValue};

use crate::text::texts;

/// The value of a record of kind `order`. Every field may be missing: the order system is somebody else's.
#[derive(Clone, PartialEq)]
pub(crate) struct Order {
    /// What was bought.
    pub(crate) title: Option<String>,
    /// What it cost, in hundredths of the currency.
    pub(crate) amount: Option<f64>,
    /// ISO 4217; `CNY` if missing.
    pub(crate) currency: Option<String>,
    /// Where it stands, in words for the user.
    pub(crate) status: Option<String>,
}

impl FromJson for Order {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            title: json::text(value, "title"),
            amount: json::number(value, "amount"),
            currency: json::text(value, "currency"),
            status: json::text(value, "status"),
        })
    }
}

impl Order {
    /// The amount in the reader's manner, such as `¥68.00`; empty if unknown.
    pub(crate) fn price(&self) -> String {
        let Some(amount) = self.amount else {
            return String::new();
        };
        let amount = amount / 100.0;
        let currency = self.currency.as_deref().unwrap_or("CNY");
        let options = Object::new();
        for (name, value) in [("style", "currency"), ("currency", currency)] {
            let _ = Reflect::set(&options, &name.into(), &value.into());
        }
        let value = JsValue::from_f64(amount);
        let number = Object::get_prototype_of(&value);
        Reflect::get(&number, &"toLocaleString".into())
            .ok()
            .and_then(|method| {
                let method: Function = method.dyn_into().ok()?;
                // It throws over a currency that is none.
                let price = method.call2(&value, &texts().lang.into(), &options);
                price.ok()?.as_string()
            })
            .unwrap_or_else(|| json::written(amount))
    }
}

/// The day in the reader's manner.
///
/// `seconds` count since 1970-01-01 UTC.
pub(crate) fn day(seconds: u64) -> String {
    let date = Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    date.to_locale_date_string(texts().lang, &JsValue::UNDEFINED)
        .into()
}
