//! What is said about a run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::replicas::load::TimedLogin;

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

/// A table in Markdown, and a line below it.
pub(crate) fn table(logins: &[TimedLogin], phases: &[Phase], replicas: &[String]) -> String {
    let mut text = String::from(
        "\n| | logins | begun once more, unnoticed | after \"try again\" | lost | median ms | 99 of 100 ms | longest ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let mut by_name: Vec<(&str, Vec<&TimedLogin>)> = Vec::new();
    for phase in phases {
        let held = logins.iter().filter(|login| phase.holds(login));
        match by_name.iter_mut().find(|(name, _)| *name == phase.name) {
            Some((_, logins)) => logins.extend(held),
            None => by_name.push((phase.name, held.collect())),
        }
    }
    by_name.push(("all", logins.iter().collect()));
    for (name, logins) in by_name {
        text.push_str(&row(name, &logins));
    }
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    for failure in logins.iter().flat_map(|it| &it.login.failures) {
        *failures.entry(failure.to_string()).or_default() += 1;
    }
    let by_replica: Vec<usize> = replicas
        .iter()
        .map(|replica| {
            logins
                .iter()
                .filter(|it| it.login.replica == *replica)
                .count()
        })
        .collect();
    let longest_stop = phases.iter().filter_map(|phase| phase.stopped_after).max();
    format!(
        "{text}\nWhat failed on the way: {failures:?}. Logins by replica: {by_replica:?}. Longest stop: {longest_stop:?}."
    )
}

fn row(name: &str, logins: &[&TimedLogin]) -> String {
    let count = |how| logins.iter().filter(|it| it.how() == how).count();
    let mut times: Vec<Duration> = logins.iter().map(|it| it.took).collect();
    times.sort_unstable();
    // The nearest rank: a duration that was really measured.
    let of_hundred = |share: usize| {
        let rank = (times.len() * share).div_ceil(100);
        let time = rank.checked_sub(1).and_then(|index| times.get(index));
        time.map_or_else(|| "–".to_owned(), |time| time.as_millis().to_string())
    };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} |\n",
        logins.len(),
        count(2),
        count(3),
        count(0),
        of_hundred(50),
        of_hundred(99),
        of_hundred(100),
    )
}
