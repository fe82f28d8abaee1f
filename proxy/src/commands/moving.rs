//! `move`: everything from an SQLite file into PostgreSQL.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use login_store::{
    DatabaseUrl, MoveError, MoveProgress, MoveStep, Moved, PostgresUrl, move_to_postgres,
};

use super::arguments::ConfigFile;
use super::output::print;
use crate::config::Config;
use crate::login::clock::{Clock as _, SystemClock};

#[derive(Args)]
pub(super) struct Move {
    #[command(flatten)]
    config: ConfigFile,
    /// The database that was used until now. It is not changed.
    #[arg(long, value_name = "sqlite:FILE")]
    from: String,
    /// Throw away what an interrupted move has copied, and nothing else, and begin anew.
    #[arg(long)]
    again: bool,
}

impl Move {
    /// Exit code 0 only where every row is the same on both sides.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let from = DatabaseUrl::parse(&self.from)
            .map_err(|problem| anyhow::anyhow!("--from: {problem}"))?;
        let from = source(&from)?;
        let to = target(&config)?;
        print(format_args!(
            "Moving from {} into the PostgreSQL of the configuration. Nobody else can open the file meanwhile; when \
             interrupted, run the same again.\n",
            from.display()
        ))?;
        let screen = RefCell::new(Screen::new());
        let told = |progress| screen.borrow_mut().show(progress);
        let moved = move_to_postgres(from, to, self.again, &told).await;
        screen.borrow_mut().end_line();
        let Moved { users, records } = moved.map_err(|error| match error {
            MoveError::Target(error) => {
                let place = config.places.named("database_url");
                // Who is let in, and where to.
                let is_refused = |code: &str| code.starts_with("28") || code == "3D000";
                let is_refused = error.code().is_some_and(|it| is_refused(&it));
                let next = match is_refused || error.is_without_server() {
                    true => "; `wechat-login-proxy check` says what to do",
                    false => "",
                };
                anyhow::anyhow!("{place}: {error}{next}")
            }
            other => other.into(),
        })?;
        print(format_args!(
            "Moved {users} user(s) and {records} record(s); every one was read again on both sides and is the same.\n\
             Next: systemctl start wechat-login-proxy && wechat-login-proxy check\n\
             Keep {} until a first backup of PostgreSQL can be opened, then remove it: it holds what the database held.\n",
            from.display()
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn source(from: &DatabaseUrl) -> anyhow::Result<&Path> {
    match from {
        DatabaseUrl::SqliteFile(path) => Ok(path),
        DatabaseUrl::SqliteMemory => {
            anyhow::bail!("--from: a database in memory is known to the running proxy alone")
        }
        DatabaseUrl::Postgres(_) => anyhow::bail!(
            "--from: only an SQLite file can be moved. There is no move out of PostgreSQL: several proxies may be \
             writing to it, and a backup of it goes back into PostgreSQL. The way back right after a move is the old \
             configuration with the old file"
        ),
    }
}

fn target(config: &Config) -> anyhow::Result<&PostgresUrl> {
    match &config.database {
        DatabaseUrl::Postgres(url) => Ok(url),
        DatabaseUrl::SqliteFile(_) | DatabaseUrl::SqliteMemory => anyhow::bail!(
            "{}: still names SQLite; write the address of the PostgreSQL that everything goes into, as the service is to \
             use it from then on",
            config.places.named("database_url")
        ),
    }
}

/// What is seen of it: on a terminal a line that changes, elsewhere one for each tenth.
struct Screen {
    is_terminal: bool,
    step: Option<(MoveStep, &'static str)>,
    /// When the step began, and how many were done then.
    began: (Duration, u64),
    tenth: u64,
    /// When a line was last shown on a terminal, which is not at its end yet.
    shown: Option<Duration>,
}

/// Between two changes of a line.
const PACE: Duration = Duration::from_millis(200);

impl Screen {
    fn new() -> Self {
        Self {
            is_terminal: std::io::stdout().is_terminal(),
            step: None,
            began: (Duration::ZERO, 0),
            tenth: 0,
            shown: None,
        }
    }

    fn show(&mut self, progress: MoveProgress) {
        let MoveProgress {
            step,
            rows,
            done,
            of,
        } = progress;
        let now = SystemClock.monotonic();
        if self.step != Some((step, rows)) {
            self.end_line();
            self.step = Some((step, rows));
            self.began = (now, done);
            self.tenth = 0;
        }
        let percent = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let is_over = done >= of;
        let is_due = match self.shown {
            Some(shown) if self.is_terminal => is_over || now.saturating_sub(shown) >= PACE,
            None if self.is_terminal => true,
            _ => percent / 10 > self.tenth,
        };
        if !is_due {
            return;
        }
        self.tenth = percent / 10;
        let verb = match step {
            MoveStep::Copy => "copied",
            MoveStep::Compare => "compared",
        };
        let (since, before) = self.began;
        let seconds = now.saturating_sub(since).as_secs_f64();
        let rate = done.saturating_sub(before) as f64 / seconds.max(0.001);
        let mut line = format!("{rows}: {done} of {of} {verb} ({percent} %)");
        if done > before && !is_over {
            let left = of.saturating_sub(done) as f64 / rate;
            line.push_str(&format!(", {rate:.0} a second, {left:.0} seconds left"));
        }
        if self.is_terminal {
            let _ = print(format_args!("\r{line:<78}"));
            self.shown = Some(now);
        } else {
            let _ = print(format_args!("{line}\n"));
        }
    }

    /// What is shown next stands on a line of its own.
    fn end_line(&mut self) {
        if self.shown.take().is_some() {
            let _ = print("\n");
        }
    }
}
