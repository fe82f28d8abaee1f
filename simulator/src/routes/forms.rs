//! The buttons of the page for people. Each answers with a redirect to where it was pressed, so that a reload
//! repeats nothing.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::names;
use crate::pages;
use crate::platform::{Person, Settings};
use crate::shared::SharedPlatform;

use super::authorize::redirect;
use super::{html, phone, same_origin};

/// Any form of that page: names and values, the last of repeated names.
pub(super) type Fields = web::Form<HashMap<String, String>>;

/// `POST /_simulator/forms/clock`.
pub(crate) async fn advance_clock(
    request: HttpRequest,
    form: Fields,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "clock", || {
        let seconds = form
            .get("advance_seconds")
            .and_then(|text| text.parse().ok());
        let seconds = seconds.ok_or("advance_seconds 不是秒数")?;
        platform.lock().advance_clock(Duration::from_secs(seconds));
        Ok(())
    })
}

/// `POST /_simulator/forms/reset`.
pub(crate) async fn reset(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "people", || {
        platform.lock().reset();
        Ok(())
    })
}

/// `POST /_simulator/forms/clear-log`.
pub(crate) async fn clear_log(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "log", || {
        platform.lock().clear_requests();
        Ok(())
    })
}

/// `POST /_simulator/forms/settings`: all switches at once, a box that is not ticked is off.
pub(crate) async fn settings(
    request: HttpRequest,
    form: Fields,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    answer(&request, "settings", || {
        let fields = form.iter().map(|(name, value)| {
            let value = match value.as_str() {
                "true" => json!(true),
                text => text
                    .parse::<u64>()
                    .map_or_else(|_| json!(text), |number| json!(number)),
            };
            (name.clone(), value)
        });
        let settings: Settings = serde_json::from_value(Value::Object(fields.collect()))
            .map_err(|error| format!("设置没有保存：{error}"))?;
        platform.lock().set_settings(settings);
        Ok(())
    })
}

/// `POST /_simulator/forms/person`: somebody new, with an id and, if none is given, a name of the simulator's making.
pub(crate) async fn add_person(
    request: HttpRequest,
    form: Fields,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut added = None;
    let mut response = answer(&request, "people", || {
        let mut platform = platform.lock();
        let person = person_from(&form, &platform.rid())?;
        platform
            .put_person(person.clone())
            .map_err(|problems| problems.to_string())?;
        added = Some(person);
        Ok(())
    });
    if let Some(person) = added.filter(|_| form.contains_key("take_phone")) {
        // Fails only for a cookie that is no valid header, and ids are letters and digits.
        let remembered = response.add_cookie(&phone::remember(&person));
        debug_assert!(remembered.is_ok());
    }
    response
}

/// `random` is a request id: hexadecimal digits in groups.
#[expect(
    clippy::indexing_slicing,
    reason = "what is indexed is a JSON object made here, which takes any name"
)]
fn person_from(form: &HashMap<String, String>, random: &str) -> Result<Person, String> {
    let digits = random.replace('-', "");
    let id = format!("p{}", digits.get(..8).unwrap_or(&digits));
    let number = digits
        .get(8..15)
        .and_then(|digits| usize::from_str_radix(digits, 16).ok());
    let text = |name: &str| {
        form.get(name)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    };
    let nickname = text("nickname").map_or_else(|| names::name(number.unwrap_or(0)), str::to_owned);
    let mut person = json!({
        "id": id,
        "nickname": nickname,
        "note": text("note").unwrap_or_default(),
        "unionid": !form.contains_key("no_unionid"),
    });
    for name in ["picture", "relation", "habit", "snapshot"] {
        if let Some(value) = text(name) {
            person[name] = json!(value);
        }
    }
    serde_json::from_value(person).map_err(|error| format!("没有新增：{error}"))
}

/// Does something, then leads back to a section of the page, or says why not.
pub(super) fn answer(
    request: &HttpRequest,
    section: &str,
    act: impl FnOnce() -> Result<(), String>,
) -> HttpResponse {
    if let Some(refused) = same_origin::refuse(request) {
        return refused;
    }
    match act() {
        Ok(()) => redirect(StatusCode::SEE_OTHER, &format!("/_simulator#{section}")),
        Err(why) => html::page(StatusCode::BAD_REQUEST, pages::notice("表单有问题", &why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gives_no_name_gets_one() {
        let rid = "0123abcd-00000001-ffffffff";
        let person = person_from(&HashMap::from([("nickname".into(), "  ".into())]), rid).unwrap();
        assert_eq!(person.id, "p0123abcd");
        assert_eq!(person.nickname, names::name(0));
        let form = [
            ("nickname", "<阿毛>"),
            ("habit", "slow"),
            ("no_unionid", "true"),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let person = person_from(&form.into(), rid).unwrap();
        assert_eq!((&*person.nickname, person.unionid), ("<阿毛>", false));
        let wrong = [("habit".to_owned(), "sings".to_owned())];
        assert!(person_from(&wrong.into(), rid).is_err());
    }
}
