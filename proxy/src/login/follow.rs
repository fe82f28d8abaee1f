//! Whether a user follows the official account: asked of WeChat in the account's name, kept for some minutes, and nothing
//! that anybody has to wait for long or that breaks anything. No proof of who somebody is.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::account_token::{AccountToken, AccountTokens};
use super::clock::Clock;
use super::exchange::LoginError;
use super::flight::{self, Flight, Takeoff};
use super::in_flight::InFlight;
use crate::config::Config;
use login_store::{NotedIdentity, Owner, Store};
use wechat_oauth::{ErrorCode, Follower};

/// For how long an answer counts.
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);
/// For how long the answer counts that somebody does not, or was never seen: he may be on the way to become a follower.
const KEPT_OF_STRANGERS: Duration = Duration::from_secs(2);
/// For how long nothing is asked after a failure: of this user, or of any where it was no matter of the user's.
const PAUSE: Duration = Duration::from_secs(30);
/// For how long an answer is waited for; it is kept for the next time where it comes later.
const PATIENCE: Duration = Duration::from_secs(2);
/// About how many users of an account WeChat is asked at a time; others stay unknown meanwhile.
const AT_ONCE: usize = 100;
/// How many answers are kept at most, about 50 bytes each.
const AT_MOST: usize = 100_000;

/// Asks, and keeps the answers.
pub(crate) struct Follow {
    config: Arc<Config>,
    tokens: Arc<AccountTokens>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    requests: InFlight,
    known: Mutex<Known>,
    /// Keyed by chance, so that nobody can choose users who are taken for one another.
    hasher: RandomState,
}

/// Answers, nothing where there is none for a while, and until when each counts. Those of the older half are forgotten
/// once the younger one is full. By hashes, so that nobody's openid lies about here.
/// And who is asked about, by account.
#[derive(Default)]
struct Known {
    young: HashMap<u64, (Option<bool>, Duration)>,
    old: HashMap<u64, (Option<bool>, Duration)>,
    under_way: HashMap<u64, HashMap<u64, Flight<Asked>>>,
}

/// Nothing of somebody whom the official account itself has never seen.
type Asked = Result<Option<bool>, Unknown>;

/// An account, and one of its users.
#[derive(Clone, Copy)]
struct Key {
    account: u64,
    user: u64,
}

impl Known {
    fn find(&self, key: u64, now: Duration) -> Option<Option<bool>> {
        let known = self.young.get(&key).or_else(|| self.old.get(&key))?;
        (now < known.1).then_some(known.0)
    }

    fn note(&mut self, key: u64, answer: Option<bool>, until: Duration) {
        if self.young.len() >= AT_MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, (answer, until));
    }

    /// The question that is under way, or else one that has to begin.
    fn join(&mut self, key: Key) -> Option<(Flight<Asked>, Option<Takeoff<Asked>>)> {
        let flights = self.under_way.entry(key.account).or_default();
        if let Some(flight) = flights.get(&key.user) {
            return Some((flight.clone(), None));
        }
        (flights.len() < AT_ONCE).then(|| {
            let (takeoff, flight) = flight::prepare();
            flights.insert(key.user, flight.clone());
            (flight, Some(takeoff))
        })
    }
}

/// Whom a failure is about.
#[derive(Clone, Copy)]
enum Unknown {
    User,
    Account,
}

