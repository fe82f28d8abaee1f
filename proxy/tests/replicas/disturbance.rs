//! One replica is killed and comes back, another is restarted, and people log in all the while.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::figures::{self, Times};
use crate::load;
use crate::site::{Options, Site};

/// How long it all takes, in seconds, if not told otherwise; and whether it is a measurement.
const SECONDS: &str = "WECHAT_LOGIN_REPLICAS_SECONDS";
/// Long enough for nginx to give a replica that failed another chance, which is after five seconds.
const SHORT: u32 = 12;
const PEOPLE: usize = 200;

#[tokio::test]
async fn a_killed_and_a_restarted_replica_cost_no_login_and_no_record() {
    let told = std::env::var(SECONDS).ok();
    let seconds = told.as_ref().map_or(SHORT, |it| it.parse().unwrap());
    let mut site = Site::start(&Options {
        sticky: true,
        durable: told.is_some(),
        people: PEOPLE,
    })
    .await;
    let mut replicas = std::mem::take(&mut site.replicas);
    let addresses: Vec<String> = replicas.iter().map(|it| it.address.to_string()).collect();
    let eighth = Duration::from_secs(1) * seconds / 8;

    let is_over = Cell::new(false);
    let disturb = async {
        let client = &site.client;
        let pause = || tokio::time::sleep(eighth);
        let began = Instant::now();
        pause().await;
        pause().await;
        let killed = Instant::now();
        replicas[0].kill();
        pause().await;
        pause().await;
        replicas[0].start(client).await;
        let back = Instant::now();
        pause().await;
        pause().await;
        let told_to_stop = Instant::now();
        let stopped_after = replicas[1].stop().await;
        replicas[1].start(client).await;
        let restarted = Instant::now();
        pause().await;
        pause().await;
        is_over.set(true);
        Times {
            began,
            killed,
            back,
            told_to_stop,
            stopped_after,
            restarted,
        }
    };
    let (load, times) = tokio::join!(load::run(&site, PEOPLE, &is_over), disturb);

    let missing = load.count_missing(&site, &replicas[2]).await;
    println!("{}", figures::table(&load, &times, &addresses, missing));
    for login in &load.logins {
        assert!(
            login.login.cookie.is_some(),
            "lost: {:?}",
            login.login.failures
        );
        assert!(
            login.login.openid == login.openid,
            "somebody else's session"
        );
    }
    assert_eq!(missing, 0, "records that were answered as written");
    assert_eq!(load.given_up, 0, "records that nobody would take");
    // Else it would have proved nothing.
    let served = |replica: usize, from: Instant, to: Instant| {
        let mut logins = load.logins.iter();
        logins.any(|it| it.login.replica == addresses[replica] && it.began >= from && it.began < to)
    };
    let end = Instant::now();
    assert!((0..3).all(|it| served(it, times.began, times.killed)));
    assert!(served(1, times.killed, times.told_to_stop));
    assert!(
        served(0, times.back, end),
        "the killed one did not come back"
    );
    for replica in &replicas {
        let log = replica.log();
        assert!(!log.contains("panicked"), "{log}");
    }
}
