//! The computers that wait at this process, and one question a second to the database for all of them: another replica
//! may have had the phone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use login_store::{ScanState, Store};
use tokio::sync::watch;

use crate::login::clock::Clock;

/// How often the database is asked while somebody waits.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// How far back it is asked, in milliseconds: clocks of replicas are not the same.
const OVERLAP: u64 = 10_000;

/// Whoever waits here, by their pages.
pub(crate) struct Waiters {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    waiting: Mutex<Waiting>,
    is_ending: watch::Sender<bool>,
    /// How many pages may wait here at once.
    most: usize,
}

#[derive(Default)]
struct Waiting {
    pages: HashMap<String, watch::Sender<ScanState>>,
    /// The task that asks the database has the other end, however that ends.
    looking: Weak<()>,
}

/// One who waits.
pub(crate) struct Waiter {
    waiters: Arc<Waiters>,
    page: String,
    states: watch::Receiver<ScanState>,
}

impl Waiters {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, most: usize) -> Self {
        Self {
            most,
            store,
            clock,
            waiting: Mutex::default(),
            is_ending: watch::Sender::new(false),
        }
    }

    /// Waits for news of the scan of this page, of which this is known, and sends home who waited for it before. The
    /// database is asked from now on. Nothing where too many wait already.
    pub(crate) fn join(self: &Arc<Self>, page: String, known: ScanState) -> Option<Waiter> {
        let mut waiting = self.lock();
        if waiting.pages.len() >= self.most && !waiting.pages.contains_key(&page) {
            return None;
        }
        let (sender, states) = watch::channel(known);
        waiting.pages.insert(page.clone(), sender);
        if waiting.looking.strong_count() == 0 {
            let looking = Arc::new(());
            waiting.looking = Arc::downgrade(&looking);
            tokio::spawn(Arc::clone(self).look(looking));
        }
        Some(Waiter {
            waiters: Arc::clone(self),
            page,
            states,
        })
    }

    /// The scan of this page is so far; whoever asked the database may come late with less.
    pub(crate) fn tell(&self, page: &str, state: ScanState) {
        if let Some(states) = self.lock().pages.get(page) {
            states.send_if_modified(|told| state > std::mem::replace(told, state.max(*told)));
        }
    }

    /// Nobody waits any more from now on.
    pub(crate) fn end(&self) {
        self.is_ending.send_replace(true);
    }

    /// As long as somebody waits.
    async fn look(self: Arc<Self>, _looking: Arc<()>) {
        loop {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            {
                let mut waiting = self.lock();
                if waiting.pages.is_empty() {
                    waiting.looking = Weak::new();
                    return;
                }
            }
            let since = self.clock.now_millis().saturating_sub(OVERLAP);
            // Where that fails everybody asks again by themselves, and is told.
            for (page, state) in self.store.changed_scans(since).await.unwrap_or_default() {
                self.tell(&page, state);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// The first state that is another one than this, or this one where there is none in time, another one has come for
    /// the same page, or the process ends.
    pub(crate) async fn news(mut self, known: ScanState, patience: Duration) -> ScanState {
        let mut ending = self.waiters.is_ending.subscribe();
        tokio::select! {
            news = self.states.wait_for(|state| *state != known) => news.map_or(known, |state| *state),
            _ = ending.wait_for(|is_ending| *is_ending) => known,
            () = tokio::time::sleep(patience) => known,
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        let states = waiting.pages.get(&self.page);
        // Another one may have come for the same page.
        if states.is_some_and(|states| states.subscribe().same_channel(&self.states)) {
            waiting.pages.remove(&self.page);
        }
        if waiting.pages.len() < waiting.pages.capacity() / 4 {
            let few = waiting.pages.len().saturating_mul(2);
            waiting.pages.shrink_to(few);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use login_store::DatabaseUrl;

    use super::*;
    use crate::login::clock::ManualClock;

    /// That it would wait otherwise is no test's business.
    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn one_waits_for_each_page_at_most_so_many_and_hears_nothing_old() {
        use ScanState::{Allowed, Seen, Waiting};
        let url = DatabaseUrl::parse("sqlite::memory:").unwrap();
        let store = login_store::open(&url).await.unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        let waiters = Arc::new(Waiters::new(store, clock, 2));
        let join = |page: &str| waiters.join(page.to_owned(), Waiting);
        let (first, other) = (join("a").unwrap(), join("b").unwrap());
        assert!(join("c").is_none(), "two are the most");
        let second = join("a").unwrap();
        let sent_home = first.news(Waiting, LONG).now_or_never();
        assert_eq!(sent_home, Some(Waiting));
        waiters.tell("a", Allowed);
        waiters.tell("a", Seen);
        assert_eq!(second.news(Waiting, LONG).now_or_never(), Some(Allowed));
        assert!(join("c").is_some(), "one has gone");
        drop(other);
    }
}
