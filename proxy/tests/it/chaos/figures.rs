//! What is counted, and what is said about it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;

use crate::chaos::books::Audit;
use crate::chaos::world::{Kind, World};
use crate::phone::Failure;

/// A file that gets a line of a table for every run.
const REPORT: &str = "WECHAT_LOGIN_CHAOS_REPORT";

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Figures of a run.
        #[derive(Clone, Default)]
        pub(crate) struct Figures {
            $($(#[$doc])* pub(crate) $name: u32,)+
            /// What went wrong on the way, and how often.
            pub(crate) failures: BTreeMap<String, u32>,
        }

        impl Counts {
            $(pub(crate) fn $name(&self, more: u32) {
                self.0.borrow_mut().$name += more;
            })+
        }
    };
}

counts! {
    logins,
    doubled,
    reordered,
    late,
    stolen,
    planted,
    /// Times a thief tried something.
    thefts,
    /// Codes that a thief could use: WeChat still took them, and no living proxy had seen them.
    tolerated,
    restarts,
    taps,
    given_up,
    repeated_writes,
    /// Records that nobody said are kept.
    unwritten,
    faults,
    kills,
    /// Times the proxy was told to end.
    stops,
    database_restarts,
}

/// Counts as it goes.
#[derive(Default)]
pub(crate) struct Counts(RefCell<Figures>);

impl Counts {
    pub(crate) fn went_wrong(&self, failures: &[Failure]) {
        let mut figures = self.0.borrow_mut();
        for failure in failures {
            *figures.failures.entry(failure.to_string()).or_default() += 1;
        }
    }

    pub(crate) fn all(&self) -> Figures {
        self.0.borrow().clone()
    }

    /// Else nothing would have been proved.
    pub(crate) fn assert_everything_happened(&self, kind: Kind) {
        let all = self.all();
        let database_restarts = match kind {
            Kind::Sqlite => 1,
            Kind::Postgres => all.database_restarts,
        };
        for (what, count) in [
            ("doubled callbacks", all.doubled),
            ("reordered callbacks", all.reordered),
            ("late callbacks", all.late),
            ("stolen callbacks", all.stolen),
            ("planted callbacks", all.planted),
            ("faults", all.faults),
            ("kills", all.kills),
            ("restarts of PostgreSQL", database_restarts),
        ] {
            assert!(count > 0, "there were no {what}");
        }
    }
}

/// The line of the table in `docs/reliability.md`.
pub(crate) fn row(kind: Kind, seed: u64, seconds: u64, world: &World, audit: &Audit) -> String {
    let all = world.counts.all();
    let disorder = all.doubled + all.reordered + all.late;
    format!(
        "| {} | {seed} | {seconds} | {} | {disorder} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        kind.name(),
        all.logins,
        all.thefts,
        all.faults,
        all.kills,
        all.database_restarts,
        world.upstream.count(),
        audit.acknowledged,
        all.given_up,
        world.mix_ups.borrow().len(),
        world.upstream.sent_twice() + audit.missing + audit.foreign,
    )
}

/// All of it, for the screen.
pub(crate) fn told(world: &World, row: &str) -> String {
    let all = world.counts.all();
    format!(
        "{row}\ndoubled {}, reordered {}, late {}, stolen {}, planted {}; begun once more {}, taps {}, given up {}; \
         writes repeated {}; told to end {}; codes a thief could use that no living proxy had seen {}\nwhat failed on the way: {:?}",
        all.doubled,
        all.reordered,
        all.late,
        all.stolen,
        all.planted,
        all.restarts,
        all.taps,
        all.given_up,
        all.repeated_writes,
        all.stops,
        all.tolerated,
        all.failures
    )
}

/// Adds the line to the report, where one is wanted.
pub(crate) fn report(row: &str) {
    if let Some(path) = std::env::var_os(REPORT) {
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(path);
        writeln!(file.unwrap(), "{row}").unwrap();
    }
}
