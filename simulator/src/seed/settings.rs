//! `[settings]`.

use crate::platform::{Problem, Settings};

use super::fields::Fields;

/// Reads them; what cannot be read is a problem and has its default.
pub(super) fn read(table: toml::Table, problems: &mut Vec<Problem>) -> Settings {
    let mut fields = Fields::new("settings", table, problems);
    let refusal = "\"go_back\", \"blank\", \"redirect_with_state\"";
    let settings = Settings {
        strict_order: fields.flag("strict_order", false),
        require_wechat: fields.flag("require_wechat", false),
        require_state: fields.flag("require_state", false),
        long_state: fields.flag("long_state", false),
        connect_redirect: fields.flag("connect_redirect", false),
        refusal: fields.choice("refusal", refusal).unwrap_or_default(),
        remember_consent_seconds: fields.number("remember_consent_seconds").unwrap_or(0),
        too_frequent: fields.flag("too_frequent", false),
        snapshot_at_once: fields.flag("snapshot_at_once", false),
        snapshot_userinfo_forbidden: fields.flag("snapshot_userinfo_forbidden", false),
        shared_snapshot_unionid: fields.flag("shared_snapshot_unionid", false),
        silent_profile_after_consent: fields.flag("silent_profile_after_consent", false),
        deliver_twice: fields.flag("deliver_twice", false),
        drop_openid_parameter: fields.flag("drop_openid_parameter", false),
    };
    fields.finish();
    settings
}
