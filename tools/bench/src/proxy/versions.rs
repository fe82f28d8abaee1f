//! What exactly was measured.

use std::path::Path;

use anyhow::Context;
use bench::report::provenance::first_line;

use crate::contender::Programs;
use crate::nginx;

/// Packages of Node's and of Python's whose versions matter.
const NODE: [&str; 2] = ["express", "co-wechat-oauth"];
const PYTHON: [&str; 3] = ["fastapi", "wechatpy", "uvicorn"];

/// Names and versions, as in `nginx 1.22.1, Node 20.20.2, express 5.3.0`.
///
/// # Errors
/// When a program is missing, or a package has no exact version.
pub(crate) fn of(programs: &Programs) -> anyhow::Result<String> {
    let nginx = nginx::program()?;
    let nginx = nginx.to_str().context("nginx is in a strange place")?;
    let python = programs
        .python
        .to_str()
        .context("Python is in a strange place")?;
    let said = |program, option| first_line(program, &[option]).context("a program has no version");
    let mut versions = vec![
        said(nginx, "-v")?.replace("nginx version: nginx/", "nginx "),
        said("node", "--version")?.replace('v', "Node "),
    ];
    let manifest = read(&programs.sources.join("node/package.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    for name in NODE {
        let version = manifest["dependencies"][name].as_str();
        versions.push(format!(
            "{name} {}",
            version.with_context(|| format!("no {name}"))?
        ));
    }
    versions.push(said(python, "--version")?);
    let requirements = read(&programs.sources.join("python/requirements.txt"))?;
    for name in PYTHON {
        let version = requirements.lines().find_map(|line| {
            line.strip_prefix(name)?
                .strip_prefix("==")?
                .split(' ')
                .next()
        });
        versions.push(format!(
            "{name} {}",
            version.with_context(|| format!("no {name}"))?
        ));
    }
    if let Some(postgres) = first_line("psql", &["--version"]) {
        versions.push(postgres.replace("psql (PostgreSQL)", "PostgreSQL"));
    }
    Ok(versions.join(", "))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
