//! What an account has besides itself: a mini-program (`[accounts.<name>.miniprogram]`) and a mobile app
//! (`[accounts.<name>.app]`), each with an appid and a secret of its own.

use wechat_oauth::{AppId, AppSecret};

use super::reader::Reader;
use super::secret::read_secret;

/// Another application of an account's open platform; its appid and secret are other ones than the official account's.
#[derive(Debug, Clone)]
pub struct Application {
    /// `appid`, or `website_appid`.
    pub appid: AppId,
    /// `secret` or `website_secret`, or the content of the file or the credential that is named instead.
    pub secret: AppSecret,
    /// The section with its secret: `accounts.shop.miniprogram`; of a website application `platforms.camellia` or
    /// `accounts.shop`.
    pub section: String,
}

impl Application {
    /// That of a section of its own, if there is one; with a problem for each key that is not in order.
    pub(super) fn read(reader: &mut Reader, section: String, remedy: &str) -> Option<Self> {
        let appid_key = format!("{section}.appid");
        let secret_key = format!("{section}.secret");
        let appid = reader.text(&appid_key);
        let secret = read_app_secret(reader, &secret_key);
        match (&appid, &secret) {
            (None, Ok(Some(_))) => {
                reader.problem(appid_key.as_str(), format!("missing; {remedy}"));
            }
            (Some(_), Ok(None)) => {
                reader.problem(secret_key, "missing; it has an AppSecret of its own");
            }
            _ => {}
        }
        Some(Self {
            appid: checked_appid(reader, &appid_key, &appid?)?,
            secret: secret.ok()??,
            section,
        })
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
