//! What must hold, whether it does, and how it is told.

use anyhow::Context;
use bench::report::{Aim, Latency, aims, grouped, provenance};

use crate::visit::Tally;

/// Memory may not grow faster, in KiB a minute: 30 MB an hour.
const MEMORY_PER_MINUTE: f64 = 512.0;
/// The four connections to SQLite are opened when they are first needed, with three files each at most.
const FILES_OF_DATABASE: usize = 12;
/// The median of the last fifth of what is watched against that of the first one.
const MEDIAN_GROWTH: f64 = 1.5;
/// The same of the slowest of a hundred, which whatever else the machine does moves more.
const P99_GROWTH: f64 = 3.0;
/// Beginning and end of what is watched are compared by a part of it each.
const PARTS: usize = 5;
/// What a company of the size in `docs/scaling.md` has in an hour.
const LOGINS_AN_HOUR: f64 = 10_000.0;

/// What the process has at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Memory (RSS), in KiB.
    pub(crate) memory: f64,
    /// Open files, connections included.
    pub(crate) files: usize,
    pub(crate) connections: usize,
}

/// What was seen.
pub(crate) struct Watched {
    /// The second at which everything was full.
    pub(crate) from: u64,
    /// One a second, from the beginning.
    pub(crate) looks: Vec<Look>,
    pub(crate) before: Look,
    pub(crate) after: Look,
    /// Of the database.
    pub(crate) records: i64,
    pub(crate) tally: Tally,
}

/// All of it in Markdown, and whether everything holds.
///
/// # Errors
/// When nothing was seen.
pub(crate) fn tell(watched: &Watched) -> anyhow::Result<(String, bool)> {
    let Watched {
        from, looks, tally, ..
    } = watched;
    let number = |number: u64| grouped(number as f64);
    let setting = format!(
        "Measured {}, with `make soak`; the program, the simulator and whoever asks share the machine.\n\
         In {} seconds {} logins, as many as a shop of ten thousand an hour has in {:.1} hours, {} requests, and \
         {} callers that only cost something were shown the door (silent, half a head, half a \
         body, an answer never read; a hundred at once).\n\
         At {} seconds the proxy is full of what it keeps for five minutes (what became of each code), and the watching \
         begins.",
        provenance(),
        looks.len(),
        number(tally.logins),
        tally.logins as f64 / LOGINS_AN_HOUR,
        number(tally.answers.len() as u64),
        number(tally.nuisances),
        from,
    );
    let must = what_must_hold(watched)?;
    let holds = must.iter().all(|aim| aim.2);
    Ok((
        format!("{setting}\n\n{}", aims("what must hold", &must)),
        holds,
    ))
}

fn what_must_hold(watched: &Watched) -> anyhow::Result<Vec<Aim>> {
    let Watched {
        before,
        after,
        tally,
        ..
    } = watched;
    let from = usize::try_from(watched.from)?;
    let full = watched.looks.get(from..).unwrap_or_default();
    let part = full.len() / PARTS;
    let memory = |looks: &[Look]| looks.iter().map(|it| it.memory).sum::<f64>() / part as f64;
    let (begin, end) = (memory(&full[..part]), memory(&full[full.len() - part..]));
    let minutes = (full.len() - part) as f64 / 60.0;
    let growth = (end - begin) / minutes;
    let (part, took) = (part as u64, watched.looks.len() as u64);
    let first = between(tally, watched.from, watched.from + part).context("nobody was answered")?;
    let last = between(tally, took - part, took).context("nobody was answered in the end")?;
    let ((first_median, first_p99), (last_median, last_p99)) = (first.millis(), last.millis());
    let slower = |what: &str, first: f64, last: f64, at_most: f64| {
        let what =
            format!("{what}: at most {at_most} times as long in the last fifth as in the first");
        (
            what,
            format!("{first:.1} ms, then {last:.1} ms"),
            last <= first * at_most,
        )
    };
    let wrong = tally.wrong.first().map_or("none", String::as_str);
    Ok(vec![
        (
            format!("memory grows by {MEMORY_PER_MINUTE:.0} KiB a minute at most"),
            format!(
                "{:.1} MB before, {:.1} when full, {growth:+.0} KiB a minute",
                before.memory * 1.024e-3,
                begin * 1.024e-3
            ),
            growth <= MEMORY_PER_MINUTE,
        ),
        (
            "as many connections afterwards as before".to_owned(),
            format!("{} before, {} after", before.connections, after.connections),
            after.connections <= before.connections,
        ),
        (
            format!("at most {FILES_OF_DATABASE} open files more, for SQLite"),
            format!("{} before, {} after", before.files, after.files),
            after.files <= before.files + FILES_OF_DATABASE,
        ),
        slower(
            "half of all answers",
            first_median,
            last_median,
            MEDIAN_GROWTH,
        ),
        slower("99 of 100 answers", first_p99, last_p99, P99_GROWTH),
        (
            "as many records as written and not deleted".to_owned(),
            format!("{} of {}", watched.records, tally.records),
            watched.records == tally.records,
        ),
        (
            "no wrong answer".to_owned(),
            format!("{}: {wrong}", tally.wrong.len()),
            tally.wrong.is_empty(),
        ),
    ])
}

/// Of the answers that came between these seconds; nothing if none did.
fn between(tally: &Tally, from: u64, to: u64) -> Option<Latency> {
    let within = tally
        .answers
        .iter()
        .filter(|(at, _)| (from..to).contains(&at.as_secs()));
    Latency::of(within.map(|(_, took)| *took).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A minute and a half that holds, watched from its thirtieth second on.
    fn watched() -> Watched {
        let look = Look {
            memory: 50_000.0,
            files: 20,
            connections: 9,
        };
        let answers =
            (0..9_000).map(|at| (Duration::from_millis(10 * at), Duration::from_millis(5)));
        Watched {
            from: 30,
            looks: vec![look; 90],
            before: look,
            after: look,
            records: 10,
            tally: Tally {
                records: 10,
                answers: answers.collect(),
                ..Tally::default()
            },
        }
    }

    #[test]
    fn what_holds_is_told_and_each_thing_that_grows_is_seen() {
        let (text, holds) = tell(&watched()).unwrap();
        assert!(holds, "{text}");
        let growing: [fn(&mut Watched); 6] = [
            |it| (0..90).for_each(|at| it.looks[at].memory += 10.0 * at as f64),
            |it| it.after.connections += 1,
            |it| it.after.files += FILES_OF_DATABASE + 1,
            |it| {
                it.tally
                    .answers
                    .iter_mut()
                    .skip(7_000)
                    .for_each(|it| it.1 *= 4)
            },
            |it| it.records -= 1,
            |it| it.tally.wrong.push("a".to_owned()),
        ];
        for (number, grow) in growing.into_iter().enumerate() {
            let mut watched = watched();
            grow(&mut watched);
            assert!(!tell(&watched).unwrap().1, "{number}");
        }
    }
}
