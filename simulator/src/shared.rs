//! The platform as many requests see it at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::platform::Platform;

/// One platform behind one lock. No request holds it while it waits for anything.
#[derive(Clone)]
pub(crate) struct SharedPlatform(Arc<Mutex<Platform>>);

impl SharedPlatform {
    /// Shares a platform.
    pub(crate) fn new(platform: Platform) -> Self {
        Self(Arc::new(Mutex::new(platform)))
    }

    /// The platform, for as long as the guard lives.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Platform> {
        // A test that panicked inside (an unknown person, say) must not take every later test's answer with it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
