//! Lines that say how far a long load has come.

use std::time::{Duration, Instant};

/// How long nothing is said.
const PAUSE: Duration = Duration::from_secs(15);

pub(crate) struct Progress {
    what: &'static str,
    of: usize,
    done: usize,
    said: Instant,
}

impl Progress {
    pub(crate) fn start(what: &'static str, of: usize) -> Self {
        Self {
            what,
            of,
            done: 0,
            said: Instant::now(),
        }
    }

    pub(crate) fn add(&mut self, count: usize) {
        self.done = self.of.min(self.done + count);
        if self.said.elapsed() >= PAUSE {
            self.said = Instant::now();
            println!("    … {} of {} {}", self.done, self.of, self.what);
        }
    }
}
