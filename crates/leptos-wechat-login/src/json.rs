//! JSON by the browser's own parser, read into [`api_types`].
//!
//! serde would do the same for 11 KB (brotli) more on every phone. The field names must be those of `api-types`;
//! the browser journeys would see a profile without its openid if they were not.
//!
//! An app that has serde anyway reads [`crate::api::fetch_text`] with it.

use api_types::{
    AccountInfo, ApiError, Bootstrap, ErrorCode, ExchangeRequest, Profile, Record, RecordPage,
    Scope, Session, WechatError,
};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A shape that can be read from the browser's parsed JSON; `None` if a required field is missing or of another type.
pub trait FromJson: Sized {
    /// Reads it.
    fn from_json(value: &JsValue) -> Option<Self>;
}

/// Parses `text` and reads it.
pub fn parse<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&JSON::parse(text).ok()?)
}

pub(crate) fn field(value: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(value, &name.into())
        .ok()
        .filter(|it| !it.is_undefined() && !it.is_null())
}

/// A text field; `None` if it is missing or something else.
pub fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name)?.as_string()
}

/// A number field; `None` if it is missing or something else.
pub fn number(value: &JsValue, name: &str) -> Option<f64> {
    field(value, name)?.as_f64()
}

/// A number as JavaScript writes it. Rust's own writing of numbers and texts would be 1 KB (brotli) more on every phone.
pub fn written(number: f64) -> String {
    js_sys::Number::from(number)
        .to_string_with_radix(10)
        .map(String::from)
        .unwrap_or_default()
}

pub(crate) fn flag(value: &JsValue, name: &str) -> Option<bool> {
    field(value, name)?.as_bool()
}

fn child<T: FromJson>(value: &JsValue, name: &str) -> Option<T> {
    T::from_json(&field(value, name)?)
}

impl FromJson for Bootstrap {
    fn from_json(value: &JsValue) -> Option<Self> {
        let accounts: Object = field(value, "accounts")?.dyn_into().ok()?;
        Some(Self {
            public_url: text(value, "public_url")?,
            authorize_url_base: text(value, "authorize_url_base")?,
            qrconnect_url_base: text(value, "qrconnect_url_base")?,
            default_account: text(value, "default_account")?,
            accounts: Object::keys(&accounts)
                .iter()
                .filter_map(|name| name.as_string())
                .map(|name| Some((name.clone(), child(&accounts, &name)?)))
                .collect::<Option<_>>()?,
            require_wechat: flag(value, "require_wechat")?,
            test_account: flag(value, "test_account")?,
            session: child(value, "session"),
        })
    }
}

impl FromJson for AccountInfo {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            appid: text(value, "appid")?,
            title: text(value, "title")?,
            website_appid: text(value, "website_appid"),
        })
    }
}

impl FromJson for Session {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            account: text(value, "account")?,
            appid: text(value, "appid")?,
            openid: text(value, "openid")?,
            unionid: text(value, "unionid"),
            scope: scope(&text(value, "scope")?),
            snapshot: flag(value, "snapshot")?,
            profile: child(value, "profile"),
            expires_at: number(value, "expires_at")? as u64,
        })
    }
}

fn scope(name: &str) -> Scope {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.as_str() == name)
        .unwrap_or(Scope::Base)
}

impl FromJson for Profile {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            nickname: text(value, "nickname")?,
            headimgurl: text(value, "headimgurl")?,
        })
    }
}

impl FromJson for ApiError {
    fn from_json(value: &JsValue) -> Option<Self> {
        let error = field(value, "error")?;
        Some(Self {
            code: ErrorCode::from_wire(&text(&error, "code")?).unwrap_or(ErrorCode::Internal),
            message: text(&error, "message")?,
            request_id: text(&error, "request_id")?,
            wechat: child(&error, "wechat"),
        })
    }
}

impl FromJson for WechatError {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            errcode: number(value, "errcode")? as i64,
            rid: text(value, "rid"),
        })
    }
}

impl<V: FromJson> FromJson for RecordPage<V> {
    fn from_json(value: &JsValue) -> Option<Self> {
        let records: Array = field(value, "records")?.dyn_into().ok()?;
        Some(Self {
            records: records
                .iter()
                .map(|record| FromJson::from_json(&record))
                .collect::<Option<_>>()?,
            next_cursor: text(value, "next_cursor"),
        })
    }
}

impl<V: FromJson> FromJson for Record<V> {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            account: text(value, "account")?,
            kind: text(value, "kind")?,
            key: text(value, "key")?,
            value: V::from_json(&Reflect::get(value, &"value".into()).ok()?)?,
            created_at: number(value, "created_at")? as u64,
            updated_at: number(value, "updated_at")? as u64,
        })
    }
}

/// The body of `POST /api/session`.
pub(crate) fn exchange_request(request: &ExchangeRequest) -> String {
    let mut body = String::new();
    // Writing to a String cannot fail.
    let _ = login_decision::write_exchange_body(
        &request.account,
        &request.code,
        &request.verifier,
        request.website,
        &mut body,
    );
    body
}
