//! What somebody tries who has seen a callback's address, code and state and all, but not the browser it belongs to.

use api_types::ExchangeRequest;
use reqwest::Url;
use test_support::dice::Dice;

use crate::chaos::world::World;
use crate::phone::{Phone, Shown};

/// The thief opens the address in a browser of their own, before its owner's browser does.
pub(crate) async fn open(world: &World, dice: &Dice, owner: &Phone, callback: &Url) {
    let thief = world.somebodys_phone(dice);
    world.counts.add("thefts", 1);
    if let Shown::SignedIn(_) = thief.load(Some(callback)).await {
        complain(world, owner, "a thief's browser was signed in");
    }
}

/// What became of the code in its owner's browser.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    /// It was good for a session, and is spent.
    SignedIn,
    /// The proxy has answered, and knows whose code it is until it dies; it had died so often before.
    Refused { deaths: u32 },
    /// The proxy has not answered, and may never have seen it.
    Unheard,
}

/// The thief sends the code with a verifier of their own, after its owner's browser.
///
/// A code is all that WeChat asks for, so one that is still good is anybody's: where no living proxy has seen it, only
/// `tolerated` counts it.
pub(crate) async fn send(world: &World, dice: &Dice, phone: &Phone, callback: &Url, owner: Owner) {
    let thief = world.somebodys_phone(dice);
    let code = callback.query_pairs().find(|(name, _)| name == "code");
    let request = ExchangeRequest {
        account: phone.holder().account.to_owned(),
        code: code.map(|(_, code)| code.into_owned()).unwrap_or_default(),
        verifier: format!("{:032}", dice.roll()),
        website: false,
        application: None,
    };
    world.counts.add("thefts", 1);
    if thief.post(&request).await.is_ok() {
        let must_not = match owner {
            Owner::SignedIn => true,
            Owner::Refused { deaths } => deaths == world.deaths.get(),
            Owner::Unheard => false,
        };
        if must_not {
            complain(world, phone, "a thief was signed in by the code");
        } else {
            // WeChat still took it, and no living proxy had seen it.
            world.counts.add("thefts tolerated", 1);
        }
    }
}

/// The thief makes the phone open the callback of a login of the thief's.
pub(crate) async fn plant(world: &World, dice: &Dice, victim: &Phone) {
    let thief = world.somebodys_phone(dice);
    let Shown::Leaving(page) = thief.load(None).await else {
        return;
    };
    let Some(callback) = thief.authorize(page).await else {
        return;
    };
    world.counts.add("thefts", 1);
    if let Shown::SignedIn(session) = victim.load(Some(&callback)).await {
        world.check(victim, &session);
    }
}

fn complain(world: &World, owner: &Phone, what: &str) {
    let person = &owner.holder().person;
    world
        .mix_ups
        .borrow_mut()
        .push(format!("{what} of {person}"));
}
