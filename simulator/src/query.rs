//! Queries and forms as WeChat reads and writes them: order and letter case kept, each component decoded once.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but `A-Za-z0-9-._~`.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a `Location` header cannot carry.
const HEADER: &AsciiSet = &CONTROLS.add(b' ');

/// Encodes a query value.
pub(crate) fn encode_value(value: &str) -> String {
    utf8_percent_encode(value, VALUE).to_string()
}

/// Encodes spaces, control characters and all beyond ASCII, and nothing else.
pub(crate) fn encode_for_header(url: &str) -> String {
    utf8_percent_encode(url, HEADER).to_string()
}

/// The parameters of one request.
///
/// No `Debug`: they contain secrets and codes.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a query.
    pub(crate) fn parse(raw: &str) -> Self {
        Self::merged(raw, b"")
    }

    /// The query of a request and the form in its body, as one: what stands in both counts as the query has it.
    pub(crate) fn merged(query: &str, form: &[u8]) -> Self {
        let read = |text| form_urlencoded::parse(text).into_owned();
        let pairs = read(query.as_bytes()).chain(read(form)).collect();
        Self { pairs }
    }

    /// The value of a parameter, letter case of the name included; the first one if it is repeated.
    ///
    /// An empty value counts as missing: WeChat's error texts speak of both in the same words.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// All parameters in the order of the request.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
