//! The buttons of the page for people that order faults and call them off.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::platform::Fault;
use crate::shared::SharedPlatform;

use super::forms::{Fields, answer};

/// `POST /_simulator/forms/fault`.
pub(crate) async fn add(
    request: HttpRequest,
    form: Fields,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "faults", || {
        let fault = fault_from(&form)?;
        let added = platform.lock().add_fault(fault);
        added.map(drop).map_err(|problems| problems.to_string())
    })
}

/// `POST /_simulator/forms/remove-fault`. One that has removed itself meanwhile is no mistake.
pub(crate) async fn remove(
    request: HttpRequest,
    form: Fields,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "faults", || {
        let id = form.get("id").and_then(|text| text.parse().ok());
        platform.lock().remove_fault(id.ok_or("id 不是数字")?);
        Ok(())
    })
}

/// Builds what the control API would be sent, so that both understand the same.
#[expect(
    clippy::indexing_slicing,
    reason = "what is indexed are JSON objects made here, which take any name"
)]
fn fault_from(form: &HashMap<String, String>) -> Result<Fault, String> {
    let text = |name: &str| {
        form.get(name)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    };
    let number = |name: &str| text(name).and_then(|text| text.parse::<i64>().ok());
    let kind = text("effect").unwrap_or_default();
    let mut effect = json!({ "kind": kind });
    let field = match kind {
        "errcode" | "string_errcode" => Some("errcode"),
        "http_status" => Some("status"),
        "delay" => Some("millis"),
        _ => None,
    };
    if let Some(field) = field {
        effect[field] = json!(number("number"));
    }
    let mut fault = json!({ "endpoint": text("endpoint"), "effect": effect });
    for name in ["appid", "person"] {
        if let Some(value) = text(name) {
            fault[name] = json!(value);
        }
    }
    if text("count").is_some() {
        fault["count"] = json!(number("count"));
    }
    if let Some(percent) = number("percent").and_then(|percent| u32::try_from(percent).ok()) {
        fault["probability"] = json!(f64::from(percent) / 100.0);
    }
    fault["after_work"] = Value::Bool(form.contains_key("after_work"));
    serde_json::from_value(fault).map_err(|error| format!("没有新增：{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{Effect, Endpoint};

    fn form(fields: &[(&str, &str)]) -> HashMap<String, String> {
        let owned = |(name, value): &(&str, &str)| (String::from(*name), String::from(*value));
        fields.iter().map(owned).collect()
    }

    #[test]
    fn the_number_goes_where_the_effect_needs_it() {
        for (kind, effect) in [
            (
                "errcode",
                Effect::Errcode {
                    errcode: 502,
                    errmsg: None,
                },
            ),
            ("http_status", Effect::HttpStatus { status: 502 }),
            ("delay", Effect::Delay { millis: 502 }),
            ("empty_body", Effect::EmptyBody),
        ] {
            let fields = [
                ("endpoint", "userinfo"),
                ("effect", kind),
                ("number", "502"),
            ];
            let fault = fault_from(&form(&fields)).unwrap();
            assert_eq!(fault, Fault::new(Endpoint::Userinfo, effect));
        }
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        let fields = [
            ("endpoint", "userinfo"),
            ("effect", "delay"),
            ("number", "-5"),
        ];
        assert!(fault_from(&form(&fields)).is_err());
        assert!(fault_from(&form(&[])).is_err());
    }
}
