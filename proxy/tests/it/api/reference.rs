//! `docs/generated/http-api.…md`: the reference of the HTTP API in words, made of its description for programs.

use std::fmt::Write as _;

use test_support::document;
use wechat_login_proxy::http::openapi::{PRODUCTION_COOKIE, document as description};

use crate::support::*;

/// Tags of the description, as headings.
const GROUPS: [(&str, &str); 3] = [
    ("app", "For pages, mini-programs and apps"),
    ("service", "For backends"),
    ("operations", "For web servers and operators"),
];

/// On one line, as tables want it.
fn text(value: &Value) -> String {
    let words = value.as_str().unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

/// Members in the order of the description.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What a reference leads to, with its name.
fn referred<'a>(document: &'a Value, value: &'a Value) -> Option<(&'a str, &'a Value)> {
    let reference = value["$ref"].as_str()?;
    let name = reference.rsplit('/').next()?;
    let target = document.pointer(reference.strip_prefix('#')?)?;
    Some((name, target))
}

/// The name of a schema without what it is filled with in Rust.
fn plain(name: &str) -> &str {
    name.split('_').next().unwrap_or(name)
}

/// The type of a value; what has fields is a link to them.
fn type_of(document: &Value, schema: &Value) -> String {
    if let Some((name, target)) = referred(document, schema) {
        if target["enum"].is_array() {
            return type_of(document, target);
        }
        let name = plain(name);
        return format!("[`{name}`](#{})", name.to_lowercase());
    }
    if schema["enum"].is_array() {
        let values = items(&schema["enum"]).iter();
        let values: Vec<String> = values.map(|it| format!("`{}`", text(it))).collect();
        return values.join(", ");
    }
    let null = json!({ "type": "null" });
    if let Some(only) = items(&schema["oneOf"]).iter().find(|it| **it != null) {
        return type_of(document, only);
    }
    let is_one = |it: &&Value| it.as_str() != Some("null");
    let kind = items(&schema["type"]).iter().find(is_one);
    match kind.unwrap_or(&schema["type"]).as_str() {
        Some("array") => format!("{}`[]`", type_of(document, &schema["items"])),
        Some("object") if schema["additionalProperties"]["$ref"].is_string() => {
            let value = type_of(document, &schema["additionalProperties"]);
            format!("`{{…:` {value}`}}`")
        }
        Some("string") => match schema["pattern"].as_str() {
            // A bar ends the cell; such patterns are said in words as well.
            Some(pattern) if pattern.len() < 30 && !pattern.contains('|') => {
                format!("`{}`", pattern.trim_matches(['^', '$']))
            }
            _ => "`string`".to_owned(),
        },
        Some("integer") => match (&schema["minimum"], &schema["maximum"]) {
            (Value::Number(low), Value::Number(high)) => format!("{low}–{high}"),
            _ => "`integer`".to_owned(),
        },
        Some(other) => format!("`{other}`"),
        None => "any JSON".to_owned(),
    }
}

fn callers(operation: &Value) -> &'static str {
    let security = items(&operation["security"]);
    let has = |name: &str| security.contains(&json!({ name: [] }));
    match (
        has("service_key"),
        has("session"),
        security.contains(&json!({})),
    ) {
        (true, _, _) => "a service key",
        (_, true, true) => "everybody, known by session or token",
        (_, true, false) => "a session or a token",
        _ => "everybody",
    }
}

/// The row of an answer that is none of the errors all requests share.
fn answer(document: &Value, status: &str, response: &Value) -> String {
    let mut parts = Vec::new();
    for (content, it) in members(&response["content"]) {
        parts.push(match content.as_str() {
            "application/json" => type_of(document, &it["schema"]),
            other => format!("`{other}`"),
        });
    }
    parts.push(text(&response["description"]));
    let headers = members(&response["headers"]).map(|it| it.0.as_str());
    let headers = headers.filter(|it| *it != "X-Request-Id");
    let headers: Vec<String> = headers.map(|it| format!("`{it}`")).collect();
    if !headers.is_empty() {
        parts.push(headers.join(", "));
    }
    format!("| {status} | {} |\n", parts.join("<br>"))
}

