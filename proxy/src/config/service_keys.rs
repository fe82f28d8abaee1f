//! `[service_keys]`: a name for every backend, and its key.

use std::collections::BTreeMap;

use super::ServiceKey;
use super::account::is_name;
use super::reader::Reader;
use super::secret::read_secret;

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
