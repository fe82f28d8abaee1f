//! `[accounts.<name>]`.

use std::collections::BTreeMap;

use super::application::{Application, checked_appid, read_app_secret};
use super::reader::Reader;
use super::verify_file::{VerifyFile, read_verify_files};
use super::website::WrittenWebsite;
use wechat_oauth::{AppId, AppSecret};

/// Longest title, in characters; it stands in a page's heading.
const TITLE_CHARS: usize = 64;
/// Longest text of an account's QR code; WeChat's have about 45.
const FOLLOW_QR_BYTES: usize = 256;

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
    /// The website application for QR logins on a desktop, the account's own or that of its platform.
    pub website: Option<Application>,
    /// `[accounts.<name>.miniprogram]`: its mini-program (小程序).
    pub miniprogram: Option<Application>,
    /// `[accounts.<name>.app]`: its mobile app (移动应用).
    pub app: Option<Application>,
    /// `scan_login`: a computer is signed in by a phone that scans a QR code of this server's.
    pub scan_login: bool,
    /// `jssdk`: pages may use WeChat's JS-SDK, for which this server signs their addresses.
    pub jssdk: bool,
    /// `follow`: whether a user follows the account is asked and told.
    pub follow: bool,
    /// `follow_qr`: what the account's QR code says, for those who do not follow it yet.
    pub follow_qr: Option<String>,
    /// `verify_files`: served at the root, for WeChat's console.
    pub verify_files: Vec<VerifyFile>,
}

impl Account {
    /// Its applications besides the official account.
    pub fn applications(&self) -> impl Iterator<Item = &Application> {
        [&self.website, &self.miniprogram, &self.app]
            .into_iter()
            .flatten()
    }

    /// All appids that its users are known under, its own first.
    pub fn appids(&self) -> impl Iterator<Item = &AppId> {
        std::iter::once(&self.appid).chain(self.applications().map(|it| &it.appid))
    }

    /// Whether its users are known under this appid.
    pub fn has_appid(&self, appid: &str) -> bool {
        self.appids().any(|own| own.as_str() == appid)
    }
}

/// All accounts that are in order, still without website applications, and what all say of those; with a problem for each
/// that is not.
pub(super) fn read_accounts(
    reader: &mut Reader,
) -> (BTreeMap<String, Account>, Vec<WrittenWebsite>) {
    let names = reader.names_under("accounts");
    if names.is_empty() {
        reader.problem(
            "accounts",
            "no official account; add a section [accounts.<name>] with appid, secret and title",
        );
    }
    let mut accounts = BTreeMap::new();
    let mut websites = Vec::new();
    for name in names {
        let account = read_account(reader, &name, &mut websites);
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
    (accounts, websites)
}

/// Whether this can name an account, a platform or a backend: it stands in URLs, in environment variables and in headers.
pub(super) fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=32).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// What is written of its website application goes to `websites`.
fn read_account(
    reader: &mut Reader,
    name: &str,
    websites: &mut Vec<WrittenWebsite>,
) -> Option<Account> {
    let key = |setting: &str| format!("accounts.{name}.{setting}");
    let appid_text = reader.required_text(
        &key("appid"),
        "copy it from developers.weixin.qq.com/platform, 基础信息",
    );
    let appid = appid_text.and_then(|text| checked_appid(reader, &key("appid"), &text));
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
    let section = format!("accounts.{name}");
    websites.extend(WrittenWebsite::read(reader, section, platform.as_deref()));
    let sections = reader.names_under(&format!("accounts.{name}"));
    let mut application = |kind: &str, remedy: &str| {
        // Asked for only where it is there, so that a listing of all settings has no section without any.
        let is_there = sections.contains(kind);
        is_there.then(|| Application::read(reader, key(kind), remedy))?
    };
    let miniprogram = application(
        "miniprogram",
        "copy it from developers.weixin.qq.com/platform, 我的业务 → 小程序",
    );
    let app = application(
        "app",
        "copy it from open.weixin.qq.com, 管理中心 → 移动应用",
    );
    let scan_login = reader.bool(&key("scan_login"), false);
    let jssdk = reader.bool(&key("jssdk"), false);
    let follow = reader.bool(&key("follow"), false);
    let follow_qr = read_follow_qr(reader, &key("follow_qr"));
    if follow == Some(false) && follow_qr.is_some() {
        reader.problem(
            key("follow_qr"),
            "is shown to nobody without follow = true; write that, too, or remove this",
        );
    }
    Some(Account {
        appid: appid?,
        secret: secret?,
        title: title?,
        platform,
        website: None,
        miniprogram,
        app,
        scan_login: scan_login?,
        jssdk: jssdk?,
        follow: follow?,
        follow_qr,
        verify_files: verify_files?,
    })
}

fn read_title(reader: &mut Reader, key: &str) -> Option<String> {
    let title = reader.required_text(key, "write the name people know the account by")?;
    let fits = (1..=TITLE_CHARS).contains(&title.chars().count());
    let wrong = || format!("must have 1 to {TITLE_CHARS} characters");
    reader.valid(key, fits.then_some(title).ok_or_else(wrong))
}

fn read_follow_qr(reader: &mut Reader, key: &str) -> Option<String> {
    let text = reader.text(key)?;
    let is_address = ["http://", "https://"]
        .into_iter()
        .any(|scheme| text.starts_with(scheme));
    let fits =
        is_address && text.len() <= FOLLOW_QR_BYTES && text.bytes().all(|it| it.is_ascii_graphic());
    let wrong = "is not the text of an account's QR code, such as http://weixin.qq.com/r/…: read the picture that the \
                 console offers with any QR code reader and write what it says";
    reader.valid(key, fits.then_some(text).ok_or(wrong))
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

/// Two names for one appid would be two ways to be the same user, with records split between them.
fn report_shared_appids(reader: &mut Reader, accounts: &BTreeMap<String, Account>) {
    let mut first_places: BTreeMap<&str, String> = BTreeMap::new();
    for (name, account) in accounts {
        let others = [&account.miniprogram, &account.app].into_iter().flatten();
        let others = others.map(|it| (&it.appid, format!("{}.appid", it.section)));
        let own = (&account.appid, format!("accounts.{name}.appid"));
        for (appid, place) in std::iter::once(own).chain(others) {
            if let Some(first) = first_places.get(appid.as_str()) {
                let problem = format!("the same as {first}; an appid has one place");
                reader.problem(place, problem);
            } else {
                first_places.insert(appid.as_str(), place);
            }
        }
    }
}

pub(super) fn read_default_account(
    reader: &mut Reader,
    accounts: &BTreeMap<String, Account>,
) -> Option<String> {
    match reader.text("default_account") {
        Some(name) if accounts.contains_key(&name) => Some(name),
        Some(name) => {
            // With a broken section the account itself is reported already; saying it twice only confuses.
            let has_section = reader.was_asked_for(&format!("accounts.{name}.appid"));
            if !has_section {
                reader.problem(
                    "default_account",
                    format!("{name:?} is not the name of a section [accounts.<name>]"),
                );
            }
            None
        }
        None if accounts.len() == 1 => {
            let only = accounts.keys().next().cloned()?;
            reader.default("default_account", only.as_str());
            Some(only)
        }
        None => {
            if accounts.len() > 1 {
                let names: Vec<&str> = accounts.keys().map(String::as_str).collect();
                reader.problem(
                    "default_account",
                    format!("missing; choose one of {}", names.join(", ")),
                );
            }
            None
        }
    }
}
