//! `[accounts.<name>]`.

use std::collections::BTreeMap;

use super::reader::Reader;
use super::secret::read_secret;
use super::verify_file::{VerifyFile, read_verify_files};
use wechat_oauth::{AppId, AppSecret};

/// Longest title, in characters; it stands in a page's heading.
const TITLE_CHARS: usize = 64;

/// `[accounts.<name>]`: one official account.
#[derive(Debug, Clone)]
pub struct Account {
    /// `appid`.
    pub appid: AppId,
    /// `secret`, or the content of `secret_file` or `secret_credential`.
    pub secret: AppSecret,
    /// `title`: the name people know the account by.
    pub title: String,
    /// `platform`: our name for the open platform the account is bound to; accounts with the same one share unionids.
    pub platform: Option<String>,
    /// `website_appid` and `website_secret`: the website application for QR logins on a desktop.
    pub website: Option<Website>,
    /// `verify_files`: served at the root, for WeChat's console.
    pub verify_files: Vec<VerifyFile>,
}

/// A website application of the open platform; its appid and secret are other ones than the official account's.
#[derive(Debug, Clone)]
pub struct Website {
    /// `website_appid`.
    pub appid: AppId,
    /// `website_secret`, or the content of `website_secret_file`.
    pub secret: AppSecret,
}

impl Account {
    /// Whether its users are known under this appid: its own, or that of its website application.
    pub fn has_appid(&self, appid: &str) -> bool {
        let website = self.website.as_ref().map(|website| &website.appid);
        [Some(&self.appid), website]
            .into_iter()
            .flatten()
            .any(|own| own.as_str() == appid)
    }
}

/// All accounts that are in order, with a problem for each that is not.
pub(super) fn read_accounts(reader: &mut Reader) -> BTreeMap<String, Account> {
    let names = reader.names_under("accounts");
    if names.is_empty() {
        reader.problem(
            "accounts",
            "no official account; add a section [accounts.<name>] with appid, secret and title",
        );
    }
    let mut accounts = BTreeMap::new();
    for name in names {
        let account = read_account(reader, &name);
        if !is_name(&name) || name.contains('-') || name.contains("__") {
            // Shells have no variables with hyphens, and two underscores separate the parts of one.
            reader.problem(
                format!("accounts.{name}"),
                "a name has 1 to 32 characters a-z, 0-9 and single _, so that environment variables can name it",
            );
        } else if let Some(account) = account {
            accounts.insert(name, account);
        }
    }
    report_shared_appids(reader, &accounts);
    accounts
}

/// Whether this can name an account, a platform or a backend: it stands in URLs, in environment variables and in headers.
pub(super) fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=32).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn read_account(reader: &mut Reader, name: &str) -> Option<Account> {
    let key = |setting: &str| format!("accounts.{name}.{setting}");
    let appid_text = reader.required_text(
        &key("appid"),
        "copy it from developers.weixin.qq.com/platform, 基础信息",
    );
    let appid = appid_text.and_then(|text| checked_appid(reader, &key("appid"), &text));
    let website = read_website(reader, name);
    let secret = read_account_secret(reader, name);
    let title = read_title(reader, &key("title"));
    let verify_files = read_verify_files(reader, &key("verify_files"));
    let platform = reader.text(&key("platform"));
    if platform
        .as_deref()
        .is_some_and(|platform| !is_name(platform))
    {
        reader.problem(
            key("platform"),
            "a platform's name has 1 to 32 characters a-z, 0-9, - and _",
        );
    }
    Some(Account {
        appid: appid?,
        secret: secret?,
        title: title?,
        platform,
        website,
        verify_files: verify_files?,
    })
}

/// The text is not quoted: whoever swaps appid and secret must not find the secret in a log.
fn checked_appid(reader: &mut Reader, key: &str, text: &str) -> Option<AppId> {
    let appid = AppId::parse(text).map_err(|_| {
        let length = text.chars().count();
        format!(
            "is not an appid, which is 'wx' and 16 hexadecimal digits in lower case, but {length} characters of something \
             else; copy it from developers.weixin.qq.com/platform, 基础信息"
        )
    });
    reader.valid(key, appid)
}

fn read_title(reader: &mut Reader, key: &str) -> Option<String> {
    let title = reader.required_text(key, "write the name people know the account by")?;
    let fits = (1..=TITLE_CHARS).contains(&title.chars().count());
    let wrong = || format!("must have 1 to {TITLE_CHARS} characters");
    reader.valid(key, fits.then_some(title).ok_or_else(wrong))
}

/// The account's own secret, which it cannot do without.
fn read_account_secret(reader: &mut Reader, name: &str) -> Option<AppSecret> {
    let key = format!("accounts.{name}.secret");
    read_app_secret(reader, &key).ok()?.or_else(|| {
        reader.problem(
            key,
            "missing; copy the AppSecret from developers.weixin.qq.com/platform, 开发密钥, or name a file with secret_file or a credential of \
             systemd with secret_credential",
        );
        None
    })
}

/// Appid and secret together or neither: with the appid alone every QR login would end in an error.
fn read_website(reader: &mut Reader, name: &str) -> Option<Website> {
    let appid_key = format!("accounts.{name}.website_appid");
    let secret_key = format!("accounts.{name}.website_secret");
    let appid = reader.text(&appid_key);
    let secret = read_app_secret(reader, &secret_key);
    match (&appid, &secret) {
        (Some(_), Ok(None)) => reader.problem(
            secret_key,
            "missing; a website application has an AppSecret of its own, copy it from WeChat's open platform",
        ),
        (None, Ok(Some(_))) => reader.problem(
            appid_key.as_str(),
            "missing; copy the website application's appid from WeChat's open platform, or remove its secret",
        ),
        _ => {}
    }
    let appid = checked_appid(reader, &appid_key, &appid?);
    Some(Website {
        appid: appid?,
        secret: secret.ok()??,
    })
}

/// The secret `key`, in one of the ways in which it stays out of the configuration file, or in it; `None` if unset.
fn read_app_secret(reader: &mut Reader, key: &str) -> Result<Option<AppSecret>, ()> {
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

/// Two names for one appid would be two ways to be the same user, with records split between them.
fn report_shared_appids(reader: &mut Reader, accounts: &BTreeMap<String, Account>) {
    let mut first_keys: BTreeMap<&str, String> = BTreeMap::new();
    for (name, account) in accounts {
        let website = account
            .website
            .as_ref()
            .map(|it| ("website_appid", &it.appid));
        for (setting, appid) in [Some(("appid", &account.appid)), website]
            .into_iter()
            .flatten()
        {
            let key = format!("accounts.{name}.{setting}");
            if let Some(first) = first_keys.get(appid.as_str()) {
                let problem = format!("the same as {first}; an appid has one place");
                reader.problem(key, problem);
            } else {
                first_keys.insert(appid.as_str(), key);
            }
        }
    }
}
