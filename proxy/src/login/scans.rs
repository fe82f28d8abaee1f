//! Scans: a computer is signed in by a phone that scans a QR code of ours.
//!
//! The computer's browser holds two secrets, one in a cookie and one in its page, and needs both; the QR code has a third
//! one, which only says which scan is meant. Who the phone belongs to is WeChat's word, kept in a sealed cookie of the
//! phone for this scan alone. The store has hashes and lives in one database, so any replica serves any of the requests.

mod waiters;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cookie::{Cookie, time};
use login_store::{Error, Owner, Scan, ScanState, ScanStep, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use wechat_oauth::{AppId, OpenId};

use super::clock::{Clock, millis};
use super::encryption::{EncryptError, Encryption};
use super::session::{cookie_at, values_of};
use crate::config::Config;
pub(crate) use waiters::Waiters;

/// What our own codes begin with; no code of WeChat's has an underscore after four letters.
pub(crate) const CODE_PREFIX: &str = "scan_";

/// How long a QR code is good for.
pub(crate) const LIFETIME: Duration = Duration::from_secs(120);
/// How long a decision is, on its way to the computer and back to us.
pub(crate) const AFTER_DECISION: Duration = Duration::from_secs(60);
/// How long cookies last: a QR code, a decision, and a phone that is slow.
const COOKIE_LIFETIME: Duration = Duration::from_secs(300);

/// How often scans that are over are deleted at most, in milliseconds.
const BETWEEN_DELETIONS: u64 = 60_000;

/// Bytes of what the QR code says; few, so that it is coarse.
const ID_BYTES: usize = 16;
/// Bytes of the other secrets.
const SECRET_BYTES: usize = 32;

/// Makes scans, and seals what belongs to them.
pub(crate) struct Scans {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    config: Arc<Config>,
    encryption: Encryption,
    /// The computers that wait at this process.
    pub(crate) waiters: Arc<Waiters>,
    deleted_at: AtomicU64,
}

/// A scan that has just begun, with its secrets.
pub(crate) struct Begun {
    /// What the QR code says.
    pub(crate) id: String,
    /// For the page.
    pub(crate) token: String,
    /// For both screens.
    pub(crate) number: String,
}

/// Who wants to be signed in.
pub(crate) struct Asking<'a> {
    /// The account's name.
    pub(crate) account: &'a str,
    /// Where the computer goes on, one of our own pages.
    pub(crate) redirect_uri: &'a str,
    /// The `state` of its login.
    pub(crate) login_state: &'a str,
    /// Which browser on which system.
    pub(crate) client: String,
    /// The secret in its cookie.
    pub(crate) browser: &'a str,
}

/// What a phone carries, for one scan.
#[derive(Serialize, Deserialize)]
pub(crate) enum Phone {
    /// It has been sent to WeChat.
    Asked {
        /// That of the address at WeChat.
        state: String,
        /// What makes its code ours.
        verifier: String,
    },
    /// WeChat has said whose it is.
    Known {
        /// Under which account.
        appid: String,
        /// Who the user is there.
        openid: String,
        /// What the form of its page says, too: whoever only makes it send something does not know that.
        word: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    scan: String,
    until: u64,
    phone: Phone,
}

/// What the database has in place of a secret.
pub(crate) fn hash(secret: &str) -> String {
    let bytes = Sha256::digest(secret.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The code that the computer's page is given: whoever can ask for it can compute it, and before the phone's user has
/// agreed it opens nothing. So it can be given again where an answer was lost on its way.
pub(crate) fn code_of(browser: &str, token: &str) -> String {
    [CODE_PREFIX, &hash(&["code", browser, token].join("\n"))].concat()
}

fn random<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

impl Scans {
    pub(crate) fn new(store: Arc<dyn Store>, config: Arc<Config>, clock: Arc<dyn Clock>) -> Self {
        // The other half is for everybody else.
        let most_waiting = config.limits.connections / 2;
        Self {
            waiters: Arc::new(Waiters::new(store.clone(), clock.clone(), most_waiting)),
            encryption: Encryption::new(&config.session_keys),
            store,
            clock,
            config,
            deleted_at: AtomicU64::new(0),
        }
    }

    /// Keeps a new one, and deletes old ones now and then.
    pub(crate) async fn begin(&self, asking: Asking<'_>) -> Result<Begun, Error> {
        let begun = Begun {
            id: random::<ID_BYTES>()?,
            token: random::<SECRET_BYTES>()?,
            number: number()?,
        };
        let now = self.clock.now_millis();
        self.tidy(now).await;
        let scan = Scan {
            id: hash(&begun.id),
            browser: hash(asking.browser),
            page: hash(&begun.token),
            code: hash(&code_of(asking.browser, &begun.token)),
            account: asking.account.to_owned(),
            redirect_uri: asking.redirect_uri.to_owned(),
            login_state: asking.login_state.to_owned(),
            number: begun.number.clone(),
            client: asking.client,
            state: ScanState::Waiting,
            owner: None,
            created_at: now,
            ends_at: now.saturating_add(millis(LIFETIME)),
        };
        self.store.create_scan(&scan).await?;
        Ok(begun)
    }

    /// Deletes those that are over, now and then.
    async fn tidy(&self, now: u64) {
        let before = self.deleted_at.load(Ordering::Relaxed);
        if now.saturating_sub(before) < BETWEEN_DELETIONS {
            return;
        }
        self.deleted_at.store(now, Ordering::Relaxed);
        if let Err(error) = self.store.delete_scans(now).await {
            tracing::warn!(%error, "scans that are over cannot be deleted; the next minute tries again");
        }
    }

    /// When a scan ends that is decided now.
    pub(crate) fn end_of_decision(&self) -> u64 {
        let now = self.clock.now_millis();
        now.saturating_add(millis(AFTER_DECISION))
    }

    /// Does this to a scan, and tells the computer if it waits here. Nothing where that cannot be done to it.
    pub(crate) async fn advance(&self, step: &ScanStep<'_>) -> Result<Option<Scan>, Error> {
        let scan = self
            .store
            .advance_scan(step, self.clock.now_millis())
            .await?;
        if let Some(scan) = &scan {
            self.waiters.tell(&scan.page, scan.state);
        }
        Ok(scan)
    }

    /// The one with this hash, if it is not over.
    pub(crate) async fn running(&self, hash: &str) -> Result<Option<Scan>, Error> {
        let scan = self.store.find_scan(hash).await?;
        Ok(scan.filter(|scan| scan.ends_at > self.clock.now_millis()))
    }

    /// The secrets in the cookies of a computer's browser.
    pub(crate) fn browsers<'a>(
        &self,
        headers: impl Iterator<Item = &'a [u8]>,
    ) -> impl Iterator<Item = &'a str> {
        values_of(headers, self.name(COMPUTER)).filter(|value| is_secret(value, SECRET_BYTES))
    }

    /// A new secret for a computer's cookie.
    pub(crate) fn new_browser(&self) -> Result<String, getrandom::Error> {
        random::<SECRET_BYTES>()
    }

    /// The computer's cookie. Other tabs of the same browser have it, too, so it stays until its end: without a page it is
    /// worth nothing.
    pub(crate) fn browser_cookie(&self, secret: &str) -> Cookie<'static> {
        self.cookie(COMPUTER, "", secret.to_owned())
    }

