//! Which identity an account's name and an openid mean.
//!
//! People who signed in by a QR code on a computer have their openid under the account's website application, which has
//! an appid of its own. Backends and operators know the account's name and the openid, not which of the two it is.

use crate::config::Account;
use crate::store::{Error, Owner, Store};
use crate::wechat::OpenId;

/// The user of this account, or of its website application where the openid was seen there. One never seen is taken for
/// the official account's.
///
/// # Errors
/// [`Error`] if the database fails.
pub async fn find_owner(
    store: &dyn Store,
    account: &Account,
    openid: OpenId,
) -> Result<Owner, Error> {
    if let Some(website) = &account.website {
        let known = store.find_identity(&website.appid, &openid).await?;
        if known.is_some() {
            let appid = website.appid.clone();
            return Ok(Owner { appid, openid });
        }
    }
    let appid = account.appid.clone();
    Ok(Owner { appid, openid })
}
