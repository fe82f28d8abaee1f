//! The program: everything is in the library, where tests reach it.

use clap::Parser as _;
use dev_server::CommandLine;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    CommandLine::parse().run().await
}
