//! What pages call: sign in, ask for the profile, sign out, try again.

use api_types::Scope;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Auth, AuthState, GuestReason, Notice, flow::Departure};
use crate::api;
use crate::browser::{self, Leave};

/// How [`Auth::sign_in`] signs in; the default is silently, for the page as it is.
///
/// Under which account is the address's business: the one that `?account=` of the page names that is shown afterwards.
#[derive(Default)]
pub struct SignInOptions {
    /// Local path with query and fragment to show afterwards; the current one if absent.
    pub return_to: Option<String>,
    /// By a QR code to scan with the phone: for computers, where the account has a website application.
    pub by_qr_code: bool,
}

impl Auth {
    /// Signs in after a tap.
    pub fn sign_in(self, options: SignInOptions) {
        browser::set_signed_out(false);
        let by_qr_code = options.by_qr_code;
        self.depart(Departure {
            scope: if by_qr_code {
                Scope::Login
            } else {
                Scope::Base
            },
            // A QR code may never be scanned: Back must lead here again.
            leave: if by_qr_code {
                Leave::Pushing
            } else {
                Leave::Replacing
            },
            return_to: options.return_to,
            ..Departure::automatic(1)
        });
    }

    /// Asks the user for name and picture, and says `reason` while WeChat's page comes.
    ///
    /// Only after a tap on something that says what for: otherwise WeChat shows the page as a lifeless snapshot.
    pub fn request_profile(self, reason: &'static str) {
        self.notice.set(None);
        self.depart(Departure {
            scope: Scope::Userinfo,
            leave: Leave::Pushing,
            reason: Some(reason),
            ..Departure::automatic(1)
        });
    }

    /// Ends the session, and keeps a reload from silently starting another.
    pub fn sign_out(self) {
        spawn_local(async move {
            match api::delete_session().await {
                Ok(()) => {
                    browser::set_signed_out(true);
                    self.remember_session(None);
                    self.notice.set(None);
                    self.state.set(AuthState::Guest(GuestReason::SignedOut));
                }
                Err(failure) => self.notice.set(Some(Notice::SignOutFailed(failure))),
            }
        });
    }

    /// For a page whose own request was answered with 401: offers to sign in again. Not by itself, because a browser
    /// that keeps no cookies would go back and forth for ever.
    pub fn session_ended(self) {
        self.remember_session(None);
        self.state.set(AuthState::Guest(GuestReason::SessionEnded));
    }

    /// Begins anew after trouble.
    pub fn retry(self) {
        self.state.set(AuthState::Loading);
        browser::reload();
    }
}
