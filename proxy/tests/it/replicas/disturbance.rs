//! Replicas are killed and restarted, one after the other, and people log in all the while.

use std::cell::Cell;
use std::time::Instant;

use reqwest::Client;
use test_support::replica::Replica;
use wechat_simulator::{Effect, Endpoint, Fault};

use crate::replicas::figures::{self, Phase};
use crate::replicas::load::{self, TimedLogin};
use crate::replicas::site::{Options, Site};
use crate::support::*;

/// How many rounds; once if not set. More are a measurement.
const ROUNDS: &str = "WECHAT_LOGIN_REPLICAS_ROUNDS";
/// Between two events.
const PAUSE: Duration = Duration::from_secs(2);
const PEOPLE: usize = 200;
/// How long WeChat takes for an exchange, in milliseconds.
const WECHAT_MS: u64 = 300;

#[tokio::test]
#[ignore = "real time and chance: `make replicas`, `make fuzz`"]
async fn killed_and_restarted_replicas_cost_no_login_and_no_record() {
    let told = std::env::var(ROUNDS).ok();
    let rounds = told.as_ref().map_or(1, |it| it.parse().unwrap());
    let mut site = Site::start(&Options {
        sticky: true,
        durable: told.is_some(),
        people: PEOPLE,
        taps: (5, Duration::ZERO),
        ..Options::default()
    })
    .await;
    // So that whoever is stopped or killed has logins under way.
    let thinks = Effect::Delay { millis: WECHAT_MS };
    let slow = Fault::new(Endpoint::AccessToken, thinks);
    site.simulator.add_fault(slow);
    let mut replicas = std::mem::take(&mut site.replicas);
    let addresses: Vec<String> = replicas.iter().map(|it| it.address.to_string()).collect();

    let is_over = Cell::new(false);
    let disturb = async {
        let mut phases = Vec::new();
        for round in 0..rounds {
            phases.extend(disturb(&mut replicas, round, &site.client).await);
        }
        tokio::time::sleep(PAUSE).await;
        is_over.set(true);
        phases
    };
    let (load, phases) = tokio::join!(load::run(&site, PEOPLE, &is_over), disturb);

    let key = ("Authorization", format!("Bearer {SERVICE_KEY}"));
    let backend = Caller::new(format!("http://{}", replicas[0].address), Some(key));
    let audit = load.books.audit(&backend).await;
    let logins = load.logins.take();
    println!("{}", figures::table(&logins, &phases, &addresses));
    let (kept, missing) = (audit.acknowledged, audit.missing);
    println!(
        "Records acknowledged: {kept}, missing: {missing}. Writes repeated: {}.",
        load.repeated_writes.get()
    );
    for login in &logins {
        let failures = &login.login.failures;
        let Some(session) = &login.login.session else {
            panic!("lost: {failures:?}");
        };
        assert!(session.openid == login.openid, "signed in as somebody else");
    }
    assert_eq!(missing, 0, "records that were answered as written");
    assert_eq!(audit.foreign, 0, "records of others");
    assert_eq!(load.given_up.get(), 0, "records that nobody would take");
    assert_load_was_everywhere(&logins, &phases[0], &addresses);
    for replica in &replicas {
        let log = replica.log();
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// One replica is killed and comes back, then another one is told to stop and comes back.
async fn disturb(replicas: &mut [Replica], round: usize, client: &Client) -> [Phase; 4] {
    let count = replicas.len();
    let (killed, stopped) = (round % count, (round + 1) % count);
    let pause = || tokio::time::sleep(PAUSE);

    let all_there = Phase::begin("three replicas");
    pause().await;
    let one_killed = Phase::begin("one killed, two left");
    replicas[killed].kill();
    pause().await;
    replicas[killed].start(client).await;
    let all_again = Phase::begin("three again");
    pause().await;
    let one_stopped = Phase::begin("one told to stop, two left");
    let took = replicas[stopped].stop().await;
    let end = Instant::now();
    replicas[stopped].start(client).await;
    [
        all_there.until(one_killed.from),
        one_killed.until(all_again.from),
        all_again.until(one_stopped.from),
        Phase {
            stopped_after: Some(took),
            ..one_stopped.until(end)
        },
    ]
}

/// Else nothing would have been proved.
fn assert_load_was_everywhere(logins: &[TimedLogin], first: &Phase, replicas: &[String]) {
    let served = |replica: &String, from: Instant, to: Option<Instant>| {
        let is_in = |it: &TimedLogin| it.began >= from && to.is_none_or(|to| it.began < to);
        let mut logins = logins.iter();
        logins.any(|it| it.login.replica == *replica && is_in(it))
    };
    for replica in replicas {
        assert!(served(replica, first.from, first.to), "before anything");
    }
    let back = first.from + 2 * PAUSE;
    assert!(served(&replicas[0], back, None), "once it was back");
}
