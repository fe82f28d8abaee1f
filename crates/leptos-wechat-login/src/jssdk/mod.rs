//! WeChat's JS-SDK, with the feature `jssdk`: sharing, scanning, pictures, places and all else that a page in WeChat asks
//! of the phone.
//!
//! ```rust,no_run
//! # use leptos_wechat_login::jssdk::{Jssdk, Share};
//! # async fn page() -> Result<(), leptos_wechat_login::jssdk::JssdkError> {
//! let jssdk = Jssdk::new(&["scanQRCode"]); // in a component
//! jssdk
//!     .share(&Share {
//!         title: "龙井".to_owned(),
//!         desc: "明前".to_owned(),
//!         image: "https://shop.example/longjing.jpg".to_owned(),
//!         ..Share::default() // the link is this page's
//!     })
//!     .await?;
//! let scanned = jssdk.call("scanQRCode", &leptos_wechat_login::jssdk::object(&[])).await?;
//! # Ok(()) }
//! ```
//!
//! The proxy signs (`jssdk = true` under the account), and says where the script is loaded from; nothing of either is asked
//! for before the first call. Whether it worked says the call's own result: `wx.ready` also runs when WeChat has refused
//! the page, and `wx.error` never where WeChat's version begins with 1.0, as on the first HarmonyOS NEXT.
//!
//! # Which address is signed
//! On iPhones the one of the last real load, whatever the router has made of it since; elsewhere the present one, and anew
//! after each change of the route, once a call is made. Both without what is behind `#`. Where WeChat refuses one, the other
//! is tried, once.
//!
//! # What our removal of `code` means on iPhones
//! Directly after a login the last real load was that of WeChat's redirect, with `code` and `state` in the address. We have
//! taken them out of the address bar, but for an iPhone that load's address remains the one to sign; and it must not be
//! signed: it would have to go to the proxy in a query, which servers on the way write down, and the proxy refuses it. So the
//! present address is tried first, which some versions take, and if WeChat refuses it the page is loaded again: the session
//! is there by then, nobody goes to WeChat, and the address is the one in the address bar. Once: `sessionStorage` remembers
//! it until a call has worked.
//!
//! A page calls [`Jssdk::ready`] when it is shown, so that this happens before the user has begun anything there.

mod error;
pub(crate) mod landing;
mod plan;
mod wx;

use std::cell::{Cell, RefCell};
use std::future::pending;

use api_types::has_login_answer;
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

pub use self::error::JssdkError;
use self::landing::here;
use self::plan::{Attempt, Outcome};
use self::wx::Signature;
pub use self::wx::object;
use crate::auth::{Auth, use_auth};
use crate::flow::client::Client;
use crate::flow::{AuthState, Browser, Leave, Storage};
use crate::{api, browser, json};

/// Where a tab remembers that the page was loaded again for the sake of its address.
const LOADED_AGAIN: &str = "wechat-login-jssdk";

/// What [`Jssdk::share`] sets.
const SHARES: [&str; 2] = ["updateAppMessageShareData", "updateTimelineShareData"];

/// How long a call that needs no user may take.
const ANSWER_MS: u32 = 10_000;

/// How long a new configuration may take: the first pause between two calls, which doubles, and the longest.
const PAUSES_MS: [u32; 2] = [100, 3_200];

thread_local! {
    /// What WeChat is asked for: all that the page has named so far, because a configuration replaces the last.
    static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    /// Where the page was, and how many names it had, when WeChat last granted something.
    static GRANTED: RefCell<Option<(String, usize)>> = const { RefCell::new(None) };
    /// Which address this client has turned out to want, where that told the two apart.
    static WANTS_LANDING: Cell<Option<bool>> = const { Cell::new(None) };
}

/// What a permission is for: the address without what is behind `#`, and so many names.
fn now() -> (String, usize) {
    let here = here();
    let address = here.split('#').next().unwrap_or_default();
    (address.to_owned(), NAMES.with_borrow(Vec::len))
}

fn is_granted() -> bool {
    GRANTED.with_borrow(|granted| *granted == Some(now()))
}

fn want(names: &[&'static str]) {
    NAMES.with_borrow_mut(|all| {
        for name in names {
            if !all.contains(name) {
                all.push(name);
            }
        }
    });
}

/// What is shared from WeChat's menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// In large letters.
    pub title: String,
    /// Below, in a chat; not in Moments.
    pub desc: String,
    /// In full, on a JS domain of the account; this page's if empty.
    pub link: String,
    /// The picture's address in full; none if empty.
    pub image: String,
}

/// WeChat's functions for this page; cheap to copy.
#[derive(Clone, Copy)]
pub struct Jssdk(Auth);

impl Jssdk {
    /// For these functions, by their names in `wx`. In a component below that of `provide_login`; asks nobody anything yet.
    pub fn new(names: &[&'static str]) -> Self {
        want(names);
        Self(use_auth())
    }

    /// Gets WeChat's permission, so that it is there when it is needed. May load the page again, see above.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ready(self) -> Result<(), JssdkError> {
        if !matches!(Client::of(&browser::user_agent()), Client::WeChat(_)) {
            return Err(JssdkError::NotInWechat);
        }
        // A router shows the page before its address.
        wx::sleep(0).await;
        // One after the other: a configuration ends the last.
        let _turn = wx::turn().await;
        if is_granted() {
            return Ok(());
        }
        let arguments = || {
            let arguments = Object::new();
            let names = NAMES.with_borrow(|names| wx::list(names));
            let _ = Reflect::set(&arguments, &"jsApiList".into(), &names);
            arguments
        };
        let result = self.permitted("checkJsApi", &arguments, Some(ANSWER_MS));
        result.await.map(drop)
    }

