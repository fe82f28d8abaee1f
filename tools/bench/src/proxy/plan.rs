//! Who is measured at what, in which order, and on which processor cores.

use std::process::Command;

use clap::ValueEnum;

/// A server of the comparison, in the order of the tables; what is said of it is its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contender {
    /// nginx, the floor
    Nginx,
    /// this proxy, SQLite
    Sqlite,
    /// this proxy, PostgreSQL
    Postgres,
    /// this proxy, in memory
    Memory,
    /// Node, Express
    Node,
    /// Python, FastAPI
    Python,
}

/// A kind of request, likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Exchange: `POST /api/session`
    Exchange,
    /// `GET /api/session`
    Session,
    /// `GET /api/auth`
    Auth,
    /// `PUT /api/records/{kind}/{key}`
    Put,
    /// `GET /api/records`, 20 records
    List,
}

/// What is said of it.
pub(crate) fn label(one: &impl ValueEnum) -> String {
    let value = one.to_possible_value();
    let help = value.as_ref().and_then(|it| it.get_help());
    help.map(ToString::to_string).unwrap_or_default()
}

impl Scenario {
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

/// The core of the server alone, and the others, of which there are so many.
///
/// # Errors
/// When there is only one.
pub(crate) fn cores() -> anyhow::Result<(&'static str, String, usize)> {
    let others = std::thread::available_parallelism()?.get() - 1;
    anyhow::ensure!(
        others > 0,
        "needs two cores: with one, what is measured would wait for what measures it"
    );
    Ok(("0", format!("1-{others}"), others))
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
}
