//! What reads text from outside, for whoever wants to throw anything at it: pure functions, text in, text out.

use crate::platform::Problems;
use crate::query::Query;
use crate::redirect::RedirectTarget;
use crate::seed;

/// A `redirect_uri` as the simulator understands it, and the addresses a browser is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// In lower case, without port; an IPv6 address with its brackets.
    pub host: String,
    /// If one is written.
    pub port: Option<u16>,
    /// The address with code and state.
    pub granted: String,
    /// The address with the state alone.
    pub refused: String,
    /// The address itself, safe for a header.
    pub unchanged: String,
}

/// Reads a decoded `redirect_uri`, and sends a code there. Nothing for what no code may be sent to.
pub fn redirect(redirect_uri: &str, code: &str, state: &str) -> Option<Redirect> {
    let target = RedirectTarget::parse(redirect_uri).ok()?;
    Some(Redirect {
        host: target.host.clone(),
        port: target.port,
        granted: target.granted(code, state),
        refused: target.refused(state),
        unchanged: target.unchanged(),
    })
}

/// The decoded pairs of a query, in their order.
pub fn query(raw: &str) -> Vec<(String, String)> {
    let query = Query::parse(raw);
    let pairs = query.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Reads a seed file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn seed(text: &str) -> Result<(), Problems> {
    seed::parse(text).map(drop)
}
