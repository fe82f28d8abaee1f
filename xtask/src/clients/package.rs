//! Installs a client's packages into a cache that all checkouts share, each set of pins in a folder of its own.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::install::{lock, remove_folder};
use crate::interrupt;
use crate::log_lines::LogLines;
use crate::processes::Group;
use crate::screen;
use crate::tools;

use super::{Client, script};

/// Written last: a folder without it was left half-made.
const COMPLETE: &str = ".complete";

/// How pip and npm say that a package is not the pinned one. Anything else they fail at is a matter of the machine.
const NOT_THE_PINNED_ONE: [&str; 2] = ["DO NOT MATCH THE HASHES", "EINTEGRITY"];

/// Whether a client can be run here.
pub(crate) enum Installed {
    /// With this command, once the simulator's address is added.
    Ready(Command),
    /// Not, and why.
    Missing(String),
}

/// Installs `client` unless it is there already. `language` is part of the folder's name, because a newer
/// interpreter needs the packages once more.
pub(super) fn install(client: &Client, language: &str) -> anyhow::Result<Installed> {
    let cache = tools::cache_folder("clients")?;
    std::fs::create_dir_all(&cache)
        .with_context(|| format!("cannot create {}", cache.display()))?;
    let folder = cache.join(format!(
        "{}-{:016x}",
        client.name,
        fingerprint(client, language)?
    ));
    let _lock = lock(&cache)?;
    if !folder.join(COMPLETE).exists() {
        remove_folder(&folder)?;
        std::fs::create_dir(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        for pins in client.pins {
            std::fs::copy(script(client.folder).join(pins), folder.join(pins))?;
        }
        screen::say(&format!(
            "installing {}, once for all checkouts",
            client.name
        ));
        for mut command in (client.install)(&folder) {
            if let Some(reason) = run(&mut command)? {
                return Ok(Installed::Missing(reason));
            }
        }
        std::fs::write(folder.join(COMPLETE), "")?;
    }
    Ok(Installed::Ready((client.run)(&folder)))
}

/// Changes with the pins and with the interpreter.
fn fingerprint(client: &Client, language: &str) -> anyhow::Result<u64> {
    let mut hasher = DefaultHasher::new();
    language.hash(&mut hasher);
    for pins in client.pins {
        let path = script(client.folder).join(pins);
        let text =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        text.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Runs an installer; gives why it could not install, with its own lines printed.
fn run(command: &mut Command) -> anyhow::Result<Option<String>> {
    interrupt::check()?;
    let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let output = LogLines::each(group.leader(), |_| {});
    let status = group.wait()?;
    if status.success() {
        return Ok(None);
    }
    let lines = output.last_lines();
    for line in &lines {
        screen::print_line(&format!("    {line}"));
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let is_forged = lines
        .iter()
        .any(|line| NOT_THE_PINNED_ONE.iter().any(|words| line.contains(words)));
    anyhow::ensure!(
        !is_forged,
        "{program} got a package that is not the pinned one, see above"
    );
    let name = Path::new(&program).file_name().unwrap_or_default();
    Ok(Some(format!(
        "{} cannot install it ({status}): no package registry?",
        name.to_string_lossy()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installer(script: &str) -> anyhow::Result<Option<String>> {
        run(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_missing_registry_is_a_reason_and_a_forged_package_a_failure() {
        assert_eq!(installer("true").unwrap(), None);
        let reason = installer("echo 'npm error code ENOTFOUND' >&2; exit 1").unwrap();
        assert!(reason.unwrap().contains("no package registry?"));
        assert!(installer("echo 'npm error code EINTEGRITY' >&2; exit 1").is_err());
        assert!(installer("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1").is_err());
    }

    #[test]
    fn another_interpreter_is_another_folder() {
        let client = &super::super::WECHATPY;
        let of = |language| fingerprint(client, language).unwrap();
        assert_eq!(of("3.11"), of("3.11"));
        assert_ne!(of("3.11"), of("3.12"));
    }
}
