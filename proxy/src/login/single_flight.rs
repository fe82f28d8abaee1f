//! Single flight: every code is exchanged once, and whoever asks again with the same verifier gets the first answer.
//!
//! Callbacks are often delivered twice, above all on Android, sometimes at the same moment. WeChat accepts a code
//! once, so the second must wait for the first and share its answer. Only the browser that began the login knows the
//! verifier; whoever saw merely the address with the code in it gets nothing and causes no call to WeChat.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::clock::{Clock, millis};
use super::flight::{self, Flight, Takeoff};
use super::in_flight::InFlight;
use super::kept::{Found, Keep, Kept, Key, Proof};
use super::verifier::Verifier;
use wechat_oauth::{AppId, AuthCode};

/// An official account's codes live five minutes; afterwards WeChat refuses them itself. A website application's live
/// ten, but are spent: WeChat refuses those as used.
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);
/// How much of outcomes at most; beyond that the oldest are forgotten. WeChat allows 50,000 logins a minute, and those of
/// five minutes take 60 MB.
pub(super) const KEPT_BYTES: usize = 96 * 1024 * 1024;

/// Work under way and what is kept of recent outcomes, by appid and code.
pub(super) struct SingleFlight<T, R> {
    shared: Arc<Mutex<Flights<T, R>>>,
    /// How an outcome is kept, told what it may be packed with.
    keep: fn(&T, &[u8]) -> Keep<R>,
    /// Keyed by chance, so that nobody can choose codes that are taken for one another.
    hasher: RandomState,
    clock: Arc<dyn Clock>,
    in_flight: InFlight,
}

struct Flights<T, R> {
    under_way: HashMap<Key, UnderWay<T>>,
    /// Nothing of one whose task panicked.
    kept: Kept<Option<R>>,
}

struct UnderWay<T> {
    proof: Proof,
    result: Flight<T>,
}

/// Who asks for an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
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
pub(super) enum FlightError {
    /// Somebody else was first with this code.
    OtherVerifier,
    /// The task that worked on it panicked.
    Interrupted,
}

impl<T, R> SingleFlight<T, R>
where
    T: Clone + Send + Sync + 'static,
    R: Send + 'static,
{
    /// Keeps each outcome for five minutes as `keep` says. One that is not kept is only shared with those who wait for it.
    pub(super) fn new(clock: Arc<dyn Clock>, keep: fn(&T, &[u8]) -> Keep<R>) -> Self {
        let flights = Flights {
            under_way: HashMap::new(),
            kept: Kept::new(millis(KEPT_FOR), KEPT_BYTES),
        };
        Self {
            shared: Arc::new(Mutex::new(flights)),
            keep,
            hasher: RandomState::new(),
            clock,
            in_flight: InFlight::default(),
        }
    }

    /// The work that is not done yet, whether or not somebody waits for it.
    pub(super) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// The outcome for this code: what `restore` makes of the kept one, the one under way, or else that of `work`.
    ///
    /// `work` runs in a task of its own, so a caller that goes away does not lose it.
    pub(super) async fn share<W>(
        &self,
        appid: &AppId,
        code: &AuthCode,
        verifier: &Verifier,
        work: W,
        restore: impl FnOnce(Found<'_, R>) -> Option<T>,
        tell: impl FnOnce(Joined),
    ) -> Result<T, FlightError>
    where
        W: Future<Output = T> + Send + 'static,
    {
        let key = self.hasher.hash_one((appid.as_str(), code.expose()));
        let proof = proof(&[appid.as_str(), code.expose(), verifier.expose()]);
        let is_same = |other: &Proof| bool::from(other.ct_eq(&proof));
        let stranger = Err(FlightError::OtherVerifier);
        let result = {
            let mut flights = lock(&self.shared);
            if let Some((first, found)) = flights.kept.find(key, millis(self.clock.monotonic())) {
                if !is_same(&first) {
                    tell(Joined::Stranger);
                    return stranger;
                }
                tell(Joined::Kept);
                let outcome = match found {
                    Found::Packed { bytes, first } => restore(Found::Packed { bytes, first }),
                    Found::AsIs(Some(outcome)) => restore(Found::AsIs(outcome)),
                    Found::AsIs(None) => None,
                };
                return outcome.ok_or(FlightError::Interrupted);
            }
            if let Some(flight) = flights.under_way.get(&key) {
                if !is_same(&flight.proof) {
                    tell(Joined::Stranger);
                    return stranger;
                }
                tell(Joined::Waited);
                flight.result.clone()
            } else {
                tell(Joined::First);
                let (takeoff, result) = flight::prepare();
                let flight = UnderWay {
                    proof,
                    result: result.clone(),
                };
                flights.under_way.insert(key, flight);
                drop(flights);
                self.begin(key, proof, work, takeoff);
                result
            }
        };
        result.await.map_err(|_| FlightError::Interrupted)
    }

    /// Does the work of a flight that is under way.
    fn begin<W>(&self, key: Key, proof: Proof, work: W, takeoff: Takeoff<T>)
    where
        W: Future<Output = T> + Send + 'static,
    {
        let in_flight = self.in_flight.begin();
        let (shared, clock, keep) = (self.shared.clone(), self.clock.clone(), self.keep);
        takeoff.begin(work, move |outcome| {
            let mut flights = lock(&shared);
            let now = millis(clock.monotonic());
            flights.kept.keep(key, proof, now, |other| {
                match outcome.map(|outcome| keep(outcome, other)) {
                    Some(Keep::Packed(bytes)) => Keep::Packed(bytes),
                    Some(Keep::AsIs(outcome)) => Keep::AsIs(Some(outcome)),
                    Some(Keep::Not) => Keep::Not,
                    None => Keep::AsIs(None),
                }
            });
            let flight = flights.under_way.remove(&key);
            drop(flights);
            // Outside: it may be the last one who knew of it.
            drop(flight);
            drop(in_flight);
        });
    }
}

fn lock<T, R>(shared: &Mutex<Flights<T, R>>) -> MutexGuard<'_, Flights<T, R>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// SHA-256 of the parts, each closed by a zero byte, which none of them can contain. What is kept of them for long is
/// nothing else, so that a memory dump holds neither codes nor verifiers.
fn proof(parts: &[&str]) -> Proof {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
