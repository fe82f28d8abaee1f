//! The buttons of the page for people. Each answers with a redirect to where it was pressed, so that a reload
//! repeats nothing.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{ResponseError, Route, web};
use serde_json::{Value, json};

use crate::names;
use crate::platform::{Fault, Person, Platform, Settings, random};

use super::respond::{Notice, redirect};
use super::{Shared, phone};

/// Any form of that page: names and values, the last of repeated names.
type Fields = HashMap<String, String>;

/// What a button gives: somebody who takes this browser's phone, nothing, or why not.
type Done = Result<Option<Person>, String>;

/// A button that does something and then leads back to a section of the page, or says why not.
pub(crate) fn form(section: &'static str, act: fn(&mut Platform, &Fields) -> Done) -> Route {
    web::post().to(move |body: web::Bytes, platform: Shared| {
        let fields = form_urlencoded::parse(&body).into_owned().collect();
        let done = act(&mut platform.lock(), &fields);
        let back = || redirect(StatusCode::SEE_OTHER, &format!("/_simulator#{section}"));
        std::future::ready(match done {
            Ok(None) => back(),
            Ok(Some(person)) => phone::hand_over(back(), &person),
            Err(why) => Notice(StatusCode::BAD_REQUEST, "表单有问题", why).error_response(),
        })
    })
}

/// The clock jumps ahead.
pub(crate) fn advance_clock(platform: &mut Platform, form: &Fields) -> Done {
    let seconds = form
        .get("advance_seconds")
        .and_then(|text| text.parse().ok());
    platform.advance_clock(Duration::from_secs(
        seconds.ok_or("advance_seconds 不是秒数")?,
    ));
    Ok(None)
}

/// Everything as after the start.
pub(crate) fn reset(platform: &mut Platform, _: &Fields) -> Done {
    platform.reset();
    Ok(None)
}

/// The log starts anew.
pub(crate) fn clear_log(platform: &mut Platform, _: &Fields) -> Done {
    platform.log.clear();
    Ok(None)
}

/// All switches at once, a box that is not ticked is off.
pub(crate) fn settings(platform: &mut Platform, form: &Fields) -> Done {
    let json = form.iter().map(|(name, text)| {
        // `true` and numbers are themselves in JSON, and everything else is a text.
        let value = serde_json::from_str(text)
            .ok()
            .filter(|it: &Value| it.is_boolean() || it.is_u64());
        (name.clone(), value.unwrap_or_else(|| json!(text)))
    });
    let settings: Result<Settings, _> = serde_json::from_value(Value::Object(json.collect()));
    platform.settings = settings.map_err(|error| format!("设置没有保存：{error}"))?;
    Ok(None)
}

/// Somebody new, with an id and, if none is given, a name of the simulator's making.
pub(crate) fn add_person(platform: &mut Platform, form: &Fields) -> Done {
    let person = person_from(form)?;
    let added = platform.put_person(person.clone());
    added.map_err(|problems| problems.to_string())?;
    Ok(form.contains_key("take_phone").then_some(person))
}

/// Somebody begins or ends to follow an account.
pub(crate) fn follow(platform: &mut Platform, form: &Fields) -> Done {
    let field = |name| text(form, name).unwrap_or_default();
    let person = platform.people.get(field("person"));
    let mut person = person.cloned().ok_or("没有这个人")?;
    let follows = field("follows") == "true";
    person.follows.insert(field("appid").to_owned(), follows);
    let changed = platform.put_person(person);
    changed.map_err(|problems| problems.to_string())?;
    Ok(None)
}

/// A rule is put in force.
pub(crate) fn add_fault(platform: &mut Platform, form: &Fields) -> Done {
    let added = platform.add_fault(fault_from(form)?);
    added.map_err(|problems| problems.to_string())?;
    Ok(None)
}

/// A rule is called off. One that has removed itself meanwhile is no mistake.
pub(crate) fn remove_fault(platform: &mut Platform, form: &Fields) -> Done {
    let id = form.get("id").and_then(|text| text.parse().ok());
    platform.remove_fault(id.ok_or("id 不是数字")?);
    Ok(None)
}

fn person_from(form: &Fields) -> Result<Person, String> {
    let mut person = json!({
        "id": format!("p{:.8}", random::rid()),
        "nickname": text(form, "nickname").map_or_else(names::name, str::to_owned),
        "note": text(form, "note").unwrap_or_default(),
        "unionid": !form.contains_key("no_unionid"),
    });
    add_texts(
        &mut person,
        form,
        &["picture", "relation", "habit", "snapshot"],
    );
    serde_json::from_value(person).map_err(|error| format!("没有新增：{error}"))
}

/// Builds what the control API would be sent, so that both understand the same.
fn fault_from(form: &Fields) -> Result<Fault, String> {
    let number = |name: &str| text(form, name).and_then(|text| text.parse::<i32>().ok());
    let kind = text(form, "effect").unwrap_or_default();
    let effect = match kind {
        "errcode" | "string_errcode" => json!({ "kind": kind, "errcode": number("number") }),
        "http_status" => json!({ "kind": kind, "status": number("number") }),
        "delay" => json!({ "kind": kind, "millis": number("number") }),
        _ => json!({ "kind": kind }),
    };
    let mut fault = json!({
        "effect": effect,
        "probability": number("percent").map_or(1.0, |percent| f64::from(percent) / 100.0),
        "after_work": form.contains_key("after_work"),
    });
    add_texts(&mut fault, form, &["endpoint", "appid", "person"]);
    if text(form, "count").is_some() {
        add(&mut fault, "count", json!(number("count")));
    }
    serde_json::from_value(fault).map_err(|error| format!("没有新增：{error}"))
}

/// The text of a field; none if it is left empty.
fn text<'a>(form: &'a Fields, name: &str) -> Option<&'a str> {
    form.get(name)
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
}

fn add_texts(object: &mut Value, form: &Fields, names: &[&str]) {
    for name in names {
        if let Some(value) = text(form, name) {
            add(object, name, json!(value));
        }
    }
}

fn add(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}