    /// The phone's cookie, sent to the page of this scan only.
    pub(crate) fn phone_cookie(
        &self,
        id: &str,
        phone: Phone,
    ) -> Result<Cookie<'static>, EncryptError> {
        let sealed = Sealed {
            scan: hash(id),
            until: self.clock.now().saturating_add(COOKIE_LIFETIME.as_secs()),
            phone,
        };
        let text = serde_json::to_string(&sealed).map_err(|_| EncryptError("it is no JSON"))?;
        let sealed = self.encryption.encrypt(PHONE, text)?;
        let path = ["/api/scan/", id].concat();
        Ok(self.cookie(PHONE, &path, sealed))
    }

    /// What a phone carries for this scan, if it does.
    pub(crate) fn phone<'a>(
        &self,
        headers: impl Iterator<Item = &'a [u8]>,
        id: &str,
    ) -> Option<Phone> {
        let scan = hash(id);
        values_of(headers, self.name(PHONE)).find_map(|value| {
            let text = self.encryption.decrypt(PHONE, value)?;
            let sealed: Sealed = serde_json::from_str(&text).ok()?;
            let is_ours = sealed.scan == scan && sealed.until > self.clock.now();
            is_ours.then_some(sealed.phone)
        })
    }

    /// Prefixed as the session's, where browsers take that: `__Host-` belongs to the root path.
    fn name(&self, own: &'static str) -> &'static str {
        let is_at_root = own == COMPUTER && self.config.api_path().is_empty();
        match (self.config.public_url.is_https(), is_at_root, own) {
            (true, true, _) => "__Host-wechat_login_scan",
            (true, false, COMPUTER) => "__Secure-wechat_login_scan",
            (true, false, _) => "__Secure-wechat_login_phone",
            (false, ..) => own,
        }
    }

    fn cookie(&self, own: &'static str, path: &str, value: String) -> Cookie<'static> {
        let seconds = i64::try_from(COOKIE_LIFETIME.as_secs()).unwrap_or_default();
        let max_age = time::Duration::seconds(seconds);
        cookie_at(&self.config, self.name(own), path, value, max_age)
    }
}

/// The computer's cookie, over plain http.
const COMPUTER: &str = "wechat_login_scan";
/// The phone's; also what its content is sealed under.
const PHONE: &str = "wechat_login_phone";

impl Phone {
    /// Who is known.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let Self::Known { appid, openid, .. } = self else {
            return None;
        };
        let (appid, openid) = (AppId::parse(appid).ok()?, OpenId::parse(openid).ok()?);
        Some(Owner { appid, openid })
    }

    /// Whether this is what its page's form says.
    pub(crate) fn has_word(&self, shown: &str) -> bool {
        matches!(self, Self::Known { word, .. } if bool::from(word.as_bytes().ct_eq(shown.as_bytes())))
    }
}

/// Whether a text can be what the QR code of a scan says.
pub(crate) fn is_id(text: &str) -> bool {
    is_secret(text, ID_BYTES)
}

fn is_secret(text: &str, bytes: usize) -> bool {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text);
    decoded.is_ok_and(|decoded| decoded.len() == bytes)
}

/// Two digits, none of which is left out by a font or a reader: 10 to 99.
fn number() -> Result<String, getrandom::Error> {
    loop {
        let [byte] = {
            let mut byte = [0; 1];
            getrandom::fill(&mut byte)?;
            byte
        };
        // Each of the ninety as often as the others.
        if byte < 180 {
            return Ok((byte % 90).saturating_add(10).to_string());
        }
    }
}
