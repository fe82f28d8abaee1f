//! Account tokens, which are not about any person: what is kept for `/cgi-bin/token` and `/cgi-bin/stable_token`.
//!
//! No API of the simulator takes them; they are here for programs that check their credentials.

use std::collections::HashMap;
use std::time::Duration;

use wechat_oauth::answer::AccountTokenFields;

use crate::wechat::{
    ACCOUNT_TOKEN_OVERLAP, ErrorCode, FORCE_PAUSE, FORCED_PER_DAY, TOKEN_LIFETIME,
};

const DAY: u64 = 24 * 3600;

struct Token {
    text: String,
    expires_at: Duration,
}

/// What one of the two calls has given an account.
#[derive(Default)]
struct Slot {
    current: Option<Token>,
    previous: Option<Token>,
    forced_on: u64,
    forced: u32,
    forced_at: Option<Duration>,
}

impl Slot {
    /// A new token; the one before still works for a while.
    fn renew(&mut self, fresh: String, overlap: Duration, now: Duration) {
        self.previous = self.current.take().map(|token| Token {
            expires_at: token.expires_at.min(now.saturating_add(overlap)),
            ..token
        });
        self.current = Some(Token {
            text: fresh,
            expires_at: now.saturating_add(TOKEN_LIFETIME),
        });
    }

    /// The token, and for how many seconds it is good.
    fn answer(&self, now: Duration) -> AccountTokenFields {
        let token = self.current.as_ref();
        let left = token.map(|token| token.expires_at.saturating_sub(now).as_secs());
        AccountTokenFields {
            access_token: token.map(|token| token.text.clone()).unwrap_or_default(),
            expires_in: left.unwrap_or_default(),
        }
    }

    /// Counts a use of force. `false`: one so short ago that this is the same.
    fn force(&mut self, now: Duration) -> Result<bool, ErrorCode> {
        let pause_ends = self.forced_at.map(|at| at.saturating_add(FORCE_PAUSE));
        if pause_ends.is_some_and(|end| now < end) {
            return Ok(false);
        }
        let today = now.as_secs() / DAY;
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

/// The account tokens of all accounts, by appid.
#[derive(Default)]
pub(crate) struct AccountTokens {
    plain: HashMap<String, Slot>,
    stable: HashMap<String, Slot>,
}

impl AccountTokens {
    pub(super) fn plain(
        &mut self,
        appid: &str,
        fresh: String,
        now: Duration,
    ) -> AccountTokenFields {
        let slot = self.plain.entry(appid.to_owned()).or_default();
        slot.renew(fresh, ACCOUNT_TOKEN_OVERLAP, now);
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
        let is_fresh = |token: &Token| now.saturating_add(ACCOUNT_TOKEN_OVERLAP) < token.expires_at;
        if force && slot.force(now)? {
            slot.renew(fresh, Duration::ZERO, now);
        } else if !slot.current.as_ref().is_some_and(is_fresh) {
            slot.renew(fresh, ACCOUNT_TOKEN_OVERLAP, now);
        }
        Ok(slot.answer(now))
    }

    pub(super) fn works(&self, appid: &str, text: &str, now: Duration) -> bool {
        let slots = [self.plain.get(appid), self.stable.get(appid)];
        let tokens = slots
            .into_iter()
            .flatten()
            .flat_map(|slot| [&slot.current, &slot.previous]);
        tokens
            .flatten()
            .any(|token| token.text == text && now < token.expires_at)
    }
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
        assert!(tokens.works("a", "1", at(399)) && !tokens.works("a", "1", at(400)));
        assert!(tokens.works("a", "2", at(7299)) && !tokens.works("a", "2", at(7300)));
        assert!(!tokens.works("b", "2", at(100)));
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
        assert!(tokens.works("a", "1", at(7199)) && !tokens.works("a", "1", at(7200)));
    }
}
