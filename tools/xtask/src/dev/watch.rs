//! Tells when source files have changed, after the editor has finished writing.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::screen;

/// Saving one file causes several events, a branch switch hundreds: they count as one change when this long is quiet.
const QUIET: Duration = Duration::from_millis(300);

/// A watch on some folders.
pub(super) struct Watch {
    events: Receiver<()>,
    last_event: Option<Instant>,
    // Dropping it would end the watch.
    _watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Watches the folders and all below. Where the system cannot, it says so once and nothing is ever reported.
    pub(super) fn start(folders: impl IntoIterator<Item = PathBuf>) -> Watch {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_change(&event.kind)) {
                // The receiver goes only when the program ends.
                let _ = sender.send(());
            }
        });
        let watching = watcher.and_then(|mut watcher| {
            for folder in folders {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        if let Err(error) = &watching {
            screen::say(&format!(
                "cannot watch the sources ({error}): restart by hand after a change"
            ));
        }
        Watch {
            events,
            last_event: None,
            _watcher: watching.ok(),
        }
    }

    /// True once per change, when it has been quiet for a moment. To be asked again and again.
    pub(super) fn has_changed(&mut self) -> bool {
        if self.events.try_iter().count() > 0 {
            self.last_event = Some(Instant::now());
        }
        self.last_event
            .take_if(|last| last.elapsed() >= QUIET)
            .is_some()
    }
}

/// Reading a file is no change; cargo reads all of them. (It is one to `notify-debouncer-mini`.)
fn is_change(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_file_is_noticed_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::start([folder.path().to_owned()]);
        assert!(watch._watcher.is_some() && !watch.has_changed());
        std::fs::write(folder.path().join("lib.rs"), "//! changed").unwrap();
        while !watch.has_changed() {
            std::thread::yield_now();
        }
        assert!(!watch.has_changed());
    }

    #[test]
    fn reading_is_no_change() {
        use notify::event::{AccessKind, ModifyKind};
        assert!(!is_change(&EventKind::Access(AccessKind::Read)));
        assert!(is_change(&EventKind::Modify(ModifyKind::Any)));
    }
}
