//! Whether the SQLite file is whole.

use login_store::{DatabaseUrl, Soundness, soundness};

use super::report::{Finding, Subject};
use crate::config::Config;

const CHECK: Subject = Subject("database_file");

/// Nothing where there is no file, or it cannot be read: that has been said of the database.
pub(super) async fn finding(config: &Config) -> Option<Finding> {
    let DatabaseUrl::SqliteFile(path) = &config.database else {
        return None;
    };
    let name = path.display();
    match soundness(path).await.ok()? {
        Soundness::Absent => None,
        Soundness::Whole => Some(CHECK.ok("Whole (quick_check).")),
        Soundness::Large => Some(CHECK.skipped(
            "Larger than 1 GiB, which is not looked through here.",
            "nothing: each backup looks through its own copy.",
        )),
        Soundness::Damaged(said) => Some(CHECK.error(
            format!("{name} is damaged: {}.", said.trim().replace('\n', " ")),
            "logins fail, or what is kept is lost bit by bit.",
            "systemctl stop wechat-login-proxy && wechat-login-proxy restore FILE, with the newest backup as FILE; then \
             look at the disk.",
        )),
    }
}
