//! The proxy and PostgreSQL are killed at any moment, alone and together, and come back. Now and then the proxy is told
//! to end instead.

use std::time::Instant;

use test_support::dice::Dice;

use crate::chaos::faults;
use crate::chaos::world::{Machines, World};
use crate::support::*;

/// From one death to the next: this and up to three times as much.
const PAUSE: Duration = Duration::from_millis(500);
/// How long PostgreSQL stays away, at most.
const DATABASE_AWAY: Duration = Duration::from_millis(800);
/// One of so many deaths is PostgreSQL's, and one of as many is of both.
const DEATHS: usize = 4;
/// One of so many ends of the proxy alone is one that it was told of.
const STOPS: usize = 5;

/// Kills until told otherwise; everything is there again at the end.
pub(crate) async fn kill_now_and_then(world: &World, machines: &mut Machines, dice: &Dice) {
    for number in 0_u32.. {
        if world.is_over.get() {
            break;
        }
        tokio::time::sleep(PAUSE + dice.moment(3 * PAUSE)).await;
        // One of each kind first: the dice may leave one out for as long as this lasts.
        let choice = match (machines.database.is_some(), number) {
            (false, _) | (true, 0) => DEATHS,
            (true, 1) => 0,
            (true, _) => dice.below(DEATHS),
        };
        let (kills_database, kills_proxy) = (choice <= 1, choice != 0);
        if kills_database {
            machines.tell_database("kill");
            world.counts.add("restarts of PostgreSQL", 1);
            tokio::time::sleep(dice.moment(DATABASE_AWAY)).await;
        }
        if kills_proxy {
            let is_told = number > 0 && dice.below(STOPS) == 0;
            end_proxy(world, machines, is_told && !kills_database).await;
        }
        if kills_database {
            machines.tell_database("start");
        }
        if kills_proxy {
            machines.proxy.start(&world.network.client).await;
        }
    }
    wait_until_ready(world).await;
}

/// Ends it: told to, or in the middle of whatever it does.
async fn end_proxy(world: &World, machines: &mut Machines, is_told: bool) {
    world.deaths.set(world.deaths.get() + 1);
    if is_told {
        machines.proxy.stop().await;
        // It has answered until now.
        world.deaths.set(world.deaths.get() + 1);
        world.counts.add("ends it was told of", 1);
    } else {
        machines.proxy.kill();
        world.counts.add("kills", 1);
    }
    // What the dead one asked WeChat must not count as its successor's: the slowest answer is in the log by then.
    tokio::time::sleep(Duration::from_millis(2 * faults::DELAY_MS)).await;
    world.upstream.look(&world.simulator);
    world.upstream.begin_next_life();
}

async fn wait_until_ready(world: &World) {
    let began = Instant::now();
    let url = format!("{}/readyz", world.network.app);
    while began.elapsed() < Duration::from_secs(30) {
        let answer = world.network.client.get(&url).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the proxy does not find its database again");
}
