//! `docs/generated/errors.…md`: every code with its statuses, what it means, and what the caller does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use test_support::document;

use super::*;

/// What is said of one code with these statuses.
#[derive(Deserialize)]
struct Said {
    code: String,
    status: BTreeSet<u16>,
    en: String,
    zh: String,
}

#[derive(Deserialize)]
struct Table {
    error: Vec<Said>,
}

/// A refusal of each kind. A new one does not compile until it is here.
macro_rules! one_of_each {
    ($($pattern:pat => $sample:expr,)+) => {
        fn one_of_each() -> Vec<Refusal> {
            let samples = vec![$($sample),+];
            for sample in &samples {
                match sample { $($pattern => (),)+ }
            }
            samples
        }
    };
}

one_of_each! {
    Refusal::Wechat(_) => refused(40125),
    Refusal::NoSimulator { .. } => Refusal::NoSimulator {
        english: "away".into(),
        chinese: "不在".into(),
        cause: "refused".into(),
    },
    Refusal::RateLimited(_) => limited(Limit::Exchanges),
    Refusal::Busy { .. } => Refusal::busy("too many"),
    Refusal::BodyTooSlow => Refusal::BodyTooSlow,
    Refusal::Ending => Refusal::Ending,
    Refusal::OtherVerifier => Refusal::OtherVerifier,
    Refusal::UnknownAccount => Refusal::UnknownAccount,
    Refusal::Door(Door::NoApplication) => Refusal::Door(Door::NoApplication),
    Refusal::Door(Door::ForeignCode) => Refusal::Door(Door::ForeignCode),
    Refusal::Door(Door::ForeignAddress) => Refusal::Door(Door::ForeignAddress),
    Refusal::Door(Door::ScanExpired) => Refusal::Door(Door::ScanExpired),
    Refusal::Door(Door::ScanCodeExpired) => Refusal::Door(Door::ScanCodeExpired),
    Refusal::Door(Door::ScanTaken) => Refusal::Door(Door::ScanTaken),
    Refusal::Door(Door::ScanSnapshot) => Refusal::Door(Door::ScanSnapshot),
    Refusal::Door(Door::ScanForeign) => Refusal::Door(Door::ScanForeign),
    Refusal::Door(Door::ScanMalformed) => Refusal::Door(Door::ScanMalformed),
    Refusal::MalformedCode => Refusal::MalformedCode,
    Refusal::MalformedVerifier => Refusal::MalformedVerifier,
    Refusal::MalformedBody => Refusal::MalformedBody,
    Refusal::NotJson => Refusal::NotJson,
    Refusal::BodyTooLarge { .. } => Refusal::BodyTooLarge { most_bytes: 1 },
    Refusal::ForeignPath => Refusal::ForeignPath,
    Refusal::MalformedReport => Refusal::MalformedReport,
    Refusal::NotSignedIn => Refusal::NotSignedIn,
    Refusal::MalformedQuery => Refusal::MalformedQuery,
    Refusal::MalformedCursor => Refusal::MalformedCursor,
    Refusal::MalformedRecordName => Refusal::MalformedRecordName,
    Refusal::MalformedValue(_) => Refusal::MalformedValue(InvalidJson::Syntax),
    Refusal::MalformedPrecondition => Refusal::MalformedPrecondition,
    Refusal::PreconditionFailed => Refusal::PreconditionFailed,
    Refusal::SnapshotGuest => Refusal::SnapshotGuest,
    Refusal::KindOfBackends => Refusal::KindOfBackends,
    Refusal::CrossSite => Refusal::CrossSite,
    Refusal::NoServiceKey => Refusal::NoServiceKey,
    Refusal::UnknownServiceAccount => Refusal::UnknownServiceAccount,
    Refusal::MalformedUser => Refusal::MalformedUser,
    Refusal::UnknownUser => Refusal::UnknownUser,
    Refusal::NotFound => Refusal::NotFound,
    Refusal::MethodNotAllowed { .. } => Refusal::MethodNotAllowed {
        allow: HeaderValue::from_static("GET"),
    },
    Refusal::Framework(_) => Refusal::Framework(StatusCode::BAD_REQUEST),
    Refusal::NotReady { .. } => Refusal::NotReady { cause: "away".into() },
    Refusal::Internal { .. } => Refusal::internal("disk full"),
}

/// The statuses of each code. WeChat's refusals have one for each kind of failure, as its errcodes have.
fn statuses() -> BTreeMap<&'static str, BTreeSet<u16>> {
    let of_wechat = [40029, 40163, 45011, -1, 40125].map(refused);
    let mut statuses: BTreeMap<_, BTreeSet<u16>> = BTreeMap::new();
    for refusal in one_of_each().into_iter().chain(of_wechat) {
        let code = statuses.entry(refusal.code().as_str()).or_default();
        code.insert(refusal.status_code().as_u16());
    }
    statuses
}

#[test]
fn every_code_is_documented_with_its_statuses() {
    let said: Table = toml::from_str(include_str!("errors.toml")).unwrap();
    let mut documented: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for error in &said.error {
        let statuses = documented.entry(&error.code).or_default();
        for status in &error.status {
            assert!(statuses.insert(*status), "{} {status} twice", error.code);
        }
    }
    let statuses = statuses();
    assert_eq!(documented, statuses);
    assert_eq!(statuses.len(), ErrorCode::ALL.len());

    for (language, head) in [
        (
            "en",
            "| `code` | status | meaning, and what the caller does |",
        ),
        ("zh", "| `code` | 状态码 | 含义，调用方怎么办 |"),
    ] {
        let mut table = format!("{head}\n|---|---|---|\n");
        for Said {
            code,
            status,
            en,
            zh,
        } in &said.error
        {
            let status: Vec<String> = status.iter().map(u16::to_string).collect();
            let says = if language == "en" { en } else { zh };
            writeln!(table, "| `{code}` | {} | {says} |", status.join(", ")).unwrap();
        }
        document::compare(&format!("errors.{language}.md"), &table);
    }
}
