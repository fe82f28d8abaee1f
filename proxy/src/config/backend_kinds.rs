//! `backend_kinds`: records that are a backend's word, which no user may change.

use std::collections::BTreeSet;

use super::reader::Reader;
use login_store::RecordKind;

const KEY: &str = "backend_kinds";

/// The kinds, with a problem for each that is none.
pub(super) fn read_backend_kinds(reader: &mut Reader) -> BTreeSet<RecordKind> {
    let texts = reader.texts(KEY).unwrap_or_default();
    let mut kinds = BTreeSet::new();
    for (index, text) in texts.iter().enumerate() {
        match RecordKind::parse(text) {
            Ok(kind) => {
                kinds.insert(kind);
            }
            Err(_) => reader.problem(
                format!("{KEY}[{index}]"),
                format!("{text:?} is no kind of records: 1 to 32 of a-z, 0-9, _ and -"),
            ),
        }
    }
    kinds
}
