//! A logged request as a command somebody can paste, with a placeholder where something secret was.

use std::collections::BTreeMap;

use crate::percent;
use crate::platform::{LoggedParameter, LoggedRequest};

/// The value the log shows instead of a secret.
const MASK: &str = "***";

/// The request as a `curl` command against the simulator at `origin`. Masked values become `<NAME>`: pasted as it is,
/// the command is refused and says what is missing.
pub(super) fn curl(request: &LoggedRequest, origin: &str) -> String {
    let mut command = String::from("curl -i");
    // The one call of WeChat's that is sent as a body.
    if request.method == "POST" && request.path.starts_with("/cgi-bin/") {
        // A sorted map of our own: whether serde_json's keeps an order depends on what else is built with it.
        let fields: BTreeMap<&str, serde_json::Value> = request
            .parameters
            .iter()
            .map(|parameter| {
                let value = match parameter.value.as_str() {
                    "true" => true.into(),
                    "false" => false.into(),
                    _ => placeholder(parameter).into(),
                };
                (parameter.name.as_str(), value)
            })
            .collect();
        let body = serde_json::to_string(&fields).unwrap_or_default();
        let address = quoted(&format!("{origin}{}", request.path));
        return format!(
            "{command} {address} \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
            quoted(&body)
        );
    }
    if request.method != "GET" {
        command.push_str(" -X ");
        command.push_str(&quoted(&request.method));
    }
    if !request.parameters.is_empty() {
        command.push_str(" -G");
    }
    command.push(' ');
    command.push_str(&quoted(&format!("{origin}{}", request.path)));
    for parameter in &request.parameters {
        let value = placeholder(parameter);
        // curl encodes what stands after the first `=`, and the name only if it is encoded already.
        let name = percent::encode_value(&parameter.name);
        command.push_str(" \\\n  --data-urlencode ");
        command.push_str(&quoted(&format!("{name}={value}")));
    }
    command
}

fn placeholder(parameter: &LoggedParameter) -> String {
    if parameter.value == MASK {
        format!("<{}>", parameter.name.to_uppercase())
    } else {
        parameter.value.clone()
    }
}

/// One word of a POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, parameters: &[(&str, &str)]) -> LoggedRequest {
        LoggedRequest {
            code_number: None,
            number: 1,
            at_millis: 0,
            method: method.into(),
            path: "/sns/auth".into(),
            appid: None,
            errcode: 0,
            parameters: parameters
                .iter()
                .map(|(name, value)| LoggedParameter {
                    name: (*name).into(),
                    value: (*value).into(),
                })
                .collect(),
        }
    }

    #[test]
    fn secrets_become_placeholders() {
        let command = curl(
            &request("GET", &[("appid", "wx1"), ("secret", "***")]),
            "http://h",
        );
        assert_eq!(
            command,
            "curl -i -G 'http://h/sns/auth' \\\n  --data-urlencode 'appid=wx1' \\\n  --data-urlencode 'secret=<SECRET>'"
        );
    }

    #[test]
    fn a_posted_body_stays_one() {
        let mut request = request("POST", &[("secret", "***"), ("force_refresh", "true")]);
        request.path = "/cgi-bin/stable_token".into();
        let command = curl(&request, "http://h");
        let body = r#"'{"force_refresh":true,"secret":"<SECRET>"}'"#;
        assert_eq!(
            command,
            format!(
                "curl -i 'http://h/cgi-bin/stable_token' \\\n  -H 'Content-Type: application/json' \\\n  -d {body}"
            )
        );
    }

    #[test]
    fn nothing_leaves_its_quotes() {
        let command = curl(&request("X'; rm", &[("a'b\n$(c)", "d'`e`")]), "http://h");
        assert_eq!(
            command,
            "curl -i -X 'X'\\''; rm' -G 'http://h/sns/auth' \\\n  --data-urlencode 'a%27b%0A%24%28c%29=d'\\''`e`'"
        );
    }
}
