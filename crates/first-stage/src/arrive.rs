//! The page has loaded: what its address brought.

use core::fmt::Write as _;

use login_decision::callback::{self, Callback, pairs};
use login_decision::entry::to_exchange;
use login_decision::pending_login::PendingLogin;
use login_decision::text::number;
use login_decision::{Scope, write_exchange_body};

use crate::fields::{Output, Pairs, fields, next};

/// Pairs of a query that are looked through; an address with more is the app's business.
const MOST_PAIRS: usize = 128;

/// See the crate's description.
pub fn arrive(input: &[u8], out: &mut Output<'_>) -> Option<()> {
    let mut fields = fields(input)?;
    let mut facts = [""; 2];
    fields.fill(&mut facts)?;
    let [now, local] = facts;
    let now = number(now)?;
    let records = Pairs(fields);
    let mut all = [None; MOST_PAIRS];
    let mut count = 0_usize;
    for pair in pairs(local) {
        *all.get_mut(count)? = Some(pair);
        count = count.wrapping_add(1);
    }
    let known = |state| records.clone().load(state);
    let arrival = callback::arrive(local, all.get_mut(..count)?, now, known);
    let (kind, code, state) = match arrival.callback {
        Callback::None => ("", "", ""),
        Callback::Granted { code, state } => ("granted", code, state),
        Callback::Refused { state } => ("refused", "", state),
    };
    let record = arrival.pending.unwrap_or_default();
    let mut pending = PendingLogin::decode(state, record);
    // Writing never fails: what does not fit is no answer in the end.
    let _ = arrival.write_address(pending.as_ref().map(|login| login.return_to), out);
    for field in &[kind, code, state, record] {
        next(out);
        let _ = out.write_str(field);
    }
    next(out);
    let is_exchange = to_exchange(arrival.callback, pending.as_mut(), now);
    if let Some(login) = pending.as_ref().filter(|_| is_exchange) {
        let _ = login.write_key(out);
        next(out);
        let _ = login.encode(out);
        next(out);
        let code = login.code.unwrap_or_default();
        let website = login.scope == Scope::Login;
        let _ = write_exchange_body(login.account, code, login.verifier, website, out);
    } else {
        next(out);
        next(out);
    }
    Some(())
}
