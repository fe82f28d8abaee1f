//! `openapi`: the description of the HTTP API.

use std::process::ExitCode;

use clap::Args;

use super::output::print;
use crate::http::openapi::{PRODUCTION_COOKIE, document};

#[derive(Args)]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        print(document(PRODUCTION_COOKIE, ""))?;
        Ok(ExitCode::SUCCESS)
    }
}
