//! One `[[person]]`.

use crate::platform::{Person, Problem};

use super::fields::Fields;

/// Reads one; what cannot be read is a problem and has its default.
pub(super) fn read(at: &str, table: toml::Table, problems: &mut Vec<Problem>) -> Person {
    let mut fields = Fields::new(at, table, problems);
    let picture = "\"drawn\", \"none\", \"dead\"";
    let relation = "\"stranger\", \"follower\", \"follower_from_menu\"";
    let snapshot = "\"never\", \"flagged\", \"unflagged\", \"real_flagged\"";
    let habit = "\"code_expires\", \"refuses\", \"slow\", \"password_changed\", \"limited\", \"high_risk\", \
        \"broken_name\"";
    let person = Person {
        id: fields.required_text("id", "xiaoming"),
        nickname: fields.optional_text("nickname").unwrap_or_default(),
        note: fields.optional_text("note").unwrap_or_default(),
        picture: fields.choice("picture", picture).unwrap_or_default(),
        relation: fields.choice("relation", relation).unwrap_or_default(),
        unionid: fields.flag("unionid", true),
        snapshot: fields.choice("snapshot", snapshot).unwrap_or_default(),
        habit: fields.choice("habit", habit),
        pinned_openids: fields.text_table("pinned_openids"),
        pinned_unionids: fields.text_table("pinned_unionids"),
    };
    fields.finish();
    person
}
