//! The whole login, natively: page loads in a browser of memory, against a proxy that answers as told.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use api_types::{
    AccountInfo, ApiError, Bootstrap, ErrorCode, ExchangeRequest, Profile, Scope, Session,
};
use futures_util::FutureExt as _;
use leptos_wechat_login::flow::{Api, Browser as _, Flow, Headless, Leave, Stored};
use leptos_wechat_login::{AuthState, Failure, GuestReason, Notice, SignInOptions, Trouble};

const BEGIN: u64 = 1_790_000_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A browser with one tab, and the proxy.
#[derive(Default)]
struct World {
    stored: Stored,
    /// Since the beginning.
    elapsed_ms: Cell<u64>,
    is_offline: Cell<bool>,
    session: RefCell<Option<Session>>,
    exchanges: RefCell<VecDeque<Result<Session, Failure>>>,
    /// The codes that the proxy was sent.
    sent: RefCell<Vec<String>>,
}

type Page<'a> = Flow<Headless, &'a World>;

impl World {
    /// Loads a page; all but the first one need a login.
    fn open(&self, local: &str) -> Page<'_> {
        self.open_at("https://shop.example", local)
    }

    fn open_at(&self, origin: &str, local: &str) -> Page<'_> {
        // The time makes each state another one.
        self.elapsed_ms.set(self.elapsed_ms.get() + 1);
        let random = |bytes: &mut [u8]| bytes.fill(7);
        let now_ms = BEGIN + self.elapsed_ms.get();
        let browser = Headless::open(origin, local, now_ms, &self.stored, random);
        let flow = Flow::arrive(browser, self);
        if local != "/" {
            assert!(!flow.require());
        }
        now(flow.start());
        flow
    }

    fn proxy_says(&self, answers: impl IntoIterator<Item = Result<Session, Failure>>) {
        self.exchanges.borrow_mut().extend(answers);
    }

    fn answer<T>(&self, answer: T) -> Result<T, Failure> {
        if self.is_offline.get() {
            return Err(Failure::Unreachable);
        }
        Ok(answer)
    }
}

/// The address to which WeChat sends the browser that has left a page for it, with this code.
fn callback(page: &Page<'_>, code: &str) -> String {
    let (url, _) = page.browser().left_for.take().expect("nobody left");
    let (_, rest) = url.split_once("&state=").unwrap();
    let state = rest.strip_suffix("#wechat_redirect").unwrap();
    format!("/orders?code={code}&state={state}#wechat_redirect")
}

fn leave(page: &Page<'_>) -> Option<Leave> {
    let left_for = page.browser().left_for.borrow();
    left_for.as_ref().map(|it| it.1)
}

fn notice(page: &Page<'_>) -> Option<Notice> {
    page.browser().notice.take()
}

fn local(page: &Page<'_>) -> String {
    page.browser().address().local()
}

impl Api for &World {
    async fn bootstrap(&self) -> Result<Bootstrap, Failure> {
        let account = AccountInfo {
            appid: "wx0123456789abcdef".to_owned(),
            title: "山茶书店".to_owned(),
            website_appid: None,
        };
        self.answer(Bootstrap {
            public_url: "https://shop.example".to_owned(),
            test_account: false,
            authorize_url_base: "https://wechat.example".to_owned(),
            qrconnect_url_base: "https://wechat.example".to_owned(),
            default_account: "shop".to_owned(),
            accounts: BTreeMap::from([("shop".to_owned(), account)]),
            require_wechat: true,
            session: self.session.borrow().clone(),
        })
    }

    async fn create_session(&self, request: &ExchangeRequest) -> Result<Session, Failure> {
        self.sent.borrow_mut().push(request.code.clone());
        let answer = self.exchanges.borrow_mut().pop_front();
        let answer = answer.expect("an exchange that nobody expected");
        if let Ok(session) = &answer {
            *self.session.borrow_mut() = Some(session.clone());
        }
        answer
    }

    async fn session(&self) -> Result<Session, Failure> {
        let session = self.answer(self.session.borrow().clone())?;
        session.ok_or_else(|| refused(ErrorCode::Unauthorized))
    }

    async fn delete_session(&self) -> Result<(), Failure> {
        self.answer(())?;
        self.session.take();
        Ok(())
    }
}

/// Nothing here waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("it waits")
}

fn refused(code: ErrorCode) -> Failure {
    Failure::Refused(ApiError {
        code,
        message: String::new(),
        request_id: String::new(),
        wechat: None,
    })
}

