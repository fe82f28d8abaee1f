//! Website applications (网站应用): `website_appid` and `website_secret` of `[platforms.<name>]`, or of an account.
//!
//! One belongs to an open platform and so serves all accounts that are bound to it: a person who scans its QR code is the
//! same on the pages of all of them.

use std::collections::{BTreeMap, BTreeSet};

use wechat_oauth::{AppId, AppSecret};

use super::account::{Account, checked_appid, is_name, read_app_secret};
use super::reader::Reader;

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
    section: String,
    platform: Option<String>,
    appid: AppId,
    /// It may stand in another section with this appid; `Err` with its problem noted.
    secret: Result<Option<AppSecret>, ()>,
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

    fn is_same_with_other_secret(&self, other: &Self) -> bool {
        let secrets = (&self.secret, &other.secret);
        matches!(secrets, (Ok(Some(own)), Ok(Some(other))) if own != other)
    }
}

/// Reads `[platforms]` and gives every account its website application: the one it names itself, else its platform's.
pub(super) fn give_websites(
    reader: &mut Reader,
    mut written: Vec<WrittenWebsite>,
    accounts: &mut BTreeMap<String, Account>,
) {
    let mut platforms: BTreeSet<String> = BTreeSet::new();
    platforms.extend(accounts.values().filter_map(|it| it.platform.clone()));
    for name in reader.names_under("platforms") {
        let section = format!("platforms.{name}");
        if is_name(&name) && !platforms.contains(&name) && !accounts.is_empty() {
            let text = format!(
                "no account has platform = {name:?}; write that into those bound to it, or remove the section"
            );
            reader.problem(section.as_str(), text);
        }
        written.extend(WrittenWebsite::read(reader, section, Some(&name)));
    }
    for (index, website) in written.iter().enumerate() {
        let mut before = written.iter().take(index);
        let before = before.find(|before| before.appid == website.appid);
        report_shared(reader, website, before, accounts);
    }
    // The one section with a secret, or with something wrong in its place.
    let with_secret = |appid: &AppId| {
        let mut same = written.iter().filter(|it| it.appid == *appid);
        same.find(|it| !matches!(it.secret, Ok(None)))
    };
    for WrittenWebsite { section, appid, .. } in &written {
        if with_secret(appid).is_none() {
            reader.problem(
                format!("{section}.website_secret"),
                "missing; a website application has an AppSecret of its own, copy it from WeChat's open platform",
            );
        }
    }
    for (name, account) in accounts {
        let of = |section: String| written.iter().find(|it| it.section == section);
        let platforms = || of(format!("platforms.{}", account.platform.as_ref()?));
        let website = of(format!("accounts.{name}")).or_else(platforms);
        account.website = website.and_then(|website| {
            let WrittenWebsite {
                section, secret, ..
            } = with_secret(&website.appid)?;
            Some(Website {
                appid: website.appid.clone(),
                secret: secret.clone().ok()??,
                section: section.clone(),
            })
        });
    }
}

/// An appid is an account's or a website application's, and a website application is one platform's.
fn report_shared(
    reader: &mut Reader,
    website: &WrittenWebsite,
    before: Option<&WrittenWebsite>,
    accounts: &BTreeMap<String, Account>,
) {
    let section = &website.section;
    let appid_key = format!("{section}.website_appid");
    let mut accounts = accounts.iter();
    if let Some((name, _)) = accounts.find(|(_, account)| account.appid == website.appid) {
        let text = format!("the same as accounts.{name}.appid; an appid has one place");
        reader.problem(appid_key.as_str(), text);
    }
    let Some(before) = before else {
        return;
    };
    let first = &before.section;
    if website.platform.is_none() || website.platform != before.platform {
        let text = format!(
            "the same as {first}.website_appid, of another platform or of none; a website application serves the accounts of \
             one: write the same platform = \"…\" into all accounts that are bound to it, and its keys once, into \
             [platforms.<that name>]"
        );
        reader.problem(appid_key, text);
    } else if website.is_same_with_other_secret(before) {
        let text = format!(
            "another one than {first}.website_secret, for the same website application; remove the wrong one"
        );
        reader.problem(format!("{section}.website_secret"), text);
    }
}
