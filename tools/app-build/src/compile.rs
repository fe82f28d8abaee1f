//! The app's module, by the hooks and by cargo. Both say what they have to say on standard error.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::plan::{Crate, Plan};
use crate::request::Request;

/// Runs the programs that come first.
pub(crate) fn hooks(plan: &Plan, request: &Request) -> anyhow::Result<()> {
    for hook in &plan.trunk.hooks {
        let name = &hook.command;
        let mut command = Command::new(name);
        command
            .args(&hook.command_arguments)
            .current_dir(&request.root)
            .stdout(std::io::stderr())
            .env(
                "TRUNK_PROFILE",
                if request.release { "release" } else { "debug" },
            )
            .env(
                "TRUNK_HTML_FILE",
                request.root.join(&plan.trunk.build.target),
            )
            .env("TRUNK_SOURCE_DIR", &request.root)
            .env("TRUNK_STAGING_DIR", &request.dist)
            .env("TRUNK_DIST_DIR", &request.dist)
            .env("TRUNK_PUBLIC_URL", &request.public_url);
        let status = command.status();
        let status = status.with_context(|| format!("cannot start {name} (Trunk.toml, hooks)"))?;
        let arguments = hook.command_arguments.join(" ");
        ensure!(status.success(), "{name} {arguments} failed ({status})");
    }
    Ok(())
}

/// Compiles the app.
pub(crate) fn module(app: &Crate, root: &Path) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args([
            "build",
            "--target=wasm32-unknown-unknown",
            "--manifest-path",
        ])
        .arg(root.join(&app.manifest))
        .args(["--bin", &app.bin])
        .args(&app.arguments)
        // Errors are rendered for people; the rest says where the module is.
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    let mut cargo = command.spawn().context("cannot start cargo")?;
    let mut module = None;
    let said = cargo.stdout.take().context("cargo has no output")?;
    for line in std::io::BufReader::new(said).lines() {
        module = artifact(&line?, &app.bin).or(module);
    }
    let status = cargo.wait()?;
    ensure!(status.success(), "the app does not compile, see above");
    module.with_context(|| format!("cargo says nothing of a module {}", app.bin))
}

/// The module, if this is the message about it.
fn artifact(message: &str, bin: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let is_ours = message["reason"] == "compiler-artifact"
        && message["target"]["name"] == bin
        && message["target"]["kind"][0] == "bin";
    let files = message["filenames"].as_array().filter(|_| is_ours)?;
    let mut files = files.iter().filter_map(|file| file.as_str());
    files.find(|it| it.ends_with(".wasm")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_what_cargo_says() {
        let message = |kind: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"kind":["{kind}"],"name":"app"}},"filenames":["/t/app.js","/t/app.wasm"]}}"#
            )
        };
        let found = artifact(&message("bin"), "app");
        assert_eq!(found, Some(PathBuf::from("/t/app.wasm")));
        assert_eq!(artifact(&message("lib"), "app"), None);
        assert_eq!(artifact(&message("bin"), "other"), None);
        assert_eq!(artifact("warning: no JSON", "app"), None);
    }
}