fn somebody(scope: Scope) -> Session {
    Session {
        account: "shop".to_owned(),
        appid: "wx0123456789abcdef".to_owned(),
        openid: "openid".to_owned(),
        unionid: None,
        scope,
        snapshot: false,
        profile: (scope == Scope::Userinfo).then(|| Profile {
            nickname: "小明".to_owned(),
            headimgurl: String::new(),
        }),
        expires_at: (BEGIN + 30 * DAY_MS) / 1000,
    }
}

fn signed_in(scope: Scope) -> AuthState {
    AuthState::SignedIn(somebody(scope))
}

#[test]
fn a_silent_login_comes_back_to_the_page_it_left_and_leaves_nothing_behind() {
    let world = World::default();
    let page = "/orders?tab=2#new";
    let flow = world.open(page);
    assert_eq!(flow.state(), AuthState::Redirecting(None));
    assert_eq!(world.stored.borrow().len(), 2, "in both storages");
    assert_eq!(leave(&flow), Some(Leave::Replacing));

    world.proxy_says([Ok(somebody(Scope::Base))]);
    let flow = world.open(&callback(&flow, "C"));
    assert_eq!(flow.state(), signed_in(Scope::Base));
    assert_eq!(local(&flow), page);
    assert_eq!(*world.sent.borrow(), ["C"]);
    assert!(world.stored.borrow().is_empty());
}

#[test]
fn the_address_is_clean_also_where_nobody_answers() {
    let world = World::default();
    let callback = callback(&world.open("/orders"), "C");
    world.is_offline.set(true);
    let flow = world.open(&callback);
    assert_eq!(local(&flow), "/orders");
    let trouble = Trouble::Api(Failure::Unreachable);
    assert_eq!(flow.state(), AuthState::Failed(trouble));
}

#[test]
fn a_page_for_everybody_asks_nobody_until_one_that_needs_it_does() {
    let world = World::default();
    let flow = world.open("/");
    assert_eq!(flow.state(), AuthState::Guest(GuestReason::NotNeeded));
    assert!(flow.require());
    flow.browser().replace_address("/orders");
    now(flow.enter_page());
    assert_eq!(flow.state(), AuthState::Redirecting(None));
    let (url, _) = flow.browser().left_for.take().unwrap();
    let redirect_uri = "redirect_uri=https%3A%2F%2Fshop.example%2Forders&";
    assert!(url.contains(redirect_uri), "{url}");
}

#[test]
fn a_spent_code_begins_once_more_and_then_never_again() {
    let world = World::default();
    let used = || Err(refused(ErrorCode::CodeUsed));
    world.proxy_says([used(), used()]);
    let flow = world.open(&callback(&world.open("/orders"), "A"));
    assert_eq!(flow.state(), AuthState::Redirecting(None));
    let flow = world.open(&callback(&flow, "B"));
    let trouble = Trouble::Api(refused(ErrorCode::CodeUsed));
    assert_eq!(flow.state(), AuthState::Failed(trouble));
    assert_eq!(leave(&flow), None);
}

#[test]
fn a_browser_that_forgets_is_sent_twice_and_a_code_nobody_waits_for_to_no_one() {
    let world = World::default();
    let mut flow = world.open("/orders");
    for state in [
        AuthState::Redirecting(None),
        AuthState::Failed(Trouble::ForgetfulBrowser),
    ] {
        world.stored.take();
        flow = world.open(&callback(&flow, "C"));
        assert_eq!(flow.state(), state);
    }
    assert!(world.sent.borrow().is_empty());
}

#[test]
fn where_no_answer_ever_comes_back_the_loop_ends_and_a_tap_begins_anew() {
    let world = World::default();
    let unanswered = AuthState::Failed(Trouble::Unanswered);
    let loads = (1..20).find(|_| world.open("/orders").state() == unanswered);
    assert_eq!(loads, Some(6), "five went");
    assert_eq!(world.open("/orders").state(), AuthState::Redirecting(None));
}

#[test]
fn consent_brings_the_name_and_a_refusal_leaves_the_session() {
    let world = World::default();
    *world.session.borrow_mut() = Some(somebody(Scope::Base));
    let flow = world.open("/orders");
    flow.request_profile("why");
    assert_eq!(flow.state(), AuthState::Redirecting(Some("why")));
    assert_eq!(leave(&flow), Some(Leave::Pushing));
    let flow = world.open(&callback(&flow, "").replace("code=&", ""));
    assert_eq!(flow.state(), signed_in(Scope::Base));
    assert_eq!(notice(&flow), Some(Notice::ProfileRefused));

    flow.request_profile("why");
    world.proxy_says([Ok(somebody(Scope::Userinfo))]);
    let flow = world.open(&callback(&flow, "C"));
    assert_eq!(flow.state(), signed_in(Scope::Userinfo));
    assert_eq!(notice(&flow), None);
}

