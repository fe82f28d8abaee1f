//! The computers that wait at this process, and one question a second to the database for all of them: another replica
//! may have had the phone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
}

#[derive(Default)]
struct Waiting {
    pages: HashMap<String, watch::Sender<ScanState>>,
    /// Whether there is a task that asks the database.
    is_looking: bool,
}

/// One who waits.
pub(crate) struct Waiter {
    waiters: Arc<Waiters>,
    page: String,
    states: watch::Receiver<ScanState>,
}

impl Waiters {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            waiting: Mutex::default(),
            is_ending: watch::Sender::new(false),
        }
    }

    /// Waits for news of the scan of this page, of which this is known. The database is asked from now on.
    pub(crate) fn join(self: &Arc<Self>, page: String, known: ScanState) -> Waiter {
        let mut waiting = self.lock();
        let states = match waiting.pages.get(&page) {
            Some(states) => states.subscribe(),
            None => {
                let (sender, states) = watch::channel(known);
                waiting.pages.insert(page.clone(), sender);
                states
            }
        };
        if !waiting.is_looking {
            waiting.is_looking = true;
            tokio::spawn(Arc::clone(self).look());
        }
        Waiter {
            waiters: Arc::clone(self),
            page,
            states,
        }
    }

    /// The scan of this page is so far.
    pub(crate) fn tell(&self, page: &str, state: ScanState) {
        if let Some(states) = self.lock().pages.get(page) {
            states.send_if_modified(|told| std::mem::replace(told, state) != state);
        }
    }

    /// Nobody waits any more from now on.
    pub(crate) fn end(&self) {
        self.is_ending.send_replace(true);
    }

    /// As long as somebody waits.
    async fn look(self: Arc<Self>) {
        loop {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            {
                let mut waiting = self.lock();
                if waiting.pages.is_empty() {
                    waiting.is_looking = false;
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
    /// The first state that is another one than this, or this one where there is none in time, or the process ends.
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
        // This one is still counted.
        if states.is_some_and(|states| states.receiver_count() <= 1) {
            waiting.pages.remove(&self.page);
        }
        if waiting.pages.len() < waiting.pages.capacity() / 4 {
            let few = waiting.pages.len().saturating_mul(2);
            waiting.pages.shrink_to(few);
        }
    }
}
