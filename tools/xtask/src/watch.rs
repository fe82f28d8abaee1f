//! Tells when source files have changed, after the editor has finished writing.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::screen;

/// Saving one file causes several events, a branch switch hundreds: they count as one change when this long is quiet.
const QUIET: Duration = Duration::from_millis(300);

/// A watch on some folders.
pub(crate) struct Watch {
    events: Receiver<()>,
    last_event: Option<Instant>,
    // Dropping the watcher would end the watch.
    _watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Watches the folders and all below. Where the system cannot, it says so once and nothing is ever reported.
    pub(crate) fn start<P: AsRef<Path>>(folders: impl IntoIterator<Item = P>) -> Watch {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_change(&event.kind)) {
                // The receiver goes only when the program ends.
                let _ = sender.send(());
            }
        })
        .and_then(|mut watcher| {
            for folder in folders {
                watcher.watch(folder.as_ref(), RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        })
        .inspect_err(|error| {
            screen::say(&format!(
                "cannot watch the sources ({error}): restart by hand after a change"
            ));
        });
        Watch {
            events,
            last_event: None,
            _watcher: watcher.ok(),
        }
    }

    /// True once per change, when it has been quiet for a moment. To be asked again and again.
    pub(crate) fn has_changed(&mut self) -> bool {
        if self.events.try_iter().count() > 0 {
            self.last_event = Some(Instant::now());
        }
        self.last_event
            .take_if(|last| last.elapsed() >= QUIET)
            .is_some()
    }
}

/// Reading a file is no change; cargo reads all of them.
fn is_change(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;

    fn watch_by_hand() -> (Sender<()>, Watch) {
        let (sender, events) = channel();
        let watch = Watch {
            events,
            last_event: None,
            _watcher: None,
        };
        (sender, watch)
    }

    #[test]
    fn many_events_are_one_change_once_it_is_quiet() {
        let (sender, mut watch) = watch_by_hand();
        assert!(!watch.has_changed());
        sender.send(()).unwrap();
        sender.send(()).unwrap();
        assert!(!watch.has_changed(), "the editor may still be writing");
        watch.last_event = Some(Instant::now() - QUIET);
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
    }

    #[test]
    fn saved_files_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::start([folder.path()]);
        std::fs::write(folder.path().join("lib.rs"), "//! changed").unwrap();
        let asked = Instant::now();
        while !watch.has_changed() {
            assert!(asked.elapsed() < Duration::from_secs(20), "never noticed");
            std::thread::yield_now();
        }
    }

    #[test]
    fn reading_is_no_change() {
        assert!(!is_change(&EventKind::Access(
            notify::event::AccessKind::Read
        )));
        assert!(is_change(&EventKind::Modify(
            notify::event::ModifyKind::Any
        )));
    }
}
