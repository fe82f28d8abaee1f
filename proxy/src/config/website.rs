//! Website applications (网站应用): `website_appid` and `website_secret`, of `[platforms.<name>]` or of an account.

use wechat_oauth::{AppId, AppSecret};

use super::reader::Reader;
use super::secret::read_secret;

/// A website application of the open platform; its appid and secret are other ones than the official account's.
#[derive(Debug, Clone)]
pub struct Website {
    /// `website_appid`.
    pub appid: AppId,
    /// `website_secret`, or the content of `website_secret_file` or `website_secret_credential`.
    pub secret: AppSecret,
    /// The section with its secret: `platforms.camellia` or `accounts.shop`.
    pub section: String,
}

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

/// The text is not quoted: whoever swaps appid and secret must not find the secret in a log.
pub(super) fn checked_appid(reader: &mut Reader, key: &str, text: &str) -> Option<AppId> {
    let appid = AppId::parse(text).map_err(|_| {
        let length = text.chars().count();
        format!(
            "is not an appid, which is 'wx' and 16 hexadecimal digits in lower case, but {length} characters of something \
             else; copy it from developers.weixin.qq.com/platform, 基础信息"
        )
    });
    reader.valid(key, appid)
}

/// The secret `key`, in one of the ways in which it stays out of the configuration file, or in it; `None` if unset.
pub(super) fn read_app_secret(reader: &mut Reader, key: &str) -> Result<Option<AppSecret>, ()> {
    let Some((key, text)) = read_secret(reader, key)? else {
        return Ok(None);
    };
    AppSecret::parse(&text).map(Some).map_err(|_| {
        reader.problem(
            key,
            "is empty, longer than 128 characters, or has blanks or characters outside ASCII",
        );
    })
}
