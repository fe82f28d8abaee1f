//! The program: everything is in the library, where tests reach it.

use std::process::ExitCode;

use clap::Parser as _;
use dev_server::CommandLine;

#[actix_web::main]
async fn main() -> ExitCode {
    match CommandLine::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without the backtrace that `RUST_BACKTRACE` would add to what a developer is told.
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