impl Follow {
    pub(crate) fn new(
        config: Arc<Config>,
        tokens: Arc<AccountTokens>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        requests: InFlight,
    ) -> Self {
        Self {
            config,
            tokens,
            store,
            clock,
            requests,
            known: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// Whether it is asked for this account at all.
    pub(crate) fn is_asked(&self, name: &str) -> bool {
        self.config.account(name).is_some_and(|it| it.follow)
    }

    /// Whether this user of the account called `name` follows it. Nothing where that is not asked for, or not known yet:
    /// one question for all who ask about the user goes on beside, in the time that WeChat has for any call. For who holds
    /// the guard of a request.
    pub(crate) async fn ask(self: &Arc<Self>, name: &str, user: &Owner) -> Option<bool> {
        let account = self.config.account(name).filter(|it| it.follow)?;
        let token = self.tokens.of(name)?;
        let account = account.appid.as_str();
        let key = Key {
            account: self.hasher.hash_one(account),
            // A website application's users may be those of several accounts.
            user: self
                .hasher
                .hash_one((account, user.appid.as_str(), user.openid.expose())),
        };
        let (flight, begun) = {
            let mut known = self.known();
            let now = self.clock.monotonic();
            if let Some(answer) = known.find(key.user, now) {
                return answer;
            }
            known.find(key.account, now).is_none().then_some(())?;
            known.join(key)?
        };
        // It only waits, which is no matter of other people's requests; so few do that it needs no other limit.
        let _uncounted = begun.is_some().then(|| self.requests.uncounted());
        if let Some(takeoff) = begun {
            let (asking, landing) = (self.clone(), self.clone());
            let (token, user) = (token.clone(), user.clone());
            let work = async move { asking.find_out_in_time(&token, &user).await };
            takeoff.begin(work, move |asked| landing.land(key, asked));
        }
        let asked = tokio::time::timeout(PATIENCE, flight).await.ok()?.ok()?;
        asked.ok()?
    }

    /// The end of a question, however it comes; nothing where its task panicked.
    fn land(&self, Key { account, user }: Key, asked: Option<&Asked>) {
        let (key, answer, kept_for) = match asked {
            Some(Ok(Some(true))) => (user, Some(true), KEPT_FOR),
            Some(Ok(answer)) => (user, *answer, KEPT_OF_STRANGERS),
            None | Some(Err(Unknown::User)) => (user, None, PAUSE),
            Some(Err(Unknown::Account)) => (account, None, PAUSE),
        };
        let until = self.clock.monotonic().saturating_add(kept_for);
        let mut known = self.known();
        known.note(key, answer, until);
        let flights = known.under_way.get_mut(&account);
        let flight = flights.and_then(|flights| flights.remove(&user));
        drop(known);
        // Outside: it may be the last one who knew of it.
        drop(flight);
    }

    async fn find_out_in_time(&self, token: &Arc<AccountToken>, user: &Owner) -> Asked {
        let patience = self.config.wechat.timeouts.total;
        let asked = tokio::time::timeout(patience, self.find_out(token, user)).await;
        asked.unwrap_or_else(|_| {
            let account = token.name();
            tracing::warn!(account, "WeChat does not say in time who follows");
            Err(Unknown::Account)
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn find_out(&self, token: &Arc<AccountToken>, user: &Owner) -> Asked {
        let Some(user) = self.under_account(token, user).await? else {
            return Ok(None);
        };
        let follower = token.follower(&user.openid).await.map_err(|error| {
            let LoginError::Wechat(error) = error else {
                return Unknown::Account;
            };
            tracing::warn!(
                account = token.name(),
                error = %error,
                wechat_errcode = error.errcode(),
                wechat_rid = error.rid(),
                "WeChat does not say who follows"
            );
            if error.code() == Some(ErrorCode::InvalidOpenid) {
                Unknown::User
            } else {
                Unknown::Account
            }
        })?;
        let subscribe = follower.subscribe;
        self.join(token, user, follower).await?;
        Ok(Some(subscribe))
    }

    /// The same person under the official account, for those who came by another of its applications.
    async fn under_account(
        &self,
        token: &AccountToken,
        user: &Owner,
    ) -> Result<Option<Owner>, Unknown> {
        if user.appid == *token.appid() {
            return Ok(Some(user.clone()));
        }
        let person = self.store.person_of(user).await;
        let person = person.map_err(|error| unheard(&error))?;
        let under_account = |it: &Owner| it.appid == *token.appid();
        Ok(person.into_iter().find(under_account))
    }

    /// Notes a unionid that was not known yet of a known user, so that all doors lead to the same person.
    async fn join(
        &self,
        token: &AccountToken,
        user: Owner,
        follower: Follower,
    ) -> Result<(), Unknown> {
        if follower.unionid.is_none() || token.platform().is_none() {
            return Ok(());
        }
        let known = self.store.find_identity(&user.appid, &user.openid).await;
        let known = known.map_err(|error| unheard(&error))?;
        if known.is_some_and(|it| it.unionid.is_none()) {
            let noted = NotedIdentity {
                owner: user,
                platform: token.platform().cloned(),
                unionid: follower.unionid,
                noted_at: self.clock.now(),
            };
            let noted = self.store.learn_unionid(&noted).await;
            noted.map_err(|error| unheard(&error))?;
        }
        Ok(())
    }
}

fn unheard(error: &login_store::Error) -> Unknown {
    tracing::warn!(error = %error, "the database does not say who follows");
    Unknown::User
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_answers_are_forgotten_where_there_are_too_many() {
        let mut known = Known::default();
        let until = Duration::from_secs(300);
        for key in 0..2 * AT_MOST as u64 {
            known.note(key, Some(true), until);
            assert!(known.young.len() + known.old.len() <= AT_MOST);
        }
        let last = 2 * AT_MOST as u64 - 1;
        assert_eq!(known.find(last, Duration::ZERO), Some(Some(true)));
        assert_eq!(known.find(last, until), None);
        assert_eq!(known.find(0, Duration::ZERO), None);
        known.note(last, None, until);
        assert_eq!(known.find(last, Duration::ZERO), Some(None));
    }

    #[test]
    fn an_account_asks_about_so_many_at_a_time_and_once_about_each() {
        let mut known = Known::default();
        let mut begins = |account, user| {
            let joined = known.join(Key { account, user });
            joined.map(|(_, begun)| begun.is_some())
        };
        for user in 0..AT_ONCE as u64 {
            assert_eq!(begins(1, user), Some(true));
            assert_eq!(begins(1, user), Some(false));
        }
        assert_eq!(begins(1, AT_ONCE as u64), None);
        assert_eq!(begins(2, AT_ONCE as u64), Some(true));
    }
}
