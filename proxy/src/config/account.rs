//! `[accounts.<name>]`.

use std::collections::BTreeMap;

use super::Account;
use super::reader::Reader;
use super::secret::read_secret;
use crate::wechat::{AppId, AppSecret};

/// Longest title, in characters; it stands in a page's heading.
const TITLE_CHARS: usize = 64;

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
    let appid_text = reader.required_text(&key("appid"), "copy it from WeChat's console");
    let appid = appid_text.and_then(|text| checked_appid(reader, &key("appid"), &text));
    let website_appid = match reader.text(&key("website_appid")) {
        Some(text) => checked_appid(reader, &key("website_appid"), &text),
        None => None,
    };
    let secret = read_account_secret(reader, name);
    let title = read_title(reader, &key("title"));
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
        website_appid,
    })
}

/// The text is not quoted: whoever swaps appid and secret must not find the secret in a log.
fn checked_appid(reader: &mut Reader, key: &str, text: &str) -> Option<AppId> {
    let appid = AppId::parse(text).ok();
    if appid.is_none() {
        reader.problem(
            key,
            format!(
                "is not an appid, which is 'wx' and 16 hexadecimal digits in lower case, but {} characters of \
                 something else; copy it from WeChat's console",
                text.chars().count()
            ),
        );
    }
    appid
}

fn read_title(reader: &mut Reader, key: &str) -> Option<String> {
    let title = reader.required_text(key, "write the name people know the account by")?;
    if (1..=TITLE_CHARS).contains(&title.chars().count()) {
        Some(title)
    } else {
        reader.problem(key, format!("must have 1 to {TITLE_CHARS} characters"));
        None
    }
}

/// `secret`, in one of the ways in which it stays out of the configuration file, or in it.
fn read_account_secret(reader: &mut Reader, name: &str) -> Option<AppSecret> {
    let value_key = format!("accounts.{name}.secret");
    let Some((key, text)) = read_secret(reader, &value_key).ok()? else {
        reader.problem(
            value_key,
            "missing; copy the AppSecret from WeChat's console, or name a file with secret_file or a credential of \
             systemd with secret_credential",
        );
        return None;
    };
    let secret = AppSecret::parse(&text).ok();
    if secret.is_none() {
        reader.problem(
            key,
            "is empty, longer than 128 characters, or has blanks or characters outside ASCII",
        );
    }
    secret
}

/// Two names for one appid would be two ways to be the same user, with records split between them.
fn report_shared_appids(reader: &mut Reader, accounts: &BTreeMap<String, Account>) {
    let mut first_names: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, account) in accounts {
        if let Some(first) = first_names.insert(account.appid.as_str(), name) {
            reader.problem(
                format!("accounts.{name}.appid"),
                format!("the same appid as accounts.{first}; an appid has one name"),
            );
        }
    }
}
