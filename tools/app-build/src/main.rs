//! `app-build`: the app in a folder; `cargo xtask dev` calls it after each change.
//!
//! Standard output names the files and folders that make a difference, one a line. The exit status says what to do next:
//! 0 the page is there, 1 the app is broken, 3 only trunk can build it.
//!
//! Under the name of `wasm-bindgen` it is that, for trunk, which finds it first on its PATH. The name is only given to a
//! copy: rustc takes every program that is compiled under it for an old version of the library.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use app_build::bindgen::{Options, VERSION};
use app_build::page::{self, Failure, Request};

fn main() -> ExitCode {
    let own = std::env::args_os().next().unwrap_or_default();
    if Path::new(&own)
        .file_stem()
        .is_some_and(|name| name == "wasm-bindgen")
    {
        return bindgen(std::env::args().skip(1).collect());
    }
    let request = match request(std::env::args().skip(1)) {
        Ok(request) => request,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let built = page::build(&request, |sources, foreign| {
        for source in sources {
            println!("{source}");
        }
        if let Some(backend) = foreign {
            eprintln!(
                "note: [[proxy]] {backend} in Trunk.toml is for `trunk serve` alone; \
                 `make dev BACKEND={backend}` reaches it, and has it told who is signed in"
            );
        }
    });
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Trunk(why)) => {
            eprintln!("{why}");
            ExitCode::from(3)
        }
        Err(Failure::Broken(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// wasm-bindgen, which is asked for its version before anything else.
fn bindgen(arguments: Vec<String>) -> ExitCode {
    if arguments == ["--version"] {
        println!("wasm-bindgen {VERSION}");
        return ExitCode::SUCCESS;
    }
    match Options::parse(arguments).and_then(|options| options.generate()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn request(arguments: impl Iterator<Item = String>) -> anyhow::Result<Request> {
    let (mut dist, mut public_url, mut release, mut compiled) = (None, "/".to_owned(), false, None);
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} of what?"))
        };
        match argument.as_str() {
            "--dist" => dist = Some(PathBuf::from(value()?)),
            "--public-url" => public_url = value()?,
            "--compiled" => compiled = Some(PathBuf::from(value()?)),
            "--release" => release = true,
            _ => bail!("unknown argument {argument:?}"),
        }
    }
    Ok(Request {
        root: std::env::current_dir()?,
        dist: dist.context("--dist is missing")?,
        public_url,
        release,
        compiled,
    })
}