#[test]
fn who_signs_out_stays_out_until_a_tap_and_stays_in_where_the_proxy_does_not_hear() {
    let world = World::default();
    *world.session.borrow_mut() = Some(somebody(Scope::Base));
    let flow = world.open("/orders");
    world.is_offline.set(true);
    now(flow.sign_out());
    assert_eq!(flow.state(), signed_in(Scope::Base));
    let failed = Notice::SignOutFailed(Failure::Unreachable);
    assert_eq!(notice(&flow), Some(failed));

    world.is_offline.set(false);
    now(flow.sign_out());
    let signed_out = AuthState::Guest(GuestReason::SignedOut);
    assert_eq!(flow.state(), signed_out);
    let flow = world.open("/orders");
    assert_eq!(flow.state(), signed_out);
    flow.sign_in(SignInOptions::default());
    assert_eq!(flow.state(), AuthState::Redirecting(None));
}

#[test]
fn a_page_that_was_left_open_asks_again_and_is_usable_offline() {
    let world = World::default();
    *world.session.borrow_mut() = Some(somebody(Scope::Base));
    let flow = world.open("/orders");
    assert!(!flow.is_stale());
    flow.browser().now.set(BEGIN + DAY_MS);
    assert!(flow.is_stale());
    world.is_offline.set(true);
    now(flow.check_again());
    assert_eq!(flow.state(), signed_in(Scope::Base));
    world.is_offline.set(false);
    world.session.take();
    now(flow.check_again());
    assert_eq!(flow.browser().reloads.get(), 1, "the session has ended");
}

#[test]
fn an_account_nobody_serves_is_said_and_not_asked_for() {
    let world = World::default();
    let flow = world.open("/orders?account=nobody");
    assert_eq!(flow.state(), AuthState::Failed(Trouble::UnknownAccount));
    assert_eq!(leave(&flow), None);
}

#[test]
fn a_page_opened_elsewhere_goes_to_public_url_and_sent_back_it_goes_on_where_it_is() {
    let world = World::default();
    let elsewhere = "http://www.shop.example";
    let page = "/orders?tab=%E8%8C%B6&x=a+b&code=INVITE#new";
    let flow = world.open_at(elsewhere, page);
    assert_eq!(flow.state(), AuthState::Loading);
    let there = format!("https://shop.example{page}");
    let left_for = flow.browser().left_for.take();
    assert_eq!(left_for, Some((there.clone(), Leave::Replacing)));

    let flow = world.open_at(elsewhere, page);
    assert_eq!(flow.state(), AuthState::Redirecting(None));
    let (url, _) = flow.browser().left_for.borrow().clone().unwrap();
    assert!(url.contains("redirect_uri=https%3A%2F%2Fshop.example%2Forders%3F"));
    // What it waits for is exchanged here, however long ago it moved.
    world.elapsed_ms.set(6 * 60 * 1000);
    world.proxy_says([Ok(somebody(Scope::Base))]);
    let flow = world.open_at(elsewhere, &callback(&flow, "C"));
    assert_eq!(flow.state(), signed_in(Scope::Base));
    assert_eq!((local(&flow), leave(&flow)), (page.to_owned(), None));

    // Who comes again, later, belongs there.
    let flow = world.open_at(elsewhere, page);
    assert_eq!(flow.browser().left_for.take().unwrap().0, there);
}

#[test]
fn a_clock_that_is_set_right_meanwhile_costs_one_more_way_to_wechat_and_no_more() {
    for (before, then) in [(2 * DAY_MS, DAY_MS), (DAY_MS, 2 * DAY_MS)] {
        let world = World::default();
        world.elapsed_ms.set(before);
        let first = world.open("/orders");
        world.elapsed_ms.set(then);
        let second = world.open(&callback(&first, "TOO_EARLY_OR_TOO_LATE"));
        assert_eq!(second.state(), AuthState::Redirecting(None));
        world.proxy_says([Ok(somebody(Scope::Base))]);
        let third = world.open(&callback(&second, "C"));
        assert_eq!(third.state(), signed_in(Scope::Base));
        assert_eq!(*world.sent.borrow(), ["C"]);
    }
}
