//! The proxy has answered: whether the page leaves, for WeChat or for `public_url`.

use core::fmt::Write as _;

use login_decision::callback::{Callback, write_redirect_uri};
use login_decision::chosen_account::chosen_account;
use login_decision::client::can_authorize;
use login_decision::entry::{Entry, Facts, Visitor, decide};
use login_decision::pending_login::{
    NewLogin, PendingLogin, RANDOM_BYTES, SECRETS_LENGTH, draw_secrets,
};
use login_decision::public_page::{MOVED_KEY, elsewhere};
use login_decision::text::{number, parts, split};
use login_decision::{AuthorizeRequest, Scope, write_authorize_url};

use crate::fields::{Output, Pairs, fields, next};

/// See the crate's description. `scratch` has the room that the answer has.
pub fn enter(
    input: &[u8],
    random: &[u8; RANDOM_BYTES],
    scratch: &mut Output<'_>,
    out: &mut Output<'_>,
) -> Option<()> {
    let mut fields = fields(input)?;
    let mut facts = [""; 18];
    fields.fill(&mut facts)?;
    let &[
        time,
        origin,
        local,
        user_agent,
        login_pages,
        kind,
        code,
        state,
        record,
        signed_out,
        moved_at,
        public_url,
        require_wechat,
        base,
        default_account,
        of_session,
        snapshot,
        count,
    ] = &facts;
    let now = number(time)?;
    // Half an answer.
    if public_url.is_empty() || base.is_empty() {
        return None;
    }
    let chosen = chosen_account(local);
    let of_session = (!of_session.is_empty()).then_some(of_session);
    let account = chosen.or(of_session).unwrap_or(default_account);
    let mut appid = None;
    let mut pairs = Pairs(fields);
    for _ in 0..number(count)? {
        let (name, id) = pairs.next()?;
        if name == account {
            appid = Some(id);
        }
    }
    let there = elsewhere(public_url, origin, local, moved_at, now);
    let entry = decide(&Facts {
        visitor: if !of_session.is_some_and(|it| it == account) {
            Visitor::Nobody
        } else if snapshot.is_empty() {
            Visitor::User
        } else {
            Visitor::Snapshot
        },
        login_required: is_listed(local, login_pages),
        signed_out: !signed_out.is_empty(),
        callback: match kind {
            "granted" => Callback::Granted { code, state },
            "refused" => Callback::Refused { state },
            _ => Callback::None,
        },
        unanswered: pairs.unanswered(now),
        can_authorize: require_wechat.is_empty() || can_authorize(user_agent),
        is_elsewhere: there.is_some(),
        now,
        // The last, so that it is not copied.
        pending: PendingLogin::decode(state, record),
    });
    let attempt = match entry {
        Entry::Begin { attempt } => attempt,
        Entry::Move => {
            let (origin, prefix) = there?;
            for part in &[origin, prefix, local, "\u{1}", MOVED_KEY, "\u{1}", time] {
                let _ = out.write_str(part);
            }
            return Some(());
        }
        _ => return None,
    };
    // Writing never fails: what does not fit is no answer in the end.
    draw_secrets(attempt, now, random, scratch)?;
    let _ = write_redirect_uri(public_url, local, scratch);
    let (secrets, redirect_uri) = scratch.whole()?.split_at_checked(SECRETS_LENGTH)?;
    let new = NewLogin {
        account,
        scope: Scope::Base,
        return_to: local,
    };
    let login = new.pending(secrets);
    let request = AuthorizeRequest {
        base,
        appid: appid?,
        redirect_uri,
        scope: Scope::Base,
        state: login.state,
    };
    let _ = write_authorize_url(&request, out);
    next(out);
    let _ = login.write_key(out);
    next(out);
    let _ = login.encode(out);
    Some(())
}

/// Whether the page is one of those; a `/` at the end makes no difference.
fn is_listed(local: &str, pages: &str) -> bool {
    let path = without_end(parts(local).0);
    split(pages, b' ').any(|page| !page.is_empty() && without_end(page) == path)
}

fn without_end(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_suffix("/") {
        path = rest;
    }
    path
}
