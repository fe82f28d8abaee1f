//! What people see: templates below `pages/`, which work without scripts. Values in, HTML out.

use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, Error};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// Dark enough for white letters.
const COLOURS: [&str; 8] = [
    "#3d7f5c", "#a8533a", "#3f6ea5", "#8a5a9e", "#96702a", "#b04a6b", "#3b7f86", "#6a6f3c",
];

/// Modules of white around a QR code, as the standard asks for.
const QUIET_ZONE: usize = 4;

/// A mistake in a template is said in place of the page; every page is met by a contract test.
pub(crate) fn render(template: &str, values: impl Serialize) -> String {
    let environment = match &*TEMPLATES {
        Ok(environment) => environment,
        Err(error) => return format!("{error:#}"),
    };
    let template = environment.get_template(template);
    let page = template.and_then(|template| template.render(Serde(values)));
    let page = page.unwrap_or_else(|error| format!("{error:#}"));
    // HTML has no need of this escape, and an address is easier to read without it.
    page.replace("&#x2f;", "/")
}

static TEMPLATES: LazyLock<Result<Environment<'_>, Error>> = LazyLock::new(|| {
    macro_rules! add {
        ($environment:ident, $($name:literal)*) => {
            $($environment.add_template($name, include_str!(concat!("pages/", $name)))?;)*
        };
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.add_function("letter", |name: &str, id: &str| letter(name, id));
    environment.add_function("colour", colour);
    environment.add_filter("clock_time", clock_time);
    add!(environment,
        "layout.html" "macros.html" "style.css" "tools.css" "notice.html" "error.html"
        "refused.html" "ordered_error.html" "consent.html" "snapshot.html" "refused_go_back.html"
        "refused_blank.html" "callback_twice.html" "qr_code.html" "scan_as.html" "scan_decided.html"
        "home.html" "log_list.html" "fidelity.html" "debugger.html" "debugger_start.html"
        "debugger_callback.html" "debugger_calls.html" "avatar.svg"
        "parts/add_fault_how_often.html" "parts/add_fault_what.html" "parts/add_person.html"
        "parts/callback_twice.js" "parts/follow.html" "parts/clock.html" "parts/debugger_head.html"
        "parts/fragment_warning.html" "parts/home_head.html" "parts/log.js" "parts/no_code.html"
        "parts/nobody.svg" "parts/order_warning.html" "parts/ordered_remarks.html" "parts/scan.js"
        "parts/snapshot_remarks.html" "parts/warn.svg"
    );
    Ok(environment)
});

/// The first letter, digit or ideograph of a name; names of nothing but symbols give way to the id.
fn letter(name: &str, id: &str) -> char {
    let first = name.chars().chain(id.chars()).find(|c| c.is_alphanumeric());
    first.unwrap_or('?').to_uppercase().next().unwrap_or('?')
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a remainder of a list's length is one of its indices, and no list here is empty"
)]
fn colour(id: &str) -> &'static str {
    let sum: usize = id.bytes().map(usize::from).sum();
    COLOURS[sum % COLOURS.len()]
}

/// Time on the simulator's clock, as `1天 02:03:04`; it starts at 00:00:00.
fn clock_time(millis: u64) -> String {
    let seconds = millis / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    match days {
        0 => time,
        _ => format!("{days}天 {time}"),
    }
}

/// A QR code as an SVG shows it.
#[derive(Serialize)]
pub(crate) struct QrImage {
    side: usize,
    /// A square for each dark module.
    path: String,
}

/// `None`: the text is longer than what fits, which no address of the simulator is.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the library gives as many colours as its width says, which is below 200"
)]
pub(crate) fn qr_image(text: &str) -> Option<QrImage> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET_ZONE;
    let dark = (0..width * width).filter(|at| colors[*at] == Color::Dark);
    let module = |at| (at % width + QUIET_ZONE, at / width + QUIET_ZONE);
    let path = dark.map(module).map(|(x, y)| format!("M{x} {y}h1v1h-1z"));
    let path = path.collect();
    Some(QrImage { side, path })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::Settings;

    #[test]
    fn a_letter_is_found_behind_symbols_and_in_empty_names() {
        for (name, id, expected) in [
            ("小明", "x", '小'),
            ("🌸阿花", "x", '阿'),
            ("<b>", "x", 'B'),
            ("", "wuming", 'W'),
            ("", "", '?'),
        ] {
            assert_eq!(letter(name, id), expected);
        }
    }

    #[test]
    fn time_counts_days() {
        assert_eq!(clock_time(0), "00:00:00");
        assert_eq!(clock_time(86_399_999), "23:59:59");
        assert_eq!(clock_time(30 * 86_400_000 + 61_000), "30天 00:01:01");
    }

    #[test]
    fn what_is_joined_in_a_template_is_escaped_once() {
        let hostile = json!({ "appid": "wx\"1", "title": "<b>&", "kind": "service" });
        let start = json!({ "appid": "wx\"1", "scope": "", "state": "", "force_popup": null, "force_snapshot": null });
        let values = json!({ "accounts": [hostile], "start": start, "origin": "/", "url": "" });
        let page = render("debugger_start.html", values);
        let option = r#"<option value="wx&quot;1" selected>&lt;b&gt;&amp;　wx&quot;1</option>"#;
        assert!(page.contains(option), "{page}");
    }

    #[test]
    fn every_switch_has_a_box() {
        let page = include_str!("pages/home.html");
        let json = serde_json::to_value(Settings::default()).unwrap();
        let settings = json.as_object().unwrap().iter();
        let switches: Vec<_> = settings.filter(|(_, value)| value.is_boolean()).collect();
        for (name, _) in &switches {
            assert!(page.contains(&format!("\n      (\"{name}\", ")), "{name}");
        }
        assert_eq!(page.matches("\n      (\"").count(), switches.len());
    }
}
