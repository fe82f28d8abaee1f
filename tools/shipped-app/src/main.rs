//! The built app, looked at as phones get it. `cargo xtask` calls it on a folder that trunk built:
//!
//! | command | does | file |
//! |---|---|---|
//! | `check <folder>` | fails if the module needs more than the oldest browser engines know | `instruction_set.rs` |
//! | `shorten <folder>` | makes page, module and script smaller | `folder.rs`, `names.rs`, `page.rs` |
//! | `compress <folder>` | puts copies for browsers beside every file | `compress.rs` |

mod compress;
mod folder;
mod instruction_set;
mod names;
mod page;

use std::path::Path;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["check", app] => {
            instruction_set::check(&folder::module(Path::new(app))?)?;
            let page = std::fs::read_to_string(Path::new(app).join(folder::PAGE))?;
            let first_stage = page::first_stage(&page)?;
            instruction_set::check(&first_stage.context("the page has no first stage")?)
        }
        ["shorten", app] => folder::shorten(Path::new(app)),
        ["compress", app] => compress::compress(Path::new(app)),
        _ => anyhow::bail!("shipped-app check | shorten | compress <folder>"),
    }
}
