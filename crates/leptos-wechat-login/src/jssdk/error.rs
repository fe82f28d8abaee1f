//! What a call comes to, and what users are told of it.

use api_types::ErrorCode;

use crate::auth::Auth;
use crate::flow::Failure;
use crate::words::Words;

/// Why a call did not work; [`Auth::explain_jssdk`] says it to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JssdkError {
    /// This is not WeChat's browser, or it gives the page no bridge.
    NotInWechat,
    /// WeChat's script did not come.
    NoScript,
    /// The proxy did not sign.
    Api(Failure),
    /// WeChat refused, in its own words: `config:invalid signature`, `scanQRCode:permission denied`.
    Refused(String),
    /// The user did not want to.
    Cancelled,
    /// WeChat said nothing.
    NoAnswer,
}

impl Auth {
    /// What a call that did not work means to the user, with WeChat's words or the request's id behind it.
    pub fn explain_jssdk(self, error: &JssdkError) -> String {
        let words = self.words();
        let with = |text: &str, detail: &str| [text, " [", detail, "]"].concat();
        match error {
            JssdkError::NotInWechat => words.jssdk_not_in_wechat.to_owned(),
            JssdkError::NoScript => words.jssdk_no_script.to_owned(),
            JssdkError::Cancelled => words.jssdk_cancelled.to_owned(),
            JssdkError::NoAnswer => words.jssdk_no_answer.to_owned(),
            JssdkError::Refused(text) => with(advice(words, text), text),
            JssdkError::Api(Failure::Refused(refused)) => {
                let text = match refused.code {
                    ErrorCode::ForeignAddress => words.jssdk_foreign_address,
                    ErrorCode::RefusedByWechat => words.jssdk_ticket_refused,
                    ErrorCode::NotFound | ErrorCode::WrongApplication => words.jssdk_off,
                    code => words.of(code),
                };
                with(text, &refused.request_id)
            }
            JssdkError::Api(failure) => self.explain_with_id(failure),
        }
    }
}

/// What to do about a refusal of WeChat's.
fn advice(words: &Words, refusal: &str) -> &'static str {
    let all = [
        ("invalid url domain", words.jssdk_domain),
        ("invalid signature", words.jssdk_signature),
        ("require subscribe", words.jssdk_follow_first),
        ("not exist", words.jssdk_too_old),
        ("permi", words.jssdk_not_permitted),
    ];
    let found = all.iter().find(|(text, _)| refusal.contains(text));
    found.map_or(words.jssdk_refused, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_with_what_to_do() {
        let words = &Words::ENGLISH;
        for (refusal, expected) in [
            (
                "config:fail,Error: 63002,invalid signature [t][]",
                words.jssdk_signature,
            ),
            (
                "a:the permission value is offline verifying",
                words.jssdk_not_permitted,
            ),
            ("a:function not exist", words.jssdk_too_old),
            ("a:fail", words.jssdk_refused),
        ] {
            assert_eq!(advice(words, refusal), expected, "{refusal}");
        }
    }
}
