//! nginx, as the floor and in WeChat's place.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

/// One nginx of the measurement.
pub(crate) struct Nginx<'a> {
    /// The folder with the sources of the others.
    pub(crate) sources: &'a Path,
    /// The file of its site in there.
    pub(crate) site: &'static str,
    pub(crate) port: u16,
    /// Where WeChat is.
    pub(crate) wechat: SocketAddr,
    /// How many processes it has.
    pub(crate) workers: usize,
}

impl Nginx<'_> {
    /// Writes its configuration into `folder`; gives the command that runs it there.
    ///
    /// # Errors
    /// When nginx is missing or a file cannot be written.
    pub(crate) fn command(&self, folder: &Path) -> anyhow::Result<Command> {
        let sources = self.sources.join("nginx");
        let read = |name: &str| {
            let path = sources.join(name);
            std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))
        };
        let site = read(self.site)?
            .replace("{port}", &self.port.to_string())
            .replace("{wechat}", &self.wechat.port().to_string());
        std::fs::write(folder.join("nginx.conf"), read("main.conf")?)?;
        std::fs::write(folder.join("site.conf"), site)?;
        let workers = format!("worker_processes {};\n", self.workers);
        std::fs::write(folder.join("workers.conf"), workers)?;
        let mut command = Command::new(program()?);
        command
            // The log it writes before it has read its configuration would else be the system's.
            .args(["-e", "error.log", "-c", "nginx.conf", "-p"])
            .arg(folder)
            .current_dir(folder);
        Ok(command)
    }
}

/// On PATH, or where Debian has it, which is not on everybody's PATH.
///
/// # Errors
/// When it is not installed.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join("nginx"))
        .find(|program| program.is_file())
        .context("nginx is not installed")
}
