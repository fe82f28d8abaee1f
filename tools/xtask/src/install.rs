//! Compiles a pinned tool into the cache: one checkout at a time, and nothing half-made stays behind.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;

use crate::interrupt;
use crate::log_lines::LogLines;
use crate::processes::{Group, POLL};
use crate::screen::{self, Ticker};
use crate::tools::{self, Pinned};
use crate::workspace;

/// Both tools share many crates, so they are compiled in one target folder; it goes when both are there.
const BUILD_FOLDER: &str = ".build";

/// Compiles `tool` so that `program` exists in the cache afterwards.
///
/// # Errors
/// When cargo fails (its last lines are part of the message) or on an interruption.
pub(crate) fn install(tool: &Pinned, cache: &Path, program: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(cache).with_context(|| format!("cannot create {}", cache.display()))?;
    let _lock = lock(cache)?;
    if tools::has_version(program, &tool.version) {
        // Another checkout installed it while this one waited for the lock.
        return Ok(());
    }
    screen::say(&format!(
        "compiling {} {}, once for all checkouts (about {} on two cores)",
        tool.package, tool.version, tool.usual_time
    ));
    let unfinished = cache.join(format!(".unfinished-{}", tool.program));
    remove_folder(&unfinished)?;
    let mut cargo = cargo_install(tool, cache, &unfinished);
    run_with_progress(&mut cargo, tool.package)?;
    let made = unfinished.join("bin").join(tool.program);
    anyhow::ensure!(
        tools::has_version(&made, &tool.version),
        "{} does not call itself {}",
        made.display(),
        tool.version
    );
    let finished = tools::installed_folder(cache, tool);
    remove_folder(&finished)?;
    std::fs::rename(&unfinished, &finished)
        .with_context(|| format!("cannot move the new tool to {}", finished.display()))
}

/// Removes what compiling left, unless another checkout is compiling just now.
pub(crate) fn clean_up(cache: &Path) {
    if !cache.join(BUILD_FOLDER).exists() {
        return;
    }
    if let Ok(lock) = File::create(cache.join(".lock"))
        && lock.try_lock().is_ok()
    {
        // What cannot be removed costs disk space and nothing else.
        let _ = remove_folder(&cache.join(BUILD_FOLDER));
    }
}

/// `cargo install` of the pinned toolchain, untouched by what the checkout or the user set for other builds.
fn cargo_install(tool: &Pinned, cache: &Path, into: &Path) -> Command {
    let mut command = workspace::cargo();
    command
        .current_dir(cache)
        .args(["install", tool.package, "--debug", "--force"])
        .args(["--version", &format!("={}", tool.version)])
        .args(["--bin", tool.program, "--root"])
        .arg(into)
        .args(tool.arguments)
        .env("CARGO_TARGET_DIR", cache.join(BUILD_FOLDER))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        // What they would look after at run time is compiled, too.
        .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
        .env("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for variable in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Runs cargo with one moving line instead of hundreds.
fn run_with_progress(cargo: &mut Command, package: &str) -> anyhow::Result<()> {
    let compiled = Arc::new(AtomicUsize::new(0));
    let mut group = Group::spawn(cargo)?;
    let counter = Arc::clone(&compiled);
    let lines = LogLines::each(group.leader(), move |line| {
        if line.trim_start().starts_with("Compiling ") {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut ticker = Ticker::start();
    let status = loop {
        if let Some(status) = group.try_wait()? {
            break status;
        }
        interrupt::check()?;
        ticker.tick(&match compiled.load(Ordering::Relaxed) {
            0 => "downloading".to_owned(),
            count => format!("{count} crates compiled"),
        });
        std::thread::sleep(POLL);
    };
    let time = screen::clock(ticker.finish());
    anyhow::ensure!(
        status.success(),
        "cargo install {package} failed after {time} ({status}); its last lines:\n{}",
        lines.last_lines().join("\n")
    );
    screen::print_line(&format!("    {package} is there after {time}"));
    Ok(())
}

/// Waits until nobody else installs into this cache: another checkout, or what runs beside.
///
/// # Errors
/// When the file of the lock cannot be made or locked, or on an interruption.
pub(crate) fn lock(cache: &Path) -> anyhow::Result<File> {
    let path = cache.join(".lock");
    let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    screen::say(
                        "somebody else is installing into the same cache, waiting for that",
                    );
                    told = true;
                }
                interrupt::check()?;
                std::thread::sleep(POLL);
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
    }
}

/// Removes a folder if it is there.
///
/// # Errors
/// When it is there and stays.
pub(crate) fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_folder_is_kept_while_another_checkout_compiles() {
        let cache = tempfile::tempdir().unwrap();
        std::fs::create_dir(cache.path().join(BUILD_FOLDER)).unwrap();
        let held = lock(cache.path()).unwrap();
        clean_up(cache.path());
        assert!(cache.path().join(BUILD_FOLDER).exists());
        drop(held);
        clean_up(cache.path());
        assert!(!cache.path().join(BUILD_FOLDER).exists());
    }

    #[test]
    fn failing_cargo_shows_its_last_lines() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo 'error: no such package' >&2; exit 101"])
            .stderr(Stdio::piped());
        let message = run_with_progress(&mut command, "trunk")
            .unwrap_err()
            .to_string();
        assert!(message.contains("no such package") && message.contains("101"));
    }
}
