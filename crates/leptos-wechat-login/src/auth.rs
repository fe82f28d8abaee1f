//! The login as signals, and what a page can do about it.
//!
//! A page that needs to know who the user is puts itself into [`RequireLogin`](crate::RequireLogin); all else follows.

use std::time::Duration;

use api_types::{ErrorCode, Session, has_login_answer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use login_decision::public_page::{before, origin_and_path};

use crate::api::{self, Proxy};
use crate::backend::{self, BackendError};
use crate::browser::{self, Page};
use crate::flow::client::Client;
use crate::flow::refusal::is_about_the_user;
use crate::flow::{AuthState, Failure, Flow, Notice, SignInOptions, redirect_uri};
use crate::view::Views;
use crate::words::Words;

/// What an app may want otherwise; the default is Chinese or English as the browser asks, in views without a style of their own.
#[derive(Clone, Copy)]
pub struct LoginOptions {
    /// Every word of the login.
    pub words: &'static Words,
    /// What is shown instead of a page.
    pub views: Views,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            words: Words::of_the_browser(),
            views: Views::default(),
        }
    }
}

/// The login of this page; cheap to copy, found with [`use_auth`].
#[derive(Clone, Copy)]
pub struct Auth(&'static Login);

struct Login {
    flow: Flow<Page, Proxy>,
    state: RwSignal<AuthState>,
    notice: RwSignal<Option<Notice>>,
    options: LoginOptions,
}

/// Starts the login for everything below the calling component.
///
/// Called before a router is made: WeChat's answer leaves the address before anything else reads it. Once in the life of
/// a page, which is as long as it is kept.
pub fn provide_login(options: LoginOptions) -> Auth {
    #[cfg(feature = "jssdk")]
    crate::jssdk::landing::remember();
    let state = RwSignal::new(AuthState::Loading);
    let notice = RwSignal::new(None);
    let login = Login {
        flow: Flow::arrive(Page { state, notice }, Proxy),
        state,
        notice,
        options,
    };
    let auth = Auth(Box::leak(Box::new(login)));
    let flow = &auth.0.flow;
    provide_context(auth);
    browser::mark_page("data-client", Client::of(&browser::user_agent()).name());
    spawn_local(flow.start());
    // A page that Back brings to life again still shows what it showed when it was left.
    let _ = window_event_listener(leptos::ev::pageshow, move |event| {
        if event.persisted() {
            spawn_local(flow.check_again());
        }
    });
    browser::on_visible(move || {
        if flow.is_stale() {
            spawn_local(flow.check_again());
        }
    });
    auth
}

/// The login that [`provide_login`] started.
///
/// # Panics
/// Outside of the component that called [`provide_login`]: a mistake in the page's code.
pub fn use_auth() -> Auth {
    expect_context()
}

impl Auth {
    /// The state; reading it in a view or an effect follows its changes.
    pub fn state(self) -> AuthState {
        self.0.state.get()
    }

    /// Who is signed in, if anybody is; followed like [`state`](Self::state).
    pub fn session(self) -> Option<Session> {
        match self.state() {
            AuthState::SignedIn(session) => Some(session),
            _ => None,
        }
    }

    /// What went wrong beside the session, if anything did.
    pub fn notice(self) -> Option<Notice> {
        self.0.notice.get()
    }

    /// Signs in after a tap.
    pub fn sign_in(self, options: SignInOptions) {
        self.0.flow.sign_in(options);
    }

    /// Asks the user for name and picture, and says `reason` while WeChat's page comes.
    ///
    /// Only after a tap on something that says what for: otherwise WeChat shows the page as a lifeless snapshot.
    pub fn request_profile(self, reason: &'static str) {
        self.0.flow.request_profile(reason);
    }

    /// Ends the session, and keeps a reload from silently starting another.
    pub fn sign_out(self) {
        spawn_local(self.0.flow.sign_out());
    }

    /// For a page whose own request was answered with 401: offers to sign in again. Not by itself, because a browser
    /// that keeps no cookies would go back and forth for ever.
    pub fn session_ended(self) {
        self.0.flow.session_ended();
    }

    /// Begins anew after trouble.
    pub fn retry(self) {
        self.0.flow.retry();
    }

    /// A page needs to know who the user is, from now on; what [`RequireLogin`](crate::RequireLogin) does first.
    pub fn require(self) {
        let flow = &self.0.flow;
        if flow.require() {
            // Not before the address bar shows the page that asks: it is where WeChat will lead back to.
            set_timeout(|| spawn_local(flow.enter_page()), Duration::ZERO);
        }
    }

    /// The public name of a configured account; any other name as it is.
    pub fn account_title(self, account: &str) -> String {
        let title = self.0.flow.bootstrap(|it| {
            let account = it.accounts.get(account)?;
            Some(account.title.clone())
        });
        title.flatten().unwrap_or_else(|| account.to_owned())
    }

    /// The address of another page of the app, for `href`: with what its paths begin with where it is not at the root of
    /// its host, and with `?account=` where this page has one. `path` may have a query, which may name another account; a
    /// fragment goes behind the result. For `<A>` of leptos_router, too: its paths with a slash at the beginning are the
    /// host's, whatever the router's base is.
    pub fn link(self, path: &str) -> String {
        let base = browser::base();
        match self.0.flow.chosen_account() {
            Some(account) => [&base, path, before_account(path), &account].concat(),
            None => [&base, path].concat(),
        }
    }

    /// Whether the page's account offers the QR login for desktops.
    pub fn has_qr_login(self) -> bool {
        self.0.flow.has_qr_login()
    }

    /// This page for another browser: its address under `public_url`, and that of a picture with it as a QR code. Empty before
    /// the proxy has answered.
    pub fn page_to_share(self) -> (String, String) {
        let local = browser::address().local();
        let address = self.0.flow.bootstrap(|it| {
            // An answer that came too late is no answer any more, but its code may be good still, and this is to be passed on.
            if has_login_answer(&local) {
                return redirect_uri(&it.public_url, &local);
            }
            let (origin, path) = before(&it.public_url, &local);
            [origin, path, &local].concat()
        });
        let address = address.unwrap_or_default();
        let picture = api::qr_code(origin_and_path(&address).1);
        (address, picture)
    }

    #[cfg(feature = "jssdk")]
    pub(crate) fn flow(self) -> &'static Flow<Page, Proxy> {
        &self.0.flow
    }

    /// The login's words.
    pub fn words(self) -> &'static Words {
        self.0.options.words
    }

    /// What is shown instead of a page.
    pub fn views(self) -> Views {
        self.0.options.views
    }

    /// What a failure means to the user.
    pub fn explain(self, failure: &Failure) -> &'static str {
        let words = self.words();
        match failure {
            Failure::Refused(error)
                if error.code == ErrorCode::RefusedByWechat
                    && error
                        .wechat
                        .as_ref()
                        .is_some_and(|wechat| is_about_the_user(wechat.errcode)) =>
            {
                words.user_refused_by_wechat
            }
            Failure::Refused(error) => words.of(error.code),
            Failure::Garbled(_) => words.garbled,
            Failure::Unreachable => words.unreachable,
        }
    }

    /// The same in one line, with the number that finds the case in the proxy's log.
    pub fn explain_with_id(self, failure: &Failure) -> String {
        let text = self.explain(failure);
        match failure {
            Failure::Refused(error) => [text, " [", &error.request_id, "]"].concat(),
            _ => text.to_owned(),
        }
    }

    /// What a failed request to one's [own back end](crate::backend) means to the user: `own` gives the page's words for
    /// it, `None` leaves it to the login's words for its status. With the request's id in brackets, if there is one.
    pub fn explain_backend<T: Into<String>>(
        self,
        error: &BackendError,
        own: impl FnOnce(&BackendError) -> Option<T>,
    ) -> String {
        let text = own(error).map_or_else(
            || {
                #[cfg(debug_assertions)]
                leptos::logging::warn!("the page has no words of its own for {error}");
                backend::explain(error, self.words()).to_owned()
            },
            T::into,
        );
        match &error.request_id {
            Some(id) => [&text, " [", id, "]"].concat(),
            None => text,
        }
    }
}

/// What stands between a path and the account that it is given. The first one in a query counts, so another one that is
/// there already stays the chosen one.
fn before_account(path: &str) -> &'static str {
    if path.bytes().any(|byte| byte == b'?') {
        "&account="
    } else {
        "?account="
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_own_query_and_the_account_in_it() {
        for (path, expected, chosen) in [
            ("/orders", "/orders?account=cafe", "cafe"),
            ("/orders?page=2", "/orders?page=2&account=cafe", "cafe"),
            (
                "/orders?account=shop",
                "/orders?account=shop&account=cafe",
                "shop",
            ),
        ] {
            let link = [path, before_account(path), "cafe"].concat();
            assert_eq!(link, expected);
            let found = login_decision::chosen_account::chosen_account(&link);
            assert_eq!(found, Some(chosen));
        }
    }
}
