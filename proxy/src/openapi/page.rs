//! The document as a page for people: plain HTML without script, so nothing is fetched from anywhere.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON values have no index that panics: what is missing is null"
)]

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8886; }
summary { cursor: pointer; padding: .4rem 0; overflow-wrap: anywhere; }
details { border-bottom: 1px solid #8883; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; background: #8882; padding: .6rem; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; color: #07c160; }
.quiet { opacity: .7; }
";

/// The whole page.
pub(crate) fn render(document: &OpenApi) -> Markup {
    let document = serde_json::to_value(document).unwrap_or_default();
    let info = &document["info"];
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text(&info["title"])) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (text(&info["title"])) " " span.quiet { (text(&info["version"])) } }
                p { (prose(&info["description"])) }
                p { a href="openapi.json" { "openapi.json" } ", " a href="#schemas" { "schemas" } }
                @for tag in document["tags"].as_array().into_iter().flatten() {
                    h2 { (text(&tag["name"])) }
                    p.quiet { (text(&tag["description"])) }
                    @for (path, method, operation) in operations_of(&document, tag) {
                        (operation_box(&document, path, method, operation))
                    }
                }
                h2 id="schemas" { "Schemas" }
                @for (name, schema) in members(&document["components"]["schemas"]) {
                    details id=(name) {
                        summary { code { (name) } " " span.quiet { (first_line(&schema["description"])) } }
                        pre { (pretty(schema)) }
                    }
                }
            }
        }
    }
}

fn operation_box(document: &Value, path: &str, method: &str, operation: &Value) -> Markup {
    let body = &operation["requestBody"];
    html! {
        details {
            summary {
                span.method { (method.to_uppercase()) } code { (path) } " "
                span.quiet { (prose(&operation["summary"])) }
            }
            p { "Needs: " (needs(&operation["security"])) }
            @if let Some(parameters) = operation["parameters"].as_array() {
                table {
                    @for parameter in parameters {
                        tr {
                            th { code { (text(&parameter["name"])) } }
                            th.quiet { (text(&parameter["in"])) }
                            td {
                                (prose(&parameter["description"])) " "
                                code { (parameter["schema"]) }
                            }
                        }
                    }
                }
            }
            @if !body.is_null() {
                p { "Body: " (prose(&body["description"])) " " (shapes(body)) }
            }
            table {
                @for (status, response) in members(&operation["responses"]) {
                    @let response = resolved(document, response);
                    tr {
                        th { (status) }
                        td { (prose(&response["description"])) }
                        td { (shapes(response)) }
                    }
                }
            }
        }
    }
}

/// Media types and the schemas in them, linked where they have a name.
fn shapes(holder: &Value) -> Markup {
    html! {
        @for (media, content) in members(&holder["content"]) {
            @let schema = &content["schema"];
            span.quiet { (media) } " "
            @if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
                a href={ "#" (name) } { code { (name) } }
            }
            " "
        }
    }
}

/// What an operation asks for, in words: any one of the listed.
fn needs(security: &Value) -> String {
    let ways = security.as_array().into_iter().flatten();
    let ways: Vec<&str> = ways
        .map(|way| way.as_object().and_then(|way| way.keys().next()))
        .map(|way| way.map_or("nothing", String::as_str))
        .collect();
    ways.join(" or ")
}

fn operations_of<'a>(
    document: &'a Value,
    tag: &'a Value,
) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let all = members(&document["paths"]).flat_map(|(path, item)| {
        members(item).map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, _, operation)| operation["tags"][0] == tag["name"])
}

fn resolved<'a>(document: &'a Value, response: &'a Value) -> &'a Value {
    let reference = response["$ref"].as_str();
    reference
        .and_then(|reference| document.pointer(reference.strip_prefix('#')?))
        .unwrap_or(response)
}

/// A text in which backticks stand around code.
fn prose(value: &Value) -> Markup {
    let parts = text(value).split('`').enumerate();
    html! {
        @for (index, part) in parts {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn first_line(value: &Value) -> &str {
    text(value).lines().next().unwrap_or_default()
}
