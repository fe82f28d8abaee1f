//! `openapi`: the description of the HTTP API.

use std::process::ExitCode;

use clap::Args;

use crate::http::openapi::{PRODUCTION_COOKIE, document};

#[derive(Args)]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> ExitCode {
        print!("{}", document(PRODUCTION_COOKIE, ""));
        ExitCode::SUCCESS
    }
}