    /// Says what WeChat's menu shares from now on, in chats and in Moments.
    ///
    /// # Errors
    /// When WeChat did not take it.
    pub async fn share(self, share: &Share) -> Result<(), JssdkError> {
        want(&SHARES);
        let mut link = share.link.clone();
        if link.is_empty() {
            (link, _) = self.0.page_to_share();
        }
        let arguments = || {
            object(&[
                ("title", &share.title),
                ("desc", &share.desc),
                ("link", &link),
                ("imgUrl", &share.image),
            ])
        };
        for name in SHARES {
            self.make(name, &arguments, Some(ANSWER_MS)).await?;
        }
        Ok(())
    }

    /// Calls a function of `wx` and gives its result. It may be waiting for the user as long as it likes.
    ///
    /// # Errors
    /// When WeChat refuses, the call fails or the user cancels.
    pub async fn call(self, name: &'static str, arguments: &Object) -> Result<JsValue, JssdkError> {
        if name != "checkJsApi" {
            want(&[name]);
        }
        self.make(name, &|| arguments.clone(), None).await
    }

    async fn make(
        self,
        name: &str,
        arguments: &dyn Fn() -> Object,
        limit: Option<u32>,
    ) -> Result<JsValue, JssdkError> {
        self.ready().await?;
        if let Some(library) = wx::library_here()
            && let Ok(result) = judge(wx::call(&library, name, &arguments(), limit).await)
        {
            return result;
        }
        // The client's word about itself was not worth much.
        self.permitted(name, arguments, limit).await
    }

    /// The result of a call once WeChat permits it: with a signature of one address, of the other, after another load.
    async fn permitted(
        self,
        name: &str,
        arguments: &dyn Fn() -> Object,
        limit: Option<u32>,
    ) -> Result<JsValue, JssdkError> {
        let granted = now();
        let names = NAMES.with_borrow(Clone::clone);
        let by_nature = plan::wants_landing(&browser::user_agent(), wx::is_wkwebview());
        let wants_landing = WANTS_LANDING.get().unwrap_or(by_nature);
        let landing = landing::address();
        let browser = self.0.flow().browser();
        let may_load = browser.stored(Storage::Tab, LOADED_AGAIN).is_none();
        let mut error = JssdkError::NoAnswer;
        let mut has_tried = false;
        for attempt in plan::attempts(wants_landing, landing, plan::signable(&granted.0), may_load)
        {
            let Attempt::Sign(address) = attempt else {
                return Err(self.load_again(error).await);
            };
            let is_second = std::mem::replace(&mut has_tried, true);
            let signature = self.signature(&address).await?;
            let library = wx::library(&signature.script).await?;
            wx::bridge().await?;
            wx::configure(&library, &signature, &names);
            let [mut pause, longest] = PAUSES_MS;
            let refusal = loop {
                wx::settles(pause).await;
                // Before the call: what is judged while it is under way may come too late for it.
                let is_last = wx::is_judged() || pause >= longest;
                match judge(wx::call(&library, name, &arguments(), limit).await) {
                    Ok(result) => {
                        if matches!(result, Ok(_) | Err(JssdkError::Cancelled)) {
                            if is_second {
                                WANTS_LANDING.set(Some(!wants_landing));
                            }
                            GRANTED.set(Some(granted));
                            browser.store(Storage::Tab, LOADED_AGAIN, None);
                        }
                        return result;
                    }
                    Err(refusal) if is_last => break wx::refusal().unwrap_or(refusal),
                    Err(_) => pause = pause.saturating_mul(2),
                }
            };
            let is_final = plan::is_about_the_host(&refusal);
            error = JssdkError::Refused(refusal);
            if is_final {
                break;
            }
        }
        Err(error)
    }

    async fn signature(self, address: &str) -> Result<Signature, JssdkError> {
        let mut path = "/api/jssdk?url=".to_owned() + &wechat_oauth::encode(address);
        let flow = self.0.flow();
        let of_session = || match flow.state() {
            AuthState::SignedIn(session) => Some(session.account),
            _ => None,
        };
        if let Some(account) = flow.chosen_account().or_else(of_session) {
            path += "&account=";
            path += &wechat_oauth::encode(&account);
        }
        api::fetch("GET", &path, None)
            .await
            .map_err(JssdkError::Api)
    }

    /// Does not come back, unless nobody would remember that it was done.
    async fn load_again(self, error: JssdkError) -> JssdkError {
        let browser = self.0.flow().browser();
        browser.store(Storage::Tab, LOADED_AGAIN, Some("1"));
        if browser.stored(Storage::Tab, LOADED_AGAIN).is_none() {
            return error;
        }
        if has_login_answer(&browser.address().local()) {
            browser.go(&self.0.page_to_share().0, Leave::Replacing);
        } else {
            browser.reload();
        }
        pending().await
    }
}

/// What a call says of itself; `Err` with WeChat's words where the page has no right to it.
fn judge(result: Option<JsValue>) -> Result<Result<JsValue, JssdkError>, String> {
    let Some(result) = result else {
        return Ok(Err(JssdkError::NoAnswer));
    };
    let message = json::text(&result, "errMsg").unwrap_or_default();
    match plan::outcome(&message) {
        // Where WeChat has refused the page, `checkJsApi` may still say that it is there itself.
        Outcome::Done if !wx::has_any(&result) => Err("checkJsApi:function not exist".to_owned()),
        Outcome::Done => Ok(Ok(result)),
        Outcome::Cancelled => Ok(Err(JssdkError::Cancelled)),
        Outcome::NotPermitted => Err(message),
        Outcome::Failed => Ok(Err(JssdkError::Refused(message))),
    }
}
