//! Keeps several servers running together: started in order, watched, replaced one by one, stopped as one.

use std::process::{Command, Stdio};

use crate::interrupt;
use crate::processes::{self, Group, POLL};
use crate::screen;

use super::ports;
use super::server::Server;

/// The servers. Dropping it ends them all, with everything they have started.
#[derive(Default)]
pub(super) struct Servers {
    running: Vec<(Server, Group)>,
    /// Those that ended by themselves, and whether their port was taken.
    ended: Vec<(Server, bool)>,
}

impl Servers {
    /// Starts a server in place of the one that may run, with its output on the screen and its name in front, and waits
    /// until it answers. False where it has ended instead: all others go on, and why is on the screen.
    ///
    /// # Errors
    /// Where the user wants to stop.
    pub(super) fn start(
        &mut self,
        server: Server,
        path: &str,
        mut command: Command,
    ) -> anyhow::Result<bool> {
        self.stop(server);
        let group = match server.colour {
            Some(colour) => Group::labelled(&mut command, server.name, colour),
            None => Group::spawn(
                command.stdout(Stdio::piped()).stderr(Stdio::piped()),
                screen::print_line,
            ),
        };
        match group {
            Ok(group) => self.running.push((server, group)),
            Err(error) => {
                screen::complain(&format!("{error:#}"));
                self.ended.push((server, false));
                return Ok(false);
            }
        }
        let health = format!("{path}{}", server.health);
        while self.runs(server) {
            if server.answers(&health).unwrap_or(false) {
                return Ok(true);
            }
            self.check()?;
            std::thread::sleep(POLL);
        }
        Ok(false)
    }

    /// Whether it runs, as far as the last [`Servers::check`] knows.
    pub(super) fn runs(&self, server: Server) -> bool {
        self.running.iter().any(|(it, _)| *it == server)
    }

    /// Ends one server, if it runs. Then its port is free.
    pub(super) fn stop(&mut self, server: Server) {
        self.running.retain(|(it, _)| *it != server);
        self.ended.retain(|(it, _)| *it != server);
    }

    /// Says who has ended. Nobody else ends for that.
    ///
    /// # Errors
    /// Where the user wants to stop.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        interrupt::check()?;
        let mut position = 0;
        while let Some((server, group)) = self.running.get_mut(position) {
            let Some(status) = group.try_wait()? else {
                position += 1;
                continue;
            };
            let server = *server;
            self.running.remove(position);
            let is_taken = !ports::is_free(server);
            let again = if is_taken {
                "its port is free"
            } else {
                "something changes, a file of it or its configuration"
            };
            screen::complain(&format!(
                "the {} has ended ({status}), see above; the others go on, and it is started again as soon as {again}",
                server.name
            ));
            self.ended.push((server, is_taken));
        }
        Ok(())
    }

    /// One that could not listen and now can.
    pub(super) fn can_start_again(&self) -> Option<Server> {
        let waiting = self
            .ended
            .iter()
            .find(|(server, was_taken)| *was_taken && ports::is_free(*server));
        waiting.map(|(server, _)| *server)
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&self, server: Server) -> bool {
        self.ended.iter().any(|(it, _)| *it == server)
    }

    /// Ends all servers side by side.
    pub(super) fn stop_all(&mut self) {
        let mut groups: Vec<Group> = self.running.drain(..).map(|(_, group)| group).collect();
        processes::stop(&mut groups);
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.stop_all();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::super::server::{PROXY, SIMULATOR};
    use super::*;
    use crate::screen::Colour;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn running(scripts: &[(Server, &str)]) -> Servers {
        let mut servers = Servers::default();
        for (server, script) in scripts {
            let group = Group::labelled(&mut shell(script), server.name, Colour::Blue);
            servers.running.push((*server, group.unwrap()));
        }
        servers
    }

    /// One whose port somebody else has, and the somebody.
    fn taken() -> (Server, TcpListener) {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        (Server { port, ..PROXY }, other)
    }

    #[test]
    fn one_that_does_not_start_leaves_the_others_running() {
        let mut servers = running(&[(SIMULATOR, "sleep 600")]);
        let dead = Server { port: 1, ..PROXY };
        assert!(!servers.start(dead, "", shell("exit 7")).unwrap());
        assert!(servers.has_ended(dead) && servers.runs(SIMULATOR));
        assert_eq!(servers.can_start_again(), None);
        let nowhere = Command::new("/no/such/program");
        assert!(!servers.start(dead, "", nowhere).unwrap());
        assert!(servers.has_ended(dead));
    }

    #[test]
    fn one_whose_port_is_taken_starts_again_when_it_is_free() {
        let (server, other) = taken();
        let mut servers = running(&[(server, "exit 1")]);
        while servers.runs(server) {
            servers.check().unwrap();
        }
        assert_eq!(servers.can_start_again(), None);
        drop(other);
        // Anybody may have this port now. Port 0 stands for any free one, so there always is one.
        let free = Server { port: 0, ..server };
        servers.ended[0].0 = free;
        assert_eq!(servers.can_start_again(), Some(free));
        servers.stop(free);
        assert!(!servers.has_ended(free));
    }

    #[test]
    fn stopping_one_leaves_the_other() {
        let mut servers = running(&[(SIMULATOR, "sleep 600"), (PROXY, "sleep 600")]);
        servers.stop(PROXY);
        servers.check().unwrap();
        assert!(servers.runs(SIMULATOR) && !servers.runs(PROXY));
    }
}