fn operation(document: &Value, operation: &Value) -> String {
    let mut rows = format!("| who may ask | {} |\n", callers(operation));
    for parameter in items(&operation["parameters"]) {
        let place = match (parameter["in"].as_str().unwrap(), &parameter["required"]) {
            ("query", Value::Bool(true)) => "in the query",
            ("query", _) => "in the query, optional",
            ("header", _) => "a header, optional",
            _ => "in the path",
        };
        let kind = type_of(document, &parameter["schema"]);
        let (name, says) = (text(&parameter["name"]), text(&parameter["description"]));
        writeln!(rows, "| `{name}`<br>{place} | {kind}<br>{says} |").unwrap();
    }
    if let Some(content) = operation["requestBody"]["content"].as_object() {
        let kind = type_of(document, &content.values().next().unwrap()["schema"]);
        let says = text(&operation["requestBody"]["description"]);
        writeln!(rows, "| body | {kind}<br>{says} |").unwrap();
    }
    let mut errors = Vec::new();
    for (status, response) in members(&operation["responses"]) {
        match referred(document, response) {
            // Of a web server in front, for every address.
            Some(("AddressTooLong", _)) => {}
            Some(_) => errors.push(status.as_str()),
            None => rows += &answer(document, status, response),
        }
    }
    if !errors.is_empty() {
        writeln!(rows, "| errors | {} |", errors.join(", ")).unwrap();
    }
    rows
}

fn operations(document: &Value, tag: &str) -> String {
    let mut all = String::new();
    for (path, methods) in members(&document["paths"]) {
        for method in ["get", "post", "put", "delete"] {
            let it = &methods[method];
            if !items(&it["tags"]).contains(&tag.into()) {
                continue;
            }
            let head = match (method, methods["head"].is_object()) {
                ("get", true) => "GET`, `HEAD".to_owned(),
                _ => method.to_uppercase(),
            };
            let says = [text(&it["summary"]), text(&it["description"])];
            let says = says.join("\n");
            let (says, rows) = (says.trim_end(), operation(document, it));
            write!(
                all,
                "#### `{head} {path}`\n\n{says}\n\n| | |\n|---|---|\n{rows}\n"
            )
            .unwrap();
        }
    }
    all
}

/// The fields of one type, those of the type it extends left to that one.
fn schema(document: &Value, schema: &Value) -> String {
    let mut rows = String::new();
    for part in items(&schema["allOf"]).iter().chain([schema]) {
        if referred(document, part).is_some() {
            writeln!(
                rows,
                "| … | {} | all fields of this |",
                type_of(document, part)
            )
            .unwrap();
        }
        for (name, field) in members(&part["properties"]) {
            let is_required = items(&part["required"]).contains(&name.as_str().into());
            let optional = if is_required { "" } else { "<br>optional" };
            let says = match field["oneOf"].as_array() {
                Some(either) => text(&either[1]["description"]),
                None => text(&field["description"]),
            };
            let kind = type_of(document, field);
            writeln!(rows, "| `{name}`{optional} | {kind} | {says} |").unwrap();
        }
    }
    rows
}

fn all() -> String {
    let document: Value = serde_json::from_str(&description(PRODUCTION_COOKIE, "")).unwrap();
    let mut all = String::new();
    for (tag, heading) in GROUPS {
        write!(all, "### {heading}\n\n{}", operations(&document, tag)).unwrap();
    }
    all += "### Types\n\n";
    for (name, it) in members(&document["components"]["schemas"]) {
        let rows = schema(&document, it);
        if !rows.is_empty() {
            let says = text(&it["description"]);
            let head = "| field | type | meaning |\n|---|---|---|";
            write!(all, "#### `{}`\n\n{says}\n\n{head}\n{rows}\n", plain(name)).unwrap();
        }
    }
    all
}

#[test]
fn the_reference_of_the_api_is_that_of_its_description() {
    let english = all();
    document::compare("http-api.en.md", &english);
    let chinese = document::translated(&english, include_str!("reference.zh.toml"));
    document::compare("http-api.zh.md", &chinese);
}
