//! Who is measured at what, in which order, and on which processor cores.

use std::process::Command;

use bench::report::grouped;
use clap::ValueEnum;

/// A server of the comparison, in the order of the tables; what is said of it is its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// Exchange: `POST /api/session`
    Exchange,
    /// `GET /api/session`
    Session,
    /// `GET /api/auth`
    Auth,
    /// `GET /api/jssdk`, with a ticket that is there
    Jssdk,
    /// `GET /api/records/{kind}/{key}`
    Get,
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
            // What it is compared with is the session.
            Self::Jssdk => &[Contender::Sqlite],
            Self::Get | Self::Put | Self::List => &[Contender::Sqlite, Contender::Postgres],
        }
    }
}

/// One kind of request to one server, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) scenario: Scenario,
    pub(crate) contender: Contender,
    /// As many records of others are in its database before it is asked.
    pub(crate) records: u64,
}

impl Step {
    /// Who it is about, in a table about its scenario.
    pub(crate) fn who(&self) -> String {
        let contender = label(&self.contender);
        match self.records {
            0 => contender,
            records => format!("{contender}, {} records", grouped(records as f64, 0)),
        }
    }
}

/// What is wanted of all there is.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Wanted {
    /// What is measured; everything if left out.
    #[arg(long = "scenario", value_enum, value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// Who is measured; everybody if left out.
    #[arg(long = "server", value_enum, value_delimiter = ',')]
    contenders: Vec<Contender>,
    /// Records of others in SQLite and in PostgreSQL, as in `10000,1000000` to see what growing costs; none if left
    /// out.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u64).range(10..=100_000_000))]
    records: Vec<u64>,
}

impl Wanted {
    /// Whether that is all there is, and nothing besides.
    pub(crate) fn is_everything(&self) -> bool {
        self.scenarios.is_empty() && self.contenders.is_empty() && self.records.is_empty()
    }

    /// The steps of a round. Another server goes first each time, so that none always follows the same one.
    pub(crate) fn round(&self, round: u32) -> Vec<Step> {
        fn is_in<T: PartialEq>(wanted: &[T], one: T) -> bool {
            wanted.is_empty() || wanted.contains(&one)
        }
        let mut steps = Vec::new();
        for scenario in Scenario::value_variants() {
            let mut turn = Vec::new();
            for contender in scenario.contenders() {
                let sizes: &[u64] = match contender {
                    Contender::Sqlite | Contender::Postgres if !self.records.is_empty() => {
                        &self.records
                    }
                    _ => &[0],
                };
                turn.extend(sizes.iter().map(|records| Step {
                    scenario: *scenario,
                    contender: *contender,
                    records: *records,
                }));
            }
            turn.retain(|it| {
                is_in(&self.contenders, it.contender) && is_in(&self.scenarios, it.scenario)
            });
            let first = round as usize % turn.len().max(1);
            turn.rotate_left(first);
            steps.extend(turn);
        }
        steps
    }
}

/// The core of the server alone, and the others, of which there are so many.
pub(crate) fn cores() -> anyhow::Result<(&'static str, String, usize)> {
    let others = std::thread::available_parallelism()?.get() - 1;
    anyhow::ensure!(
        others > 0,
        "needs two cores: with one, what is measured would wait for what measures it"
    );
    Ok(("0", format!("1-{others}"), others))
}

/// From now on this process, and whatever it begins, runs on these.
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
        let of = |contenders: &[Contender], number| -> Vec<Contender> {
            let wanted = Wanted {
                scenarios: vec![Scenario::Exchange],
                contenders: contenders.to_vec(),
                records: Vec::new(),
            };
            let steps = wanted.round(number).into_iter();
            steps.map(|step| step.contender).collect()
        };
        assert_eq!(of(&[], 0), all);
        assert_eq!(of(&[], 1).last(), all.first());
        assert_eq!(of(&[], 6), all);
        let some = [Contender::Node, Contender::Sqlite];
        assert_eq!(of(&some, 0), [Contender::Sqlite, Contender::Node]);
        assert_eq!(Wanted::default().round(0).len(), 17);
    }

    #[test]
    fn each_database_is_measured_at_each_size() {
        let wanted = Wanted {
            scenarios: vec![Scenario::Session],
            contenders: Vec::new(),
            records: vec![10, 1_000],
        };
        let told: Vec<String> = wanted.round(0).iter().map(Step::who).collect();
        let expected = [
            "nginx, the floor",
            "this proxy, SQLite, 10 records",
            "this proxy, SQLite, 1,000 records",
        ];
        assert_eq!(told, expected);
    }
}
