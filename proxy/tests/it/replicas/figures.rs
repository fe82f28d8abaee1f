//! What is said about a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::replicas::load::{Load, TimedLogin};

/// Some time of a run; phases of the same name are counted together.
#[derive(Clone, Copy)]
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    pub(crate) from: Instant,
    /// None while it lasts.
    pub(crate) to: Option<Instant>,
    /// How long a replica took to end, where one was told to.
    pub(crate) stopped_after: Option<Duration>,
}

impl Phase {
    pub(crate) fn begin(name: &'static str) -> Self {
        Self {
            name,
            from: Instant::now(),
            to: None,
            stopped_after: None,
        }
    }

    pub(crate) fn until(self, to: Instant) -> Self {
        Self {
            to: Some(to),
            ..self
        }
    }

    /// A login belongs to the time it ends in, so that those whom a kill struck count as struck.
    fn holds(&self, login: &TimedLogin) -> bool {
        let end = login.began + login.took;
        end >= self.from && self.to.is_none_or(|to| end < to)
    }
}

/// A table in Markdown, and the sums below it.
pub(crate) fn table(load: &Load, phases: &[Phase], replicas: &[String], missing: usize) -> String {
    let mut text = String::from(
        "\n| | logins | begun once more, unnoticed | after \"try again\" | lost | median ms | 99 of 100 ms | longest ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let mut names: Vec<&str> = Vec::new();
    for phase in phases {
        if !names.contains(&phase.name) {
            names.push(phase.name);
        }
    }
    for name in names {
        let mut logins = load.logins.iter().collect::<Vec<_>>();
        let of_name = |phase: &&Phase| phase.name == name;
        logins.retain(|login| {
            phases
                .iter()
                .filter(of_name)
                .any(|phase| phase.holds(login))
        });
        row(&mut text, name, &logins);
    }
    row(&mut text, "all", &load.logins.iter().collect::<Vec<_>>());
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    for failure in load.logins.iter().flat_map(|it| &it.login.failures) {
        *failures.entry(failure.to_string()).or_default() += 1;
    }
    let logins_of = |replica: &String| {
        let logins = load.logins.iter();
        logins.filter(|it| it.login.replica == *replica).count()
    };
    let by_replica: Vec<usize> = replicas.iter().map(logins_of).collect();
    let longest_stop = phases.iter().filter_map(|phase| phase.stopped_after).max();
    let _ = write!(
        text,
        "\nWhat failed on the way: {failures:?}. Logins by replica: {by_replica:?}. Longest stop: {longest_stop:?}.\n\
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
        count(|it| it.login.taps > 0 && it.login.session.is_some()),
        count(|it| it.login.session.is_none()),
        of_hundred(50),
        of_hundred(99),
        of_hundred(100),
    );
}
