//! The first stage and the app alone come to the same end, whatever the address, the storage and the proxy hold.

use std::cell::RefCell;

use api_types::{Bootstrap, ExchangeRequest, LoginState, Session};
use futures_util::FutureExt as _;
use leptos_wechat_login::flow::{Api, Browser as _, Flow, Headless, Leave, Storage, Stored};
use leptos_wechat_login::{AuthState, Failure, Trouble};
use login_decision::pending_login::KEY_PREFIX;
use login_decision::public_page::MOVED_KEY;
use proptest::strategy::{Strategy as _, ValueTree as _};
use test_support::made_up;

mod stage;
mod world;

use stage::{arrive, enter};
use world::World;

/// What came of so many page loads.
#[derive(Debug, Default)]
struct Count {
    untouched: u32,
    posted: u32,
    second_codes: u32,
    left: u32,
    moved: u32,
    stayed: u32,
    unanswered: u32,
}

#[test]
fn the_page_ends_where_the_app_alone_would_end() {
    let mut runner = made_up::runner();
    let mut count = Count::default();
    let strategy = world::worlds();
    for _ in 0..4_000 {
        let world = strategy.new_tree(&mut runner).unwrap().current();
        compare(&world, &mut count);
    }
    let Count {
        untouched,
        posted,
        second_codes,
        left,
        moved,
        stayed,
        unanswered,
    } = count;
    let all = [
        untouched,
        posted,
        second_codes,
        left,
        moved,
        stayed,
        unanswered,
    ];
    assert!(all.iter().all(|it| *it > 30), "{count:?}");
}

fn compare(world: &World, count: &mut Count) {
    // The page first, because the app sweeps and stores.
    let brought = arrive(world).expect("it fits");
    let app = alone(world, &brought.shown);
    assert_eq!(brought.shown, app.shown, "{world:?}");
    count.untouched += u32::from(brought.kind.is_empty());

    let first = app.posted.first();
    let posted = first.map(|it| (it.key.as_str(), it.record.as_str()));
    let bound = !brought.body.is_empty();
    let expected = bound.then_some((brought.key.as_str(), brought.bound.as_str()));
    assert_eq!(posted, expected, "{world:?}");
    if let Some(first) = first {
        let body: ExchangeRequest = serde_json::from_str(&brought.body).unwrap();
        let body = serde_json::to_value(&body).unwrap();
        assert_eq!(body, first.body, "{world:?}");
        count.posted += 1;
    }
    count.second_codes += u32::from(app.posted.len() > 1);

    let left = enter(world, &brought);
    assert_eq!(left, app.left, "{world:?}");
    let is_move = |it: &[String; 3]| it[1] == MOVED_KEY;
    count.moved += u32::from(left.as_ref().is_some_and(is_move));
    count.left += u32::from(left.as_ref().is_some_and(|it| !is_move(it)));
    count.stayed += u32::from(left.is_none());
    count.unanswered += u32::from(app.state == AuthState::Failed(Trouble::Unanswered));
}

/// What the app did without a first stage.
struct Alone {
    shown: String,
    posted: Vec<Posted>,
    left: Option<[String; 3]>,
    state: AuthState,
}

/// A request for a session, and what was stored under which key before.
struct Posted {
    body: serde_json::Value,
    key: String,
    record: String,
}

struct Proxy<'a> {
    world: &'a World,
    stored: Stored,
    posted: RefCell<Vec<Posted>>,
}

fn alone(world: &World, shown: &str) -> Alone {
    let stored = Stored::default();
    for (storage, key, text) in &world.records {
        stored
            .borrow_mut()
            .insert((*storage, key.clone()), text.clone());
    }
    let proxy = Proxy {
        world,
        stored: stored.clone(),
        posted: RefCell::default(),
    };
    let browser = Headless::open(world.origin, &world.local, world::NOW, &stored, random);
    browser.user_agent.set(world.user_agent);
    if world.is_signed_out {
        browser.store(Storage::Tab, "wechat-login-signed-out", Some("1"));
    }
    if !world.moved_at.is_empty() {
        browser.store(Storage::Tab, MOVED_KEY, Some(world.moved_at));
    }
    let flow = Flow::arrive(browser, &proxy);
    let local = flow.browser().address().local();
    assert_eq!(local, shown, "{world:?}");
    // As in the app's own router.
    let path = flow.browser().address().path;
    if matches!(path.trim_end_matches('/'), "" | "/orders") {
        flow.require();
    }
    flow.start().now_or_never().expect("nothing here waits");
    let left = flow.browser().left_for.take().map(|(url, leave)| {
        assert_eq!(leave, Leave::Replacing);
        let Some((_, state)) = url
            .split_once("/connect/")
            .and_then(|it| it.1.split_once("&state="))
        else {
            let stored = flow.browser().stored(Storage::Tab, MOVED_KEY);
            return [url, MOVED_KEY.to_owned(), stored.unwrap()];
        };
        let key = format!("{KEY_PREFIX}{}", state.trim_end_matches("#wechat_redirect"));
        let record = proxy.stored_under(&key);
        [url, key, record]
    });
    Alone {
        shown: local,
        left,
        state: flow.state(),
        posted: proxy.posted.take(),
    }
}

/// Fair bytes and others.
fn random(bytes: &mut [u8]) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from(at * 37 % 256).unwrap();
    }
}

impl Proxy<'_> {
    fn stored_under(&self, key: &str) -> String {
        let stored = self.stored.borrow();
        let [tab, site] = Storage::BOTH.map(|it| stored.get(&(it, key.to_owned())));
        assert_eq!(tab, site);
        tab.cloned().expect("nothing is stored")
    }
}

impl Api for &Proxy<'_> {
    async fn bootstrap(&self) -> Result<Bootstrap, Failure> {
        Ok(self.world.bootstrap.clone())
    }

    async fn create_session(&self, request: &ExchangeRequest) -> Result<Session, Failure> {
        let stored = self.stored.borrow().clone();
        let mut stored = stored.into_iter();
        // Others may have its text under a key that is none.
        let is_key = |key: &str| key.strip_prefix(KEY_PREFIX).and_then(LoginState::read);
        let own = stored
            .find(|((_, key), text)| is_key(key).is_some() && text.starts_with(&request.verifier));
        let ((_, key), _) = own.expect("it was not stored before");
        let record = self.stored_under(&key);
        let body = serde_json::to_value(request).unwrap();
        self.posted.borrow_mut().push(Posted { body, key, record });
        Err(Failure::Unreachable)
    }

    async fn session(&self) -> Result<Session, Failure> {
        Err(Failure::Unreachable)
    }

    async fn delete_session(&self) -> Result<(), Failure> {
        Err(Failure::Unreachable)
    }
}
