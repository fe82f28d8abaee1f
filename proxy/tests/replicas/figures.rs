//! What is said about a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::load::{Load, TimedLogin};

/// When things happened.
pub(crate) struct Times {
    pub(crate) began: Instant,
    pub(crate) killed: Instant,
    /// The killed one answers again.
    pub(crate) back: Instant,
    pub(crate) told_to_stop: Instant,
    /// Until the process had ended by itself; none if it had to be killed.
    pub(crate) stopped_after: Option<Duration>,
    /// The stopped one answers again.
    pub(crate) restarted: Instant,
}

/// A table in Markdown, and the sums below it.
pub(crate) fn table(load: &Load, times: &Times, replicas: &[String], missing: usize) -> String {
    let far = times.restarted + Duration::from_secs(3600);
    let phases = [
        ("three replicas", times.began, times.killed),
        ("one killed, two left", times.killed, times.back),
        ("three again", times.back, times.told_to_stop),
        (
            "another stopped and started",
            times.told_to_stop,
            times.restarted,
        ),
        ("three again", times.restarted, far),
    ];
    let mut text = String::from(
        "\n| | logins | begun once more, unnoticed | with \"try again\" | lost | median ms | 99 of 100 ms | longest ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for (name, from, to) in phases {
        let logins = load.logins.iter();
        let own: Vec<&TimedLogin> = logins
            .filter(|it| it.began >= from && it.began < to)
            .collect();
        row(&mut text, name, &own);
    }
    row(&mut text, "all", &load.logins.iter().collect::<Vec<_>>());
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    for login in &load.logins {
        for failure in &login.login.failures {
            *failures.entry(failure.to_string()).or_default() += 1;
        }
    }
    let by_replica: Vec<usize> = replicas
        .iter()
        .map(|address| {
            let mut logins = load.logins.iter();
            logins
                .by_ref()
                .filter(|it| it.login.replica == *address)
                .count()
        })
        .collect();
    let stopped = times.stopped_after.map_or_else(
        || "had to be killed".to_owned(),
        |after| format!("ended after {} ms", after.as_millis()),
    );
    let _ = write!(
        text,
        "\nWhat failed on the way: {failures:?}. Logins by replica: {by_replica:?}. The stopped replica {stopped}.\n\
         Records acknowledged: {}, missing: {missing}. Writes repeated: {}.",
        load.kept.len(),
        load.repeated_writes
    );
    text
}

fn row(text: &mut String, name: &str, logins: &[&TimedLogin]) {
    let count = |is: fn(&TimedLogin) -> bool| logins.iter().filter(|it| is(it)).count();
    let mut times: Vec<Duration> = logins.iter().map(|it| it.took).collect();
    times.sort_unstable();
    // The nearest rank: a duration that was really measured.
    let of_hundred = |share: usize| {
        let rank = (times.len() * share).div_ceil(100);
        let time = rank.checked_sub(1).and_then(|index| times.get(index));
        time.map_or_else(|| "–".to_owned(), |time| time.as_millis().to_string())
    };
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} | {} | {} |",
        logins.len(),
        count(|it| it.login.restarts > 0 && it.login.taps == 0),
        count(|it| it.login.taps > 0 && it.login.cookie.is_some()),
        count(|it| it.login.cookie.is_none()),
        of_hundred(50),
        of_hundred(99),
        of_hundred(100),
    );
}
