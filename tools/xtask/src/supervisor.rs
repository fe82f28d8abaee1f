//! Keeps several servers running together: started in order, watched, stopped as one.

use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::health;
use crate::interrupt;
use crate::log_lines::LogLines;
use crate::processes::{self, Group, POLL};
use crate::screen;
use crate::services::Service;

/// After this long a server that does not answer is mentioned, so that nobody stares at a silent screen.
const SLOW: Duration = Duration::from_secs(90);

struct Running {
    service: Service,
    group: Group,
    lines: LogLines,
}

/// The running servers. Dropping it ends them all, with everything they have started.
#[derive(Default)]
pub(crate) struct Supervisor {
    running: Vec<Running>,
}

impl Supervisor {
    /// Starts a server; its output appears on the screen with its name in front.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) fn start(&mut self, service: Service, command: &mut Command) -> anyhow::Result<()> {
        let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let lines = LogLines::print(group.leader(), service.name, service.colour);
        self.running.push(Running {
            service,
            group,
            lines,
        });
        Ok(())
    }

    /// Ends one server, if it runs.
    pub(crate) fn stop(&mut self, service: Service) {
        self.running.retain(|running| running.service != service);
    }

    /// Waits until `path` of the server answers 200.
    ///
    /// # Errors
    /// When any of the servers ends meanwhile, or on an interruption.
    pub(crate) fn wait_until_answering(
        &mut self,
        service: Service,
        path: &str,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut told = false;
        loop {
            self.check()?;
            let status = health::status(service.port, path).ok();
            if status == Some(200) {
                return Ok(());
            }
            let wrong_answer = status.is_some() && started.elapsed() > Duration::from_secs(2);
            if !told && (wrong_answer || started.elapsed() > SLOW) {
                told = true;
                let so_far = status.map_or("does not answer yet".to_owned(), |status| {
                    format!("answers {status}")
                });
                screen::say(&format!(
                    "{} {so_far} on port {}{path}; waiting on (an error would stand above; mend it and save)",
                    service.name, service.port
                ));
            }
            std::thread::sleep(POLL);
        }
    }

    /// Fails as soon as a server has ended or the user wants to stop.
    ///
    /// # Errors
    /// The ended server's name, exit status and last lines, after the others have been ended;
    /// or [`interrupt::Interrupted`].
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        interrupt::check()?;
        let Some((position, status)) = self.first_ended()? else {
            return Ok(());
        };
        let dead = self.running.swap_remove(position);
        let name = dead.service.name;
        screen::complain(&format!("{name} has ended ({status}); ending the others"));
        self.stop_all();
        let lines = dead.lines.last_lines();
        let last = if lines.is_empty() {
            "it wrote nothing".to_owned()
        } else {
            format!("its last lines were:\n  {}", lines.join("\n  "))
        };
        anyhow::bail!("{name} has ended ({status}); {last}")
    }

    fn first_ended(&mut self) -> anyhow::Result<Option<(usize, ExitStatus)>> {
        for (position, running) in self.running.iter_mut().enumerate() {
            if let Some(status) = running.group.try_wait()? {
                return Ok(Some((position, status)));
            }
        }
        Ok(None)
    }

    /// Ends all servers side by side.
    pub(crate) fn stop_all(&mut self) {
        let mut groups: Vec<Group> = self
            .running
            .drain(..)
            .map(|running| running.group)
            .collect();
        processes::stop(&mut groups);
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{PROXY, SIMULATOR};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn one_death_ends_the_others_and_shows_its_last_lines() {
        let mut supervisor = Supervisor::default();
        supervisor
            .start(SIMULATOR, &mut shell("sleep 600"))
            .unwrap();
        supervisor
            .start(PROXY, &mut shell("echo no database >&2; exit 7"))
            .unwrap();
        let error = loop {
            if let Err(error) = supervisor.check() {
                break error.to_string();
            }
            std::thread::yield_now();
        };
        assert!(
            error.contains("proxy has ended (exit status: 7)"),
            "{error}"
        );
        assert!(error.contains("no database"), "{error}");
        assert!(supervisor.running.is_empty());
    }

    #[test]
    fn waiting_ends_when_the_server_dies() {
        let mut supervisor = Supervisor::default();
        let dead = Service {
            port: 1,
            ..SIMULATOR
        };
        supervisor.start(dead, &mut shell("exit 1")).unwrap();
        let error = supervisor.wait_until_answering(dead, "/").unwrap_err();
        assert!(error.to_string().contains("it wrote nothing"), "{error}");
    }

    #[test]
    fn stopping_one_leaves_the_other() {
        let mut supervisor = Supervisor::default();
        supervisor
            .start(SIMULATOR, &mut shell("sleep 600"))
            .unwrap();
        supervisor.start(PROXY, &mut shell("sleep 600")).unwrap();
        supervisor.stop(PROXY);
        supervisor.check().unwrap();
        assert_eq!(supervisor.running.len(), 1);
    }
}
