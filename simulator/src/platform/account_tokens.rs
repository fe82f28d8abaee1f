//! Account tokens, which are not about any person: what is kept for `/cgi-bin/token` and `/cgi-bin/stable_token`.

use std::collections::HashMap;
use std::time::Duration;

use wechat_oauth::answer::AccountTokenFields;

use crate::wechat::{
    ACCOUNT_TOKEN_OVERLAP, ErrorCode, FORCE_PAUSE, FORCED_PER_DAY, TOKEN_LIFETIME,
};

use super::fault::Endpoint;
use super::grants::looks_like_a_token;

/// Of the simulator's clock.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A token that was given out. That it is remembered for a day after its end is our choice.
struct Token {
    appid: String,
    /// By its age.
    expires_at: Duration,
    /// Earlier, where another one has taken its place.
    void_at: Duration,
}

/// What one of the two calls has given an account.
#[derive(Default)]
struct Slot {
    /// The latest token, and when it expires.
    current: Option<(String, Duration)>,
    forced_on: u64,
    forced: u32,
    forced_at: Option<Duration>,
}

impl Slot {
    /// The token, and for how many seconds it is good.
    fn answer(&self, now: Duration) -> AccountTokenFields {
        let (access_token, expires_at) = self.current.clone().unwrap_or_default();
        AccountTokenFields {
            access_token,
            expires_in: expires_at.saturating_sub(now).as_secs(),
        }
    }

    /// Counts a use of force. `false`: one so short ago that this is the same.
    fn force(&mut self, now: Duration) -> Result<bool, ErrorCode> {
        let pause_ends = self.forced_at.map(|at| at.saturating_add(FORCE_PAUSE));
        if pause_ends.is_some_and(|end| now < end) {
            return Ok(false);
        }
        let today = day(now);
        if self.forced_on != today {
            (self.forced_on, self.forced) = (today, 0);
        }
        if self.forced == FORCED_PER_DAY {
            return Err(ErrorCode::DailyQuota);
        }
        self.forced = self.forced.saturating_add(1);
        self.forced_at = Some(now);
        Ok(true)
    }
}

/// The account tokens of all accounts, and what they were used for.
#[derive(Default)]
pub(crate) struct AccountTokens {
    /// By appid.
    plain: HashMap<String, Slot>,
    stable: HashMap<String, Slot>,
    /// By the token itself.
    issued: HashMap<String, Token>,
    /// By appid: the ticket that a token was exchanged for, and when it expires.
    pub(super) tickets: HashMap<String, (String, Duration)>,
    /// How often an account called on which day.
    pub(super) counted: HashMap<(Endpoint, String), (u64, u64)>,
}

impl AccountTokens {
    pub(super) fn plain(
        &mut self,
        appid: &str,
        fresh: String,
        now: Duration,
    ) -> AccountTokenFields {
        let slot = self.plain.entry(appid.to_owned()).or_default();
        renew(
            &mut self.issued,
            slot,
            appid,
            fresh,
            ACCOUNT_TOKEN_OVERLAP,
            now,
        );
        slot.answer(now)
    }

    pub(super) fn stable(
        &mut self,
        appid: &str,
        force: bool,
        fresh: String,
        now: Duration,
    ) -> Result<AccountTokenFields, ErrorCode> {
        let slot = self.stable.entry(appid.to_owned()).or_default();
        // A new token a little before the old one expires, and then both work: our reading of how WeChat's normal
        // mode never hands out a token that is about to die.
        let is_fresh = |(_, expires_at): &(String, Duration)| {
            now.saturating_add(ACCOUNT_TOKEN_OVERLAP) < *expires_at
        };
        let overlap = if force && slot.force(now)? {
            Some(Duration::ZERO)
        } else {
            let is_fresh = slot.current.as_ref().is_some_and(is_fresh);
            (!is_fresh).then_some(ACCOUNT_TOKEN_OVERLAP)
        };
        if let Some(overlap) = overlap {
            renew(&mut self.issued, slot, appid, fresh, overlap, now);
        }
        Ok(slot.answer(now))
    }

    /// The account that a token stands for.
    ///
    /// # Errors
    /// `TokenExpired` where it is too old, `InvalidCredential` where another one has taken its place or it was never
    /// issued, `InvalidToken` where it is no token at all; where WeChat draws these lines is our guess.
    pub(super) fn owner(&self, text: &str, now: Duration) -> Result<&str, ErrorCode> {
        match self.issued.get(text) {
            Some(token) if now < token.void_at => Ok(&token.appid),
            Some(token) if now >= token.expires_at => Err(ErrorCode::TokenExpired),
            None if !looks_like_a_token(text) => Err(ErrorCode::InvalidToken),
            _ => Err(ErrorCode::InvalidCredential),
        }
    }
}

/// Which day it is.
#[expect(clippy::arithmetic_side_effects, reason = "the divisor is no zero")]
pub(super) fn day(now: Duration) -> u64 {
    now.as_secs() / DAY.as_secs()
}

/// A new token in this place; the one before still works for a while.
fn renew(
    issued: &mut HashMap<String, Token>,
    slot: &mut Slot,
    appid: &str,
    fresh: String,
    overlap: Duration,
    now: Duration,
) {
    issued.retain(|_, token| now < token.expires_at.saturating_add(DAY));
    let expires_at = now.saturating_add(TOKEN_LIFETIME);
    let before = slot.current.replace((fresh.clone(), expires_at));
    if let Some(token) = before.and_then(|(text, _)| issued.get_mut(&text)) {
        token.void_at = token.void_at.min(now.saturating_add(overlap));
    }
    let token = Token {
        appid: appid.to_owned(),
        expires_at,
        void_at: expires_at,
    };
    issued.insert(fresh, token);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_token_before_works_for_299_seconds_more_and_not_for_300() {
        let mut tokens = AccountTokens::default();
        tokens.plain("a", "1".into(), at(0));
        tokens.plain("a", "2".into(), at(100));
        let owner = |token, seconds| tokens.owner(token, at(seconds));
        assert_eq!(owner("1", 399), Ok("a"));
        assert_eq!(owner("1", 400), Err(ErrorCode::InvalidCredential));
        assert_eq!(owner("1", 7200), Err(ErrorCode::TokenExpired));
        assert_eq!(owner("2", 7299), Ok("a"));
        assert_eq!(owner("2", 7300), Err(ErrorCode::TokenExpired));
        assert_eq!(owner("3", 100), Err(ErrorCode::InvalidToken));
    }

    fn pair(fields: AccountTokenFields) -> (String, u64) {
        (fields.access_token, fields.expires_in)
    }

    #[test]
    fn the_stable_token_stays_until_five_minutes_before_its_end() {
        let mut tokens = AccountTokens::default();
        for (fresh, seconds, token, left) in [
            ("1", 0, "1", 7200),
            ("2", 6899, "1", 301),
            ("3", 6900, "3", 7200),
        ] {
            let issued = tokens.stable("a", false, fresh.into(), at(seconds));
            assert_eq!(issued.map(pair), Ok((token.to_owned(), left)));
        }
        assert_eq!(tokens.owner("1", at(7199)), Ok("a"));
        assert_eq!(tokens.owner("1", at(7200)), Err(ErrorCode::TokenExpired));
    }
}
