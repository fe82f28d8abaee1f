//! Who is measured at what, in which order, and on which processor cores.

use std::process::Command;

use anyhow::Context;
use clap::ValueEnum;

/// A server of the comparison, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contender {
    /// The least that can be done.
    Nginx,
    /// Ours with SQLite in a file.
    Sqlite,
    /// Ours with PostgreSQL.
    Postgres,
    /// Ours with SQLite in memory: nothing is durable, as with the others.
    Memory,
    /// Express with co-wechat-oauth.
    Node,
    /// FastAPI with wechatpy.
    Python,
}

impl Contender {
    /// The name in the tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Nginx => "nginx, the floor",
            Self::Sqlite => "this proxy, SQLite",
            Self::Postgres => "this proxy, PostgreSQL",
            Self::Memory => "this proxy, in memory",
            Self::Node => "Node, Express",
            Self::Python => "Python, FastAPI",
        }
    }
}

/// A kind of request, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// `POST /api/session`.
    Exchange,
    /// `GET /api/session`.
    Session,
    /// `GET /api/auth`.
    Auth,
    /// `PUT /api/records/…`.
    Put,
    /// `GET /api/records`.
    List,
}

impl Scenario {
    /// The heading of its table.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Exchange => "Exchange: `POST /api/session`",
            Self::Session => "`GET /api/session`",
            Self::Auth => "`GET /api/auth`",
            Self::Put => "`PUT /api/records/{kind}/{key}`",
            Self::List => "`GET /api/records`, 20 records",
        }
    }

    /// Who is measured at it.
    pub(crate) fn contenders(self) -> &'static [Contender] {
        match self {
            Self::Exchange => Contender::value_variants(),
            // Neither asks a database.
            Self::Session | Self::Auth => &[Contender::Nginx, Contender::Sqlite],
            Self::Put | Self::List => &[Contender::Sqlite, Contender::Postgres],
        }
    }
}

/// One kind of request to one server.
pub(crate) type Step = (Scenario, Contender);

/// The steps of a round; empty lists stand for all. Another server goes first each time, so that none always follows
/// the same one.
pub(crate) fn round(scenarios: &[Scenario], contenders: &[Contender], round: u32) -> Vec<Step> {
    fn is_in<T: PartialEq>(wanted: &[T], one: T) -> bool {
        wanted.is_empty() || wanted.contains(&one)
    }
    let mut steps = Vec::new();
    for scenario in Scenario::value_variants() {
        let mut turn = scenario.contenders().to_vec();
        turn.retain(|it| is_in(contenders, *it) && is_in(scenarios, *scenario));
        let first = round as usize % turn.len().max(1);
        turn.rotate_left(first);
        steps.extend(turn.into_iter().map(|contender| (*scenario, contender)));
    }
    steps
}

/// The core of the server alone, and the others, as in `1,2,3`, of which there are so many.
///
/// # Errors
/// When there is only one, or no Linux.
pub(crate) fn cores() -> anyhow::Result<(String, String, usize)> {
    let status = std::fs::read_to_string("/proc/self/status")
        .context("this measurement needs Linux: it chooses cores, and reads /proc")?;
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let mut all = listed(list.unwrap_or_default());
    anyhow::ensure!(
        all.len() > 1,
        "needs two cores: with one, what is measured would wait for what measures it"
    );
    let server = all.remove(0);
    Ok((server, all.join(","), all.len()))
}

/// From `0-2,5`.
fn listed(cores: &str) -> Vec<String> {
    let ranges = cores.trim().split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<u32>().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().map(|core| core.to_string()).collect()
}

/// From now on this process, and whatever it begins, runs on these.
///
/// # Errors
/// When the system refuses.
pub(crate) fn use_only(cores: &str) -> anyhow::Result<()> {
    let own = std::process::id().to_string();
    let chosen = Command::new("taskset")
        .args(["-c", "-p", cores, &own])
        .output()?;
    anyhow::ensure!(chosen.status.success(), "cannot choose cores");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_one_goes_first_each_time_and_nobody_who_is_not_wanted() {
        let all = Contender::value_variants();
        let of = |contenders, number| -> Vec<Contender> {
            let steps = round(&[Scenario::Exchange], contenders, number);
            steps.into_iter().map(|(_, contender)| contender).collect()
        };
        assert_eq!(of(&[], 0), all);
        assert_eq!(of(&[], 1).last(), all.first());
        assert_eq!(of(&[], 6), all);
        let some = [Contender::Node, Contender::Sqlite];
        assert_eq!(of(&some, 0), [Contender::Sqlite, Contender::Node]);
        assert_eq!(round(&[], &[], 0).len(), 14);
    }

    #[test]
    fn cores_are_listed_one_by_one() {
        assert_eq!(listed("\t0-2,5\n"), ["0", "1", "2", "5"]);
    }
}
