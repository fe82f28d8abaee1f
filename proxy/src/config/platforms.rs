//! `[platforms.<name>]`: open platforms, each with what serves all accounts that are bound to it.
//!
//! A website application belongs to an open platform: a person who scans its QR code is the same on the pages of all its
//! accounts.

use std::collections::{BTreeMap, BTreeSet};

use wechat_oauth::AppId;

use super::account::{Account, is_name};
use super::application::Application;
use super::reader::Reader;
use super::website::WrittenWebsite;

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
            Some(Application {
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
    // Websites are not given to them yet.
    let places = accounts.iter().flat_map(|(name, account)| {
        let others = account.applications();
        let others = others.map(|it| (&it.appid, it.section.clone()));
        others.chain([(&account.appid, format!("accounts.{name}"))])
    });
    if let Some((_, place)) = places
        .into_iter()
        .find(|(appid, _)| **appid == website.appid)
    {
        let text = format!("the same as {place}.appid; an appid has one place");
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
    } else if website.has_other_secret_than(before) {
        let text = format!(
            "another one than {first}.website_secret, for the same website application; remove the wrong one"
        );
        reader.problem(format!("{section}.website_secret"), text);
    }
}
