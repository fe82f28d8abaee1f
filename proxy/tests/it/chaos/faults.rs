//! Everything that WeChat does wrong here, all at once.

use wechat_simulator::{Effect, Endpoint, Fault, Simulator};

use test_support::dice::Dice;

/// How long a delayed answer takes, in milliseconds; nothing of a killed proxy is under way for longer.
pub(crate) const DELAY_MS: u64 = 150;
/// Of each rule; more than strike, so that none is used up, and what is left says how many did.
const MANY: u32 = 1_000_000;

/// Puts every kind of fault in force, each by chance.
pub(crate) fn begin(simulator: &Simulator, dice: &Dice) {
    let delay = Effect::Delay { millis: DELAY_MS };
    let page = [
        (errcode(10009), 0.01),
        (Effect::HttpStatus { status: 503 }, 0.01),
        (Effect::EmptyBody, 0.01),
        (Effect::HtmlBody, 0.01),
        (delay.clone(), 0.05),
        (Effect::ResetBefore, 0.01),
        (Effect::ResetAfter, 0.01),
        (Effect::CallbackTwice, 0.05),
        (Effect::StaleCode, 0.04),
    ];
    let api = [
        (errcode(-1), 0.02),
        (errcode(40029), 0.01),
        (errcode(40163), 0.01),
        (string_errcode(40163), 0.01),
        (Effect::HttpStatus { status: 502 }, 0.02),
        (Effect::EmptyBody, 0.01),
        (Effect::HtmlBody, 0.01),
        (Effect::TruncatedJson, 0.02),
        (Effect::WrongCharset, 0.02),
        (delay, 0.15),
        (Effect::ResetBefore, 0.02),
        (Effect::ResetAfter, 0.02),
    ];
    let add = |fault: Fault, probability| {
        let fault = fault.times(MANY).with_probability(probability, dice.roll());
        simulator.add_fault(fault);
    };
    for (effect, probability) in page {
        add(Fault::new(Endpoint::Authorize, effect), probability);
    }
    for endpoint in [Endpoint::AccessToken, Endpoint::Userinfo] {
        for (effect, probability) in api.clone() {
            add(Fault::new(endpoint, effect), probability);
        }
    }
    // "Busy", and the code is spent all the same.
    let mut busy = Fault::new(Endpoint::AccessToken, errcode(-1));
    busy.after_work = true;
    add(busy, 0.01);
}

/// Ends them all, and says how often they struck.
pub(crate) fn end(simulator: &Simulator) -> u32 {
    let faults = simulator.faults();
    simulator.clear_faults();
    faults
        .iter()
        .map(|fault| MANY - fault.left.unwrap_or(MANY))
        .sum()
}

fn errcode(errcode: i64) -> Effect {
    let errmsg = None;
    Effect::Errcode { errcode, errmsg }
}

fn string_errcode(errcode: i64) -> Effect {
    let errmsg = None;
    Effect::StringErrcode { errcode, errmsg }
}
