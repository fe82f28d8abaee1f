//! A rule that can never strike is a test that proves nothing, so it is refused.

use super::super::{Problem, Problems};
use super::{Effect, Endpoint, Fault};

const LONGEST_DELAY_MILLIS: u64 = 60_000;
const ERRMSG_LIMIT: usize = 500;

/// Everything that is wrong with a rule.
pub(super) fn check(fault: &Fault) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let mut say = |at: &str, what: String, fix: &str| problems.push(Problem::new(at, what, fix));

    if fault.count == Some(0) {
        say(
            "count",
            "0 is a rule that never strikes".into(),
            "use 1 or more, or leave it out for a rule without an end",
        );
    }
    // Written this way round so that NaN is refused too.
    if !(fault.probability > 0.0 && fault.probability <= 1.0) {
        say(
            "probability",
            format!("{} is no part of all requests", fault.probability),
            "use a number above 0 and up to 1",
        );
    }
    if fault.person.is_some() && !fault.endpoint.is_about_a_person() {
        say(
            "person",
            format!(
                "requests to {} are about an account, not about a person",
                fault.endpoint
            ),
            "leave person out, or use appid",
        );
    }
    let on_the_page = fault.endpoint == Endpoint::Authorize;
    if on_the_page && fault.effect.is_for_apis_only() {
        say(
            "effect.kind",
            "the authorize page answers HTML, not JSON".into(),
            "use another endpoint, or errcode, http_status, empty_body, html_body, delay, reset_before, reset_after",
        );
    }
    if !on_the_page && fault.effect.is_delivery() {
        say(
            "effect.kind",
            format!("{} delivers no callback", fault.endpoint),
            "use the endpoint authorize",
        );
    }
    match &fault.effect {
        Effect::Errcode { errcode, errmsg } | Effect::StringErrcode { errcode, errmsg } => {
            if *errcode == 0 {
                say(
                    "effect.errcode",
                    "0 means that all is well".into(),
                    "use an error, such as -1 or 45009",
                );
            }
            if errmsg
                .as_ref()
                .is_some_and(|text| text.len() > ERRMSG_LIMIT)
            {
                say(
                    "effect.errmsg",
                    "is too long".into(),
                    "use at most 500 bytes, or leave it out for WeChat's words",
                );
            }
        }
        Effect::HttpStatus { status } if !(400..=599).contains(status) => say(
            "effect.status",
            format!("{status} is no error"),
            "use 400 to 599, such as 502",
        ),
        Effect::Delay { millis } if !(1..=LONGEST_DELAY_MILLIS).contains(millis) => say(
            "effect.millis",
            format!("{millis} is no delay to wait for"),
            "use 1 to 60000",
        ),
        Effect::HttpStatus { .. }
        | Effect::Delay { .. }
        | Effect::EmptyBody
        | Effect::HtmlBody
        | Effect::TruncatedJson
        | Effect::WrongCharset
        | Effect::ResetBefore
        | Effect::ResetAfter
        | Effect::CallbackTwice
        | Effect::StaleCode => {}
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_cannot_be_meant_are_refused_by_the_name_of_the_field() {
        let errcode = |errcode| Effect::Errcode {
            errcode,
            errmsg: None,
        };
        for (fault, at) in [
            (Fault::new(Endpoint::Auth, errcode(0)), "effect.errcode"),
            (Fault::new(Endpoint::Auth, errcode(-1)).times(0), "count"),
            (
                Fault::new(Endpoint::Auth, errcode(-1)).with_probability(f64::NAN, 0),
                "probability",
            ),
            (
                Fault::new(Endpoint::Auth, errcode(-1)).with_probability(0.0, 0),
                "probability",
            ),
            (
                Fault::new(Endpoint::Auth, errcode(-1)).with_probability(1.1, 0),
                "probability",
            ),
            (
                Fault::new(Endpoint::Token, errcode(-1)).for_person("p"),
                "person",
            ),
            (Fault::new(Endpoint::Auth, Effect::StaleCode), "effect.kind"),
            (
                Fault::new(Endpoint::Authorize, Effect::TruncatedJson),
                "effect.kind",
            ),
            (
                Fault::new(Endpoint::Auth, Effect::HttpStatus { status: 200 }),
                "effect.status",
            ),
            (
                Fault::new(Endpoint::Auth, Effect::Delay { millis: 60_001 }),
                "effect.millis",
            ),
        ] {
            let Problems(problems) = check(&fault).unwrap_err();
            assert_eq!((problems.len(), problems[0].at.as_str()), (1, at));
        }
        for fault in [
            Fault::new(Endpoint::Auth, errcode(-1)).with_probability(1.0, 9),
            Fault::new(Endpoint::Authorize, errcode(10009)).for_person("p"),
            Fault::new(Endpoint::Auth, Effect::Delay { millis: 60_000 }),
            Fault::new(Endpoint::Auth, Effect::HttpStatus { status: 599 }),
        ] {
            assert_eq!(check(&fault), Ok(()));
        }
    }
}
