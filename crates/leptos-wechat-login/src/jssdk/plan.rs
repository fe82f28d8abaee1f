//! What is tried, and in which order: decided by addresses and texts alone.

use api_types::has_login_answer;

/// Something to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    /// With a signature of this address.
    Sign(String),
    /// Nothing is left but to load the page again.
    LoadAgain,
}

/// An address as it is signed; `None` if an answer to a login of ours is in it, which never goes into a query: servers
/// on the way write these down.
pub(super) fn signable(address: &str) -> Option<String> {
    let without_fragment = address.split('#').next().unwrap_or_default();
    (!has_login_answer(address)).then(|| without_fragment.to_owned())
}

/// Whether WeChat wants the address of the last real load signed, whatever the page has made of it since.
pub(super) fn wants_landing(user_agent: &str, is_wkwebview: bool) -> bool {
    is_wkwebview || user_agent.contains("iPhone") || user_agent.contains("iPad")
}

/// What to try for a page that was loaded at `landing` and is at `current`, each as [`signable`] has it.
pub(super) fn attempts(
    wants_landing: bool,
    landing: Option<String>,
    current: Option<String>,
    may_load: bool,
) -> Vec<Attempt> {
    let is_unsignable = current.is_none() || landing.is_none();
    let mut addresses = [current, landing];
    if wants_landing {
        addresses.reverse();
    }
    let mut attempts: Vec<_> = addresses.into_iter().flatten().map(Attempt::Sign).collect();
    attempts.dedup();
    if is_unsignable && may_load {
        attempts.push(Attempt::LoadAgain);
    }
    attempts
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// By the user.
    Cancelled,
    /// The page has no right to it: yet, with this signature, or at all.
    NotPermitted,
    Failed,
}

/// Reads the library's `errMsg`, which is the call's name, a colon and the rest.
pub(super) fn outcome(message: &str) -> Outcome {
    match message.split_once(':').map_or("", |(_, rest)| rest) {
        "ok" => Outcome::Done,
        "cancel" => Outcome::Cancelled,
        rest if rest.contains("offline verifying") || rest.contains("permission denied") => {
            Outcome::NotPermitted
        }
        _ => Outcome::Failed,
    }
}

/// Whether no other address could please WeChat more: all have the same host.
pub(super) fn is_about_the_host(refusal: &str) -> bool {
    refusal.contains("invalid url domain")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://shop.example/h5/tea/1?from=singlemessage";
    const B: &str = "https://shop.example/h5/order/1";

    fn state() -> String {
        let state = api_types::LoginState {
            attempt: 1,
            made_at: 1_000,
        };
        state.write("abcdefghijABCDEFGHIJ01").to_string()
    }

    fn tried(wants_landing: bool, landing: &str, current: &str, may_load: bool) -> Vec<String> {
        attempts(
            wants_landing,
            signable(landing),
            signable(current),
            may_load,
        )
        .into_iter()
        .map(|attempt| match attempt {
            Attempt::Sign(address) => address,
            Attempt::LoadAgain => "again".to_owned(),
        })
        .collect()
    }

    #[test]
    fn iphones_want_the_landing_address_first_and_all_others_the_present_one() {
        assert_eq!(tried(true, A, B, true), [A, B]);
        assert_eq!(tried(false, A, B, true), [B, A]);
        for wants_landing in [true, false] {
            let fragment = format!("{A}#reviews");
            assert_eq!(tried(wants_landing, A, &fragment, true), [A]);
        }
    }

    #[test]
    fn an_address_with_an_answer_to_a_login_is_never_signed() {
        let landing = format!("{B}?code=secret&state={}#top", state());
        assert_eq!(tried(true, &landing, B, true), [B, "again"]);
        assert_eq!(tried(true, &landing, B, false), [B]);
        assert_eq!(tried(false, &landing, B, true), [B, "again"]);
        // Old, and so still in the address bar.
        assert_eq!(tried(false, &landing, &landing, true), ["again"]);
        assert!(tried(true, &landing, &landing, false).is_empty());
        // Somebody else's.
        let invitation = format!("{B}?code=friend&state=spring");
        assert_eq!(tried(true, &invitation, B, true), [&invitation, B]);
    }

    #[test]
    fn whoever_uses_webkit_as_iphones_do_is_one() {
        assert!(wants_landing(
            "(iPhone; CPU iPhone OS 18_7) MicroMessenger/8.0.68",
            false
        ));
        assert!(wants_landing(
            "(iPad; CPU OS 18_7) MicroMessenger/8.0.68 MiniProgram",
            false
        ));
        assert!(wants_landing("(Macintosh) MicroMessenger/8.0.68", true));
        assert!(!wants_landing(
            "(Linux; Android 16) MicroMessenger/8.0.63",
            false
        ));
    }

    #[test]
    fn what_a_call_says_of_itself_is_its_result() {
        for (message, expected) in [
            ("updateAppMessageShareData:ok", Outcome::Done),
            ("scanQRCode:cancel", Outcome::Cancelled),
            (
                "chooseImage:the permission value is offline verifying",
                Outcome::NotPermitted,
            ),
            (
                "chooseImage:fail, the permission value is offline verifying",
                Outcome::NotPermitted,
            ),
            ("openLocation:permission denied", Outcome::NotPermitted),
            ("chooseImage:function not exist", Outcome::Failed),
            ("chooseImage:fail", Outcome::Failed),
            ("ok", Outcome::Failed),
            ("", Outcome::Failed),
        ] {
            assert_eq!(outcome(message), expected, "{message}");
        }
        assert!(is_about_the_host(
            "config:fail,Error: 40048,invalid url domain [t][wx1]"
        ));
        assert!(!is_about_the_host("config:invalid signature"));
    }
}
