//! What the figures of a page are called.

use bench::report::Samples;

use crate::pages::Variant;
use crate::phones::Phone;
use crate::traffic::Kind;

pub(crate) type PageSamples = Samples<(Variant, Phone)>;

/// Times, in milliseconds.
pub(crate) const AUTHORIZE: &str = "tap → authorize redirect";
pub(crate) const LOGIN: &str = "tap → profile, first login";
pub(crate) const RETURN: &str = "tap → profile, returning";
pub(crate) const TIMES: [&str; 3] = [AUTHORIZE, LOGIN, RETURN];
/// Bytes of a page by their kind, and altogether.
pub(crate) const KINDS: [(&str, Kind); 4] = [
    ("document", Kind::Document),
    ("script", Kind::Script),
    ("WASM", Kind::Wasm),
    ("style", Kind::Style),
];
pub(crate) const PAGE: &str = "page in all";
/// Of these and of the proxy's first answer, what has to be there before a page knows that it has to leave.
pub(crate) const DECISION: &str = "before the decision";
/// Bytes from the proxy; from everybody but WeChat; likewise when the user returns.
pub(crate) const API: &str = "API, whole login";
pub(crate) const WHOLE_LOGIN: &str = "whole login";
pub(crate) const WHOLE_RETURN: &str = "returning";
/// Memory.
pub(crate) const PRIVATE: &str = "private memory of its process";
pub(crate) const JS_HEAP: &str = "of these JavaScript objects";
/// Requests of a first login, which loads the page twice, and of a return.
pub(crate) const BOOTSTRAPS: &str = "GET bootstrap";
pub(crate) const MODULES: &str = "GET module";
pub(crate) const SCRIPTS: &str = "GET script";
pub(crate) const MODULES_AGAIN: &str = "GET module, returning";
pub(crate) const SCRIPTS_AGAIN: &str = "GET script, returning";
