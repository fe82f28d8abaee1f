//! The built app, looked at as phones get it. `cargo xtask` calls it:
//!
//! | command | does | file |
//! |---|---|---|
//! | `check <app.wasm>` | fails if the module needs more than the oldest kernels know | `instruction_set.rs` |
//! | `shorten <folder>` | makes page, module and script in a folder that trunk built smaller | `folder.rs`, `names.rs`, `page.rs` |
//! | `size <app.wasm>` | code by crate and what else there is, of a module whose names were kept | `sizes.rs` |

mod folder;
mod instruction_set;
mod names;
mod page;
mod sizes;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

const USAGE: &str = "shipped-app check <app.wasm> | shorten <folder> | size <app.wasm>";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["check", module] => read(module).and_then(|bytes| instruction_set::check(&bytes)),
        ["shorten", folder] => folder::shorten(Path::new(folder)),
        ["size", module] => read(module)
            .and_then(|bytes| sizes::of(&bytes))
            .map(|sizes| sizes.print()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    std::fs::read(Path::new(path)).with_context(|| format!("cannot read {path}"))
}
