//! Keeps several servers running together: started in order, watched, stopped as one.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::interrupt;
use crate::processes::{self, Group, POLL};
use crate::screen::{self, Colour};

/// A server on a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Its name in front of its log lines and in messages.
    pub(super) name: &'static str,
    /// The program behind it.
    pub(super) program: &'static str,
    /// The colour of that name.
    pub(super) colour: Colour,
    /// The port on 127.0.0.1.
    pub(super) port: u16,
    /// A path that answers 200 once it works.
    pub(super) health: &'static str,
}

impl Server {
    /// `127.0.0.1:PORT`.
    pub(super) fn address(self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Whether it answers this path with 200.
    fn answers(self, path: &str) -> std::io::Result<bool> {
        Ok(self.get(path)?.starts_with("HTTP/1.1 200"))
    }

    /// Its answer, head and all. Without a library, for which everybody would wait who compiles xtask.
    pub(super) fn get(self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        // trunk answers its page only to those who accept HTML, as a browser's address bar does.
        let headers = "Connection: close\r\nAccept: text/html, */*";
        let address = self.address();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

/// The running servers. Dropping it ends them all, with everything they have started.
#[derive(Default)]
pub(super) struct Servers {
    servers: Vec<Server>,
    groups: Vec<Group>,
}

impl Servers {
    /// Starts a server, whose output appears on the screen with its name in front, and waits until it answers.
    pub(super) fn start(&mut self, server: Server, command: &mut Command) -> anyhow::Result<()> {
        let group = Group::labelled(command, server.name, server.colour)?;
        self.servers.push(server);
        self.groups.push(group);
        self.wait_until_answering(server, server.health)
    }

    /// Ends one server, if it runs.
    pub(super) fn stop(&mut self, server: Server) {
        if let Some(position) = self.servers.iter().position(|it| *it == server) {
            self.servers.remove(position);
            self.groups.remove(position);
        }
    }

    /// Waits until `path` of the server answers 200. An error, of trunk's above all, is on the screen meanwhile; mended
    /// and saved, it answers.
    pub(super) fn wait_until_answering(
        &mut self,
        server: Server,
        path: &str,
    ) -> anyhow::Result<()> {
        while !server.answers(path).unwrap_or(false) {
            self.check()?;
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Fails as soon as a server has ended, after the others have been ended, too, or the user wants to stop.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        interrupt::check()?;
        for (group, server) in self.groups.iter_mut().zip(&self.servers) {
            if let Some(status) = group.try_wait()? {
                let name = server.name;
                screen::complain(&format!("{name} has ended ({status}); ending the others"));
                self.stop_all();
                anyhow::bail!("{name} has ended ({status}), see above");
            }
        }
        Ok(())
    }

    /// Ends all servers side by side.
    pub(super) fn stop_all(&mut self) {
        processes::stop(&mut self.groups);
        self.groups.clear();
        self.servers.clear();
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.stop_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PROXY, SIMULATOR};
    use super::*;

    fn running(scripts: &[(Server, &str)]) -> Servers {
        let mut servers = Servers::default();
        for (server, script) in scripts {
            let mut command = Command::new("sh");
            let script = command.args(["-c", script]);
            let group = Group::labelled(script, server.name, server.colour);
            servers.groups.push(group.unwrap());
            servers.servers.push(*server);
        }
        servers
    }

    #[test]
    fn one_death_ends_the_others_and_whoever_waits() {
        let dead = Server { port: 1, ..PROXY };
        let mut servers = running(&[(SIMULATOR, "sleep 600"), (dead, "exit 7")]);
        let error = servers.wait_until_answering(dead, "/").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("proxy has ended (exit status: 7)")
        );
        assert!(servers.groups.is_empty());
    }

    #[test]
    fn stopping_one_leaves_the_other() {
        let mut servers = running(&[(SIMULATOR, "sleep 600"), (PROXY, "sleep 600")]);
        servers.stop(PROXY);
        servers.check().unwrap();
        assert_eq!(servers.servers, [SIMULATOR]);
    }
}
