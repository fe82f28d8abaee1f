//! How effects are read from JSON.
//!
//! Serde's `deny_unknown_fields` does not reach variants without fields; here every variant has braces, so that a
//! misspelt field is refused wherever it stands.

use serde::Deserialize;

use super::Effect;

/// An [`Effect`] as JSON spells it.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Spelling {
    Errcode {
        errcode: i64,
        #[serde(default)]
        errmsg: Option<String>,
    },
    StringErrcode {
        errcode: i64,
        #[serde(default)]
        errmsg: Option<String>,
    },
    HttpStatus {
        status: u16,
    },
    EmptyBody {},
    HtmlBody {},
    TruncatedJson {},
    WrongCharset {},
    Delay {
        millis: u64,
    },
    ResetBefore {},
    ResetAfter {},
    CallbackTwice {},
    StaleCode {},
}

impl From<Spelling> for Effect {
    fn from(spelling: Spelling) -> Self {
        match spelling {
            Spelling::Errcode { errcode, errmsg } => Self::Errcode { errcode, errmsg },
            Spelling::StringErrcode { errcode, errmsg } => Self::StringErrcode { errcode, errmsg },
            Spelling::HttpStatus { status } => Self::HttpStatus { status },
            Spelling::EmptyBody {} => Self::EmptyBody,
            Spelling::HtmlBody {} => Self::HtmlBody,
            Spelling::TruncatedJson {} => Self::TruncatedJson,
            Spelling::WrongCharset {} => Self::WrongCharset,
            Spelling::Delay { millis } => Self::Delay { millis },
            Spelling::ResetBefore {} => Self::ResetBefore,
            Spelling::ResetAfter {} => Self::ResetAfter,
            Spelling::CallbackTwice {} => Self::CallbackTwice,
            Spelling::StaleCode {} => Self::StaleCode,
        }
    }
}
