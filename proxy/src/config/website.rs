//! Website applications (网站应用): `website_appid` and `website_secret`, of `[platforms.<name>]` or of an account.

use wechat_oauth::{AppId, AppSecret};

use super::application::{checked_appid, read_app_secret};
use super::reader::Reader;

/// What one section says of one.
pub(super) struct WrittenWebsite {
    pub(super) section: String,
    pub(super) platform: Option<String>,
    pub(super) appid: AppId,
    /// It may stand in another section with this appid; `Err` with its problem noted.
    pub(super) secret: Result<Option<AppSecret>, ()>,
}

impl WrittenWebsite {
    /// Of a section that belongs to this platform, if it says anything.
    pub(super) fn read(
        reader: &mut Reader,
        section: String,
        platform: Option<&str>,
    ) -> Option<Self> {
        let appid_key = format!("{section}.website_appid");
        let appid = reader.text(&appid_key);
        let secret = read_app_secret(reader, &format!("{section}.website_secret"));
        if let (None, Ok(Some(_))) = (&appid, &secret) {
            reader.problem(
                appid_key.as_str(),
                "missing; copy the website application's appid from WeChat's open platform, or remove its secret",
            );
        }
        Some(Self {
            appid: checked_appid(reader, &appid_key, &appid?)?,
            section,
            platform: platform.map(str::to_owned),
            secret,
        })
    }

    pub(super) fn has_other_secret_than(&self, other: &Self) -> bool {
        let secrets = (&self.secret, &other.secret);
        matches!(secrets, (Ok(Some(own)), Ok(Some(other))) if own != other)
    }
}
