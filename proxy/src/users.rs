//! Which identity a backend or an operator means by an account and an openid.
//!
//! People who signed in by a QR code on a computer have their openid under the account's website application, which has
//! an appid of its own. Whoever knows only the account's name need not know which of the two it is; whoever wants to be
//! exact, as with somebody never seen before, names the appid instead (`X-Wechat-Appid`).

use crate::config::{Account, Config};
use login_store::{Error, Owner, Store};
use wechat_oauth::{AppId, OpenId};

/// What was named: a configured account, or one of its two appids.
#[derive(Debug, Clone, Copy)]
pub struct NamedAccount<'a> {
    /// The account's name in the configuration.
    pub name: &'a str,
    /// Its settings.
    pub account: &'a Account,
    /// The appid, where that was the name.
    appid: Option<&'a AppId>,
}

impl<'a> NamedAccount<'a> {
    /// The account of this name; or, where there is none, the one with this appid.
    pub fn find(config: &'a Config, text: &str) -> Option<Self> {
        if let Some((name, account)) = config.accounts.get_key_value(text) {
            return Some(Self {
                name,
                account,
                appid: None,
            });
        }
        config.accounts.iter().find_map(|(name, account)| {
            let appid = appids_of(account).find(|appid| appid.as_str() == text)?;
            Some(Self {
                name,
                account,
                appid: Some(appid),
            })
        })
    }

    /// Whom this openid means. By name: the user of the website application where the openid was seen there, else of the
    /// official account.
    ///
    /// # Errors
    /// [`Error`] if the database fails.
    pub async fn owner(&self, store: &dyn Store, openid: OpenId) -> Result<Owner, Error> {
        if let Some(appid) = self.appid {
            let appid = appid.clone();
            return Ok(Owner { appid, openid });
        }
        if let Some(website) = &self.account.website {
            let known = store.find_identity(&website.appid, &openid).await?;
            if known.is_some() {
                let appid = website.appid.clone();
                return Ok(Owner { appid, openid });
            }
        }
        let appid = self.account.appid.clone();
        Ok(Owner { appid, openid })
    }

    /// Erases everybody this openid can mean. How many records there were; nothing if nobody was ever seen.
    ///
    /// # Errors
    /// [`Error`] if the database fails; repeat it then.
    pub async fn erase(&self, store: &dyn Store, openid: &OpenId) -> Result<Option<u64>, Error> {
        let mut erased = None;
        for appid in appids_of(self.account) {
            if self.appid.is_some_and(|named| named != appid) {
                continue;
            }
            let owner = Owner {
                appid: appid.clone(),
                openid: openid.clone(),
            };
            if let Some(records) = store.erase(&owner).await? {
                erased = Some(records.saturating_add(erased.unwrap_or_default()));
            }
        }
        Ok(erased)
    }
}

fn appids_of(account: &Account) -> impl Iterator<Item = &AppId> {
    let website = account.website.as_ref().map(|website| &website.appid);
    std::iter::once(&account.appid).chain(website)
}
