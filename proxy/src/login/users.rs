//! Which identity a backend or an operator means by an account and an openid.
//!
//! People who signed in by a QR code on a computer have their openid under the account's website application, which has
//! an appid of its own. Whoever knows only the account's name need not know which of the two it is; whoever wants to be
//! exact, as with somebody never seen before, names the appid instead (`X-Wechat-Appid`).

use crate::config::{Account, Config};
use login_store::{Error, Owner, Store};
use wechat_oauth::{AppId, OpenId};

/// What was named: a configured account, or one of its two appids.
#[derive(Debug, Clone)]
pub struct NamedAccount {
    /// The account's name in the configuration.
    pub name: String,
    /// The open platform it is bound to.
    pub platform: Option<String>,
    own: AppId,
    website: Option<AppId>,
    /// The appid, where that was the name.
    named: Option<AppId>,
}

impl NamedAccount {
    /// The account of this name; or, where there is none, the one with this appid.
    pub fn find(config: &Config, text: &str) -> Option<Self> {
        let of = |name: &str, account: &Account, named| Self {
            name: name.to_owned(),
            platform: account.platform.clone(),
            own: account.appid.clone(),
            website: account.website.as_ref().map(|it| it.appid.clone()),
            named,
        };
        if let Some(account) = config.account(text) {
            return Some(of(text, account, None));
        }
        let appid = AppId::parse(text).ok()?;
        let name = config.account_name(&appid)?;
        Some(of(name, config.account(name)?, Some(appid)))
    }

    /// Whom this openid means. By name: the user of the website application where the openid was seen there, else of the
    /// official account.
    ///
    /// # Errors
    /// [`Error`] if the database fails.
    pub async fn owner(&self, store: &dyn Store, openid: OpenId) -> Result<Owner, Error> {
        let appid = match (&self.named, &self.website) {
            (Some(named), _) => named,
            (None, Some(website)) if store.find_identity(website, &openid).await?.is_some() => {
                website
            }
            _ => &self.own,
        };
        let appid = appid.clone();
        Ok(Owner { appid, openid })
    }

    /// Erases everybody this openid can mean. How many records there were; nothing if nobody was ever seen.
    ///
    /// # Errors
    /// [`Error`] if the database fails; repeat it then.
    pub async fn erase(&self, store: &dyn Store, openid: &OpenId) -> Result<Option<u64>, Error> {
        let mut erased = None;
        let all = [Some(&self.own), self.website.as_ref()];
        let meant = |appid: &&AppId| self.named.as_ref().is_none_or(|named| named == *appid);
        for appid in all.into_iter().flatten().filter(meant) {
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
