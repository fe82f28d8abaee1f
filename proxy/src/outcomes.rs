//! Every code is exchanged once: whoever asks again with the same verifier gets the first answer.
//!
//! Callbacks are often delivered twice, above all on Android, sometimes at the same moment. WeChat accepts a code
//! once, so the second must wait for the first and share its answer. Only the browser that began the login knows the
//! verifier; whoever saw merely the address with the code in it gets nothing and causes no call to WeChat.

use std::future::Future;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::life_cycle::UnderWay;
use crate::verifier::Verifier;
use wechat_oauth::{AppId, AuthCode};

/// An official account's codes live five minutes; afterwards WeChat refuses them itself. A website application's live
/// ten, but are spent: WeChat refuses those as used.
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);
/// How many outcomes at most, about 2 KB each; beyond that the least used are forgotten.
const KEPT_AT_MOST: u64 = 100_000;

type Hash = [u8; 32];

/// Outcomes under way and recent ones, by appid and code.
pub(crate) struct Outcomes<T> {
    cache: Cache<Hash, Outcome<T>>,
    under_way: UnderWay,
}

struct Outcome<T> {
    verifier: Hash,
    /// Empty if the task panicked.
    result: Shared<BoxFuture<'static, Option<T>>>,
}

impl<T> Clone for Outcome<T> {
    fn clone(&self) -> Self {
        Self {
            verifier: self.verifier,
            result: self.result.clone(),
        }
    }
}

/// Who asks for an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// The first with this code: the work begins.
    First,
    /// The same browser once more, while the work is under way.
    Waited,
    /// The same browser once more, afterwards.
    Kept,
    /// Somebody else.
    Stranger,
}

/// Why there is no outcome to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unshared {
    /// Somebody else was first with this code.
    OtherVerifier,
    /// The task that worked on it panicked.
    Interrupted,
}

impl<T: Clone + Send + Sync + 'static> Outcomes<T> {
    pub(crate) fn new() -> Self {
        Self::kept_for(KEPT_FOR)
    }

    fn kept_for(lifetime: Duration) -> Self {
        let cache = Cache::builder()
            .time_to_live(lifetime)
            .max_capacity(KEPT_AT_MOST)
            // The default policy would turn newcomers away instead, and single flight with them.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self {
            cache,
            under_way: UnderWay::default(),
        }
    }

    /// The work that is not done yet, whether or not somebody waits for it.
    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    /// The outcome for this code: the kept one, the one under way, or else that of `work`.
    ///
    /// `work` runs in a task of its own, so a caller that goes away does not lose it. An outcome for which
    /// `is_worth_keeping` says no is shared with those who wait for it and then forgotten.
    pub(crate) async fn share<W>(
        &self,
        appid: &AppId,
        code: &AuthCode,
        verifier: &Verifier,
        work: W,
        is_worth_keeping: fn(&T) -> bool,
        tell: impl FnOnce(Sharing),
    ) -> Result<T, Unshared>
    where
        W: Future<Output = T> + Send + 'static,
    {
        // Hashes, so that a memory dump of the map holds neither codes nor verifiers.
        let key = hash(&[appid.as_str(), code.expose()]);
        let verifier = hash(&[verifier.expose()]);
        // The task starts once its entry is in the map: it may have to remove the entry again.
        let (entry_is_there, start) = oneshot::channel();
        let outcome = self.cache.get_with(key, || {
            let cache = self.cache.clone();
            let under_way = self.under_way.begin();
            let task = async move {
                let _under_way = under_way;
                start.await.ok()?;
                let result = work.await;
                if !is_worth_keeping(&result) {
                    cache.invalidate(&key);
                }
                Some(result)
            };
            let task = tokio::spawn(task.in_current_span());
            Outcome {
                verifier,
                result: async move { task.await.ok().flatten() }.boxed().shared(),
            }
        });
        // Fails where the entry was there before, and with it the task.
        let is_first = entry_is_there.send(()).is_ok();
        let is_same_browser = bool::from(outcome.verifier.ct_eq(&verifier));
        tell(match (is_first, is_same_browser) {
            (true, _) => Sharing::First,
            (false, false) => Sharing::Stranger,
            (false, true) if outcome.result.peek().is_some() => Sharing::Kept,
            (false, true) => Sharing::Waited,
        });
        if is_same_browser {
            outcome.result.await.ok_or(Unshared::Interrupted)
        } else {
            Err(Unshared::OtherVerifier)
        }
    }
}

