//! The command line: one file for each subcommand, which runs itself.

mod arguments;
mod backup;
pub mod check;
mod config;
mod erase;
mod forget;
pub mod headers;
mod health;
pub mod log;
mod moving;
mod openapi;
mod output;
mod restore;
mod serve;
mod signals;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Problems;

/// Turns WeChat's web-page authorization into sessions.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Serve; what happens without a subcommand too.
    Serve(serve::Serve),
    /// Look for everything that would send users to an error page of WeChat's.
    ///
    /// Exit code 0 where nothing has to be mended, 1 where something has, 2 where there is nothing to look at.
    Check(check::Check),
    /// Say what is wrong with the configuration, without asking anybody; `--show`: what holds, and where it comes from.
    ///
    /// Exit code 0 where nothing is wrong, 2 where something is.
    Config(config::Show),
    /// Ask a running proxy whether it is alive.
    ///
    /// Exit code 0 if it is, 1 if not. For health checks of containers, which have no other program.
    Health(health::Health),
    /// Copy an SQLite database into a new file, which nobody else may read, while the proxy runs.
    ///
    /// The file is there only once it is whole and was looked through. What was erased is not in it.
    Backup(backup::Backup),
    /// Put a backup in the place of an SQLite database, while the proxy does not run.
    ///
    /// What was there goes into a folder beside it. May be stopped and repeated at any moment.
    Restore(restore::Restore),
    /// Erase a user and all records bound to the user.
    Erase(erase::Erase),
    /// Erase everybody who has neither signed in nor had a record written for many days.
    ///
    /// Meant to be run every night. May be stopped and repeated at any moment.
    Forget(forget::Forget),
    /// Move everything from an SQLite file into the PostgreSQL that the configuration names now.
    ///
    /// While no proxy runs on either. May be stopped and repeated at any moment; exit code 0 only where every row is the
    /// same on both sides in the end. Computers that wait for a phone at that moment begin anew.
    Move(moving::Move),
    /// Print the headers for the app's pages, for a web server that serves them instead of this program.
    Headers(headers::Headers),
    /// Print the description of the HTTP API (OpenAPI 3.1, JSON).
    Openapi(openapi::Openapi),
}

impl CommandLine {
    /// Does what it says. Exit code 2 where the configuration is unusable, whose every problem has been named then.
    ///
    /// # Errors
    /// Whatever else keeps the command from its work.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let problems: Problems = match self.dispatch().await {
            Ok(code) => return Ok(code),
            Err(error) => error.downcast()?,
        };
        let count = problems.len();
        eprintln!("The configuration has {count} problem(s):\n{problems}");
        Ok(ExitCode::from(2))
    }

    async fn dispatch(self) -> anyhow::Result<ExitCode> {
        match self.command.unwrap_or(Command::Serve(self.serve)) {
            Command::Serve(serve) => serve.run().await,
            Command::Check(check) => check.run().await,
            Command::Config(config) => config.run(),
            Command::Health(health) => health.run(),
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Erase(erase) => erase.run().await,
            Command::Forget(forget) => forget.run().await,
            Command::Move(moving) => moving.run().await,
            Command::Headers(headers) => headers.run(),
            Command::Openapi(openapi) => openapi.run(),
        }
    }
}
