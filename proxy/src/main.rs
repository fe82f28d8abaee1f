//! The program: everything is in the library, where tests reach it.

use std::process::ExitCode;

use clap::Parser as _;
use wechat_login_proxy::commands::CommandLine;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> anyhow::Result<ExitCode> {
    wechat_login_proxy::install_tls();
    CommandLine::parse().run().await
}
