//! Which identity a backend or an operator means by an account and an openid.
//!
//! People who signed in by a QR code on a computer, in a mini-program or in a mobile app have their openid under that
//! application, which has an appid of its own. Whoever knows only the account's name need not know which of them it is;
//! whoever wants to be exact, as with somebody never seen before, names the appid instead (`X-Wechat-Appid`).

use crate::config::{Account, Config};
use login_store::{Error, Owner, Store};
use wechat_oauth::{AppId, OpenId};

/// What was named: a configured account, or one of its appids.
#[derive(Debug, Clone)]
pub struct NamedAccount {
    /// The account's name in the configuration.
    pub name: String,
    /// The open platform it is bound to.
    pub platform: Option<String>,
    /// What was named: the name, or the appid.
    asked: String,
    /// The account's own.
    own: AppId,
    /// Its applications'. None, and the appid as its own, where that was named.
    others: Vec<AppId>,
}

impl NamedAccount {
    /// The account of this name; or, where there is none, the one with this appid.
    pub fn find(config: &Config, text: &str) -> Option<Self> {
        let of = |name: &str, account: &Account| Self {
            name: name.to_owned(),
            platform: account.platform.clone(),
            asked: text.to_owned(),
            own: account.appid.clone(),
            others: account.applications().map(|it| it.appid.clone()).collect(),
        };
        if let Some(account) = config.account(text) {
            return Some(of(text, account));
        }
        let own = AppId::parse(text).ok()?;
        let name = config.account_name(&own)?;
        Some(Self {
            own,
            others: Vec::new(),
            ..of(name, config.account(name)?)
        })
    }

    /// As it was asked for.
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// All appids that are meant.
    pub fn appids(&self) -> impl Iterator<Item = &AppId> {
        std::iter::once(&self.own).chain(&self.others)
    }

    /// Whom this openid means. By name: the user of the application where the openid was seen, else of the official
    /// account.
    ///
    /// # Errors
    /// [`Error`] if the database fails.
    pub async fn owner(&self, store: &dyn Store, openid: OpenId) -> Result<Owner, Error> {
        let mut appid = &self.own;
        for other in &self.others {
            if store.find_identity(other, &openid).await?.is_some() {
                appid = other;
                break;
            }
        }
        let appid = appid.clone();
        Ok(Owner { appid, openid })
    }

    /// Erases everybody this openid can mean. How many records there were; nothing if nobody was ever seen.
    ///
    /// # Errors
    /// [`Error`] if the database fails; repeat it then.
    pub async fn erase(&self, store: &dyn Store, openid: &OpenId) -> Result<Option<u64>, Error> {
        let mut erased = None;
        for appid in self.appids() {
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
