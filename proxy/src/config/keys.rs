//! `session_keys` and `[service_keys]`: what cookies are encrypted with, and what backends identify themselves by.

use std::collections::BTreeMap;

use wechat_oauth::redacted;

use super::account::is_name;
use super::one_key::{SHORTEST, is_more_than_a_key};
use super::reader::Reader;
use super::secret::{how_to_make, read_lines, read_secret};

/// How the key in `dev.toml` begins.
pub(crate) const DEVELOPMENT_KEY: &str = "development-only";

redacted! {
    /// What session cookies are sealed with: at least 32 bytes of random text.
    SessionKey
}

impl SessionKey {
    /// Shortest key, in bytes.
    pub const MIN_BYTES: usize = SHORTEST;

    /// The key, or nothing if it is shorter than [`Self::MIN_BYTES`].
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() >= Self::MIN_BYTES).then(|| Self(text.to_owned()))
    }
}

redacted! {
    /// What a backend of the company shows with every request: at least 32 bytes of random text.
    ServiceKey
}

impl ServiceKey {
    /// Shortest key, in bytes.
    pub const MIN_BYTES: usize = 32;

    /// The key, or nothing if it is shorter than [`Self::MIN_BYTES`] or not all visible ASCII, as a header must be.
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid =
            text.len() >= Self::MIN_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then(|| Self(text.to_owned()))
    }
}

/// A list, or the lines of a file or a credential, with the key it came from.
fn read_session_key_texts(reader: &mut Reader) -> Option<(String, Vec<String>)> {
    let (file, credential) = ("session_keys_file", "session_keys_credential");
    if reader.has(file) || reader.has(credential) {
        let (own_key, lines) = read_lines(reader, "session_keys").ok()??;
        let lines = lines.lines().filter(|it| !it.is_empty());
        return Some((own_key, lines.map(str::to_owned).collect()));
    }
    reader.note_secret_in_file("session_keys");
    let texts = reader.texts("session_keys")?;
    Some(("session_keys".to_owned(), texts))
}

pub(super) fn read_session_keys(reader: &mut Reader) -> Option<Vec<SessionKey>> {
    let (own_key, texts) = read_session_key_texts(reader)?;
    if texts.is_empty() {
        let how = how_to_make(
            "session_keys",
            &reader.sources().credentials_home,
            "session-keys",
        );
        let text = format!(
            "missing; for a service write session_keys_credential = \"session-keys\", and {how}; to try it out a list of \
             one text will do, made by `openssl rand -hex 32`"
        );
        reader.problem("session_keys", text);
        return None;
    }
    let too_short = |text: &str| {
        let (bytes, least) = (text.len(), SessionKey::MIN_BYTES);
        format!("has {bytes} bytes, needs at least {least}; make one by `openssl rand -hex 32`")
    };
    // Said once, whichever lines of the file it is.
    let all = texts.join(",");
    let has_comma = |text: &String| text.ends_with([',', ';']);
    let is_list = texts.len() > 1
        && (texts.iter().all(has_comma)
            || all.starts_with('[') && all.ends_with(']') && texts.iter().any(has_comma)
            || texts.iter().any(|text| matches!(&**text, "[" | "]")));
    let is_more = |text: &String| is_more_than_a_key("session_keys", text);
    if is_list || texts.iter().any(is_more) {
        let right = if own_key != "session_keys" {
            "write one key a line and nothing else, the new one first, the old one below it"
        } else if reader.places().is_variable("session_keys") {
            "write the keys with a comma between them and nothing else, the new one first, the old one after it"
        } else {
            "write a list of texts with one key in each, the new one first: [\"…\", \"…\"]"
        };
        let problem = format!(
            "looks like a list, or a key with quotes, a name or a comment, where one key should be; {right}"
        );
        reader.problem(own_key, problem);
        return None;
    }
    Some(reader.each_of("session_keys", &texts, |text| {
        SessionKey::parse(text).ok_or_else(|| too_short(text))
    }))
}

/// All keys that are in order, with a problem for each that is not.
pub(super) fn read_service_keys(reader: &mut Reader) -> BTreeMap<String, ServiceKey> {
    let mut keys: BTreeMap<String, ServiceKey> = BTreeMap::new();
    for name in reader.secrets_under("service_keys") {
        let own = format!("service_keys.{name}");
        let secret = read_secret(reader, &own);
        if !is_name(&name) {
            reader.problem(own, "a name has 1 to 32 characters a-z, 0-9, - and _");
            continue;
        }
        let Ok(Some((key, text))) = secret else {
            continue;
        };
        if is_more_than_a_key(&own, &text) {
            reader.problem(
                key,
                "looks like a list, or a key with quotes, a name or a comment; write one key and nothing else, \
                 the second one under another name",
            );
            continue;
        }
        let Some(service_key) = ServiceKey::parse(&text) else {
            reader.problem(
                key,
                format!(
                    "has {} bytes, needs at least {} without blanks; make one by `openssl rand -hex 32`",
                    text.len(),
                    ServiceKey::MIN_BYTES
                ),
            );
            continue;
        };
        let twin = keys.iter().find(|(_, other)| **other == service_key);
        if let Some((other, _)) = twin {
            let text =
                format!("the same key as service_keys.{other}; the log could not tell them apart");
            reader.problem(key, text);
            continue;
        }
        keys.insert(name, service_key);
    }
    keys
}

/// What everybody can read in `dev.toml`: right on a laptop, dangerous on a site.
pub(super) fn report_development_keys(
    reader: &mut Reader,
    session_keys: Option<&[SessionKey]>,
    service_keys: &BTreeMap<String, ServiceKey>,
) {
    let session_keys = session_keys.into_iter().flatten();
    let session_keys = session_keys.map(|key| ("session_keys".to_owned(), "holds", key.expose()));
    let service_keys = service_keys
        .iter()
        .map(|(name, key)| (format!("service_keys.{name}"), "is", key.expose()));
    let mut reported = Vec::new();
    for (place, verb, key) in session_keys.chain(service_keys) {
        if key.starts_with(DEVELOPMENT_KEY) && !reported.contains(&place) {
            reader.problem(
                place.clone(),
                format!("{verb} the development key, which everybody can read; make one by `openssl rand -hex 32`"),
            );
            reported.push(place);
        }
    }
}
