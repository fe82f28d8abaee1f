//! A browser of memory, for programs that log in as phones do: load tests, tests of a back end, monitoring.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::{Address, Browser, Leave, Notice, Storage};

/// What a browser has stored; page loads of the same browser share it.
pub type Stored = Rc<RefCell<HashMap<(Storage, String), String>>>;

/// One page load of a browser without a screen. Whoever drives it gives it chance, and has its clock go.
pub struct Headless {
    origin: String,
    local: RefCell<String>,
    stored: Stored,
    random: fn(&mut [u8]),
    /// What it says it is: WeChat's browser, as far as it matters.
    pub user_agent: Cell<&'static str>,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: Cell<u64>,
    /// Where the page was left for, once it was.
    pub left_for: RefCell<Option<(String, Leave)>>,
    /// How often the page was to be loaded anew.
    pub reloads: Cell<u32>,
    /// What went wrong beside the session, if anything did.
    pub notice: RefCell<Option<Notice>>,
}

impl Headless {
    /// Opens `local` (path, query and fragment) of the site at `origin`, at this time.
    pub fn open(
        origin: &str,
        local: &str,
        now: u64,
        stored: &Stored,
        random: fn(&mut [u8]),
    ) -> Self {
        Self {
            origin: origin.to_owned(),
            local: RefCell::new(local.to_owned()),
            stored: Rc::clone(stored),
            random,
            user_agent: Cell::new("MicroMessenger"),
            now: Cell::new(now),
            left_for: RefCell::default(),
            reloads: Cell::default(),
            notice: RefCell::default(),
        }
    }
}

impl Browser for Headless {
    fn address(&self) -> Address {
        let local = self.local.borrow();
        let (page, fragment) = parts(&local, '#');
        let (path, search) = parts(page, '?');
        Address {
            origin: self.origin.clone(),
            path: path.to_owned(),
            search: search.to_owned(),
            fragment: fragment.to_owned(),
        }
    }

    fn replace_address(&self, local: &str) {
        local.clone_into(&mut self.local.borrow_mut());
    }

    fn go(&self, url: &str, leave: Leave) {
        self.left_for.replace(Some((url.to_owned(), leave)));
    }

    fn reload(&self) {
        self.reloads.set(self.reloads.get().saturating_add(1));
    }

    fn now(&self) -> u64 {
        self.now.get()
    }

    fn random(&self, bytes: &mut [u8]) {
        (self.random)(bytes);
    }

    fn user_agent(&self) -> String {
        self.user_agent.get().to_owned()
    }

    fn stored(&self, storage: Storage, key: &str) -> Option<String> {
        let key = (storage, key.to_owned());
        self.stored.borrow().get(&key).cloned()
    }

    fn store(&self, storage: Storage, key: &str, value: Option<&str>) {
        let key = (storage, key.to_owned());
        let mut stored = self.stored.borrow_mut();
        match value {
            Some(value) => stored.insert(key, value.to_owned()),
            None => stored.remove(&key),
        };
    }

    fn stored_keys(&self, storage: Storage) -> Vec<String> {
        let stored = self.stored.borrow();
        let keys = stored.keys().filter(|key| key.0 == storage);
        keys.map(|key| key.1.clone()).collect()
    }

    fn notify(&self, notice: Option<&Notice>) {
        self.notice.replace(notice.cloned());
    }
}

/// What stands before this character, and what begins with it.
fn parts(text: &str, at: char) -> (&str, &str) {
    let end = text.find(at).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