/// SHA-256 of the parts, each closed by a zero byte, which none of them can contain.
fn hash(parts: &[&str]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use tokio::sync::Semaphore;

    use super::*;

    struct Fixture {
        outcomes: Outcomes<usize>,
        runs: Arc<AtomicUsize>,
        gate: Arc<Semaphore>,
        told: Mutex<Vec<Sharing>>,
    }

    impl Fixture {
        /// With as many permits as runs may finish at once.
        fn new(permits: usize) -> Self {
            Self {
                outcomes: Outcomes::new(),
                runs: Arc::default(),
                gate: Arc::new(Semaphore::new(permits)),
                told: Mutex::default(),
            }
        }

        /// Shares work that answers how many runs there were, itself included.
        async fn share(
            &self,
            code: &str,
            verifier: char,
            keep: fn(&usize) -> bool,
        ) -> Result<usize, Unshared> {
            let (runs, gate) = (self.runs.clone(), self.gate.clone());
            let work = async move {
                let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
                let _permit = gate.acquire().await;
                run
            };
            let appid = AppId::parse("wx00000000000000a1").unwrap();
            let code = AuthCode::parse(code).unwrap();
            let verifier = Verifier::parse(&verifier.to_string().repeat(32)).unwrap();
            self.outcomes
                .share(&appid, &code, &verifier, work, keep, |sharing| {
                    self.told.lock().unwrap().push(sharing);
                })
                .await
        }

        fn runs(&self) -> usize {
            self.runs.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn who_asks_is_told_apart() {
        let fixture = Fixture::new(0);
        let [first, second] = ['a', 'a'].map(|verifier| fixture.share("code", verifier, |_| true));
        let stranger = fixture.share("code", 'b', |_| true);
        let open = async { fixture.gate.add_permits(1) };
        let _ = tokio::join!(first, second, stranger, open);
        let _ = fixture.share("code", 'a', |_| true).await;
        assert_eq!(
            *fixture.told.lock().unwrap(),
            [
                Sharing::First,
                Sharing::Waited,
                Sharing::Stranger,
                Sharing::Kept
            ]
        );
    }

    #[tokio::test]
    async fn the_same_browser_gets_the_same_answer() {
        let fixture = Fixture::new(1);
        assert_eq!(fixture.share("code", 'a', |_| true).await, Ok(1));
        assert_eq!(fixture.share("code", 'a', |_| true).await, Ok(1));
        assert_eq!(fixture.share("other", 'a', |_| true).await, Ok(2));
    }

    #[tokio::test]
    async fn another_verifier_gets_nothing_and_causes_nothing() {
        let fixture = Fixture::new(1);
        assert_eq!(fixture.share("code", 'a', |_| true).await, Ok(1));
        assert_eq!(
            fixture.share("code", 'b', |_| true).await,
            Err(Unshared::OtherVerifier)
        );
        assert_eq!(fixture.runs(), 1);
    }

    #[tokio::test]
    async fn outcomes_are_kept_for_the_life_of_a_code_and_then_forgotten() {
        assert_eq!(KEPT_FOR, Duration::from_secs(300));
        let fixture = Fixture {
            outcomes: Outcomes::kept_for(Duration::from_millis(20)),
            ..Fixture::new(1)
        };
        assert_eq!(fixture.share("code", 'a', |_| true).await, Ok(1));
        // The cache has a clock of its own, so this waits for it, though never for long.
        let forgotten = async {
            while fixture.share("code", 'a', |_| true).await == Ok(1) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), forgotten).await;
        assert!(in_time.is_ok(), "still kept after ten seconds");
        assert_eq!(fixture.runs(), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_crowd_at_the_same_moment_causes_one_run() {
        let fixture = Arc::new(Fixture::new(0));
        let ask = |fixture: Arc<Fixture>| async move { fixture.share("code", 'a', |_| true).await };
        let crowd: Vec<_> = (0..100)
            .map(|_| tokio::spawn(ask(fixture.clone())))
            .collect();
        fixture.gate.add_permits(1);
        for one in crowd {
            assert_eq!(one.await.unwrap(), Ok(1));
        }
        assert_eq!(fixture.runs(), 1);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_does_not_lose_the_outcome() {
        let fixture = Fixture::new(0);
        // Polled once and dropped.
        let first = fixture.share("code", 'a', |_| true).now_or_never();
        assert_eq!(first, None);
        fixture.gate.add_permits(1);
        assert_eq!(fixture.share("code", 'a', |_| true).await, Ok(1));
        assert_eq!(fixture.runs(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn what_is_not_worth_keeping_is_done_again() {
        let fixture = Fixture::new(1);
        for run in 1..=100 {
            assert_eq!(fixture.share("code", 'a', |_| false).await, Ok(run));
        }
    }

    #[tokio::test]
    async fn a_panic_is_reported_instead_of_waited_for() {
        let outcomes: Outcomes<()> = Outcomes::new();
        let appid = AppId::parse("wx00000000000000a1").unwrap();
        let code = AuthCode::parse("code").unwrap();
        let verifier = Verifier::parse(&"a".repeat(32)).unwrap();
        let work = async { panic!("the work panics, as this test wants") };
        let shared = outcomes
            .share(&appid, &code, &verifier, work, |()| true, |_| {})
            .await;
        assert_eq!(shared, Err(Unshared::Interrupted));
    }
}
