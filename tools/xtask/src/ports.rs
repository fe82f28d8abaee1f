//! The ports of the development servers: free, or a message that helps.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

/// Checks that every port is free on 127.0.0.1; `ports` are pairs of port and what it is for.
///
/// # Errors
/// Names every taken port, who holds it if the system tells, and what to do.
pub(crate) fn require_free(ports: &[(u16, &str)]) -> anyhow::Result<()> {
    let taken: Vec<String> = ports
        .iter()
        .filter(|(port, _)| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err())
        .map(|(port, purpose)| taken_message(*port, purpose, holder(*port).as_ref()))
        .collect();
    anyhow::ensure!(taken.is_empty(), "{}", taken.join("\n       "));
    Ok(())
}

/// A process that listens on a port.
struct Holder {
    id: String,
    name: String,
}

fn taken_message(port: u16, purpose: &str, holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { id, name }) => format!(
            "port {port} (for the {purpose}) is taken by {name}, process {id}: end it (Ctrl-C in its terminal, or kill {id}) and start again"
        ),
        None => format!(
            "port {port} (for the {purpose}) is taken: find the process with `lsof -i :{port}` or `ss -ltnp`, end it and start again"
        ),
    }
}

fn holder(port: u16) -> Option<Holder> {
    holder_from_proc(port).or_else(|| holder_from_lsof(port))
}

/// Linux: the socket's inode from `/proc/net/tcp`, then the process that has it open. Needs no tool.
fn holder_from_proc(port: u16) -> Option<Holder> {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"]
        .map(|table| std::fs::read_to_string(table).unwrap_or_default())
        .concat();
    let socket = format!("socket:[{}]", listening_inode(&sockets, port)?);
    let process = std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        // Only processes; `self` is there too.
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .map(|entry| entry.path())
        .find(|process| {
            std::fs::read_dir(process.join("fd")).is_ok_and(|files| {
                files
                    .flatten()
                    .filter_map(|file| std::fs::read_link(file.path()).ok())
                    .any(|target| target.as_os_str() == socket.as_str())
            })
        })?;
    Some(Holder {
        id: process.file_name()?.to_str()?.to_owned(),
        name: program_name(&process)?,
    })
}

/// The whole name, where `comm` would cut it after 15 characters.
fn program_name(process: &Path) -> Option<String> {
    let command_line = std::fs::read_to_string(process.join("cmdline")).ok()?;
    let program = Path::new(command_line.split('\0').next()?);
    Some(program.file_name()?.to_string_lossy().into_owned())
}

/// The inode of the socket that listens on `port`, from a table like `/proc/net/tcp`:
/// the second column is `address:port` in hexadecimal, the fourth the state (0A: listening), the tenth the inode.
fn listening_inode(table: &str, port: u16) -> Option<&str> {
    let port = format!(":{port:04X}");
    table.lines().find_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let is_listener = columns.get(1)?.ends_with(&port) && *columns.get(3)? == "0A";
        is_listener.then(|| columns.get(9).copied()).flatten()
    })
}

/// macOS: `lsof` is part of the system.
fn holder_from_lsof(port: u16) -> Option<Holder> {
    let output = Command::new("lsof")
        .args(["-nP", "-Fpc", "-sTCP:LISTEN", &format!("-iTCP:{port}")])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let field = |letter: char| {
        text.lines()
            .find_map(|line| line.strip_prefix(letter))
            .map(str::to_owned)
    };
    Some(Holder {
        id: field('p')?,
        name: field('c')?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_port_is_named_with_its_holder() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = require_free(&[(port, "proxy")]).unwrap_err().to_string();
        assert!(message.contains(&format!("port {port} (for the proxy) is taken")));
        if cfg!(target_os = "linux") {
            assert!(message.contains(&format!("kill {}", std::process::id())));
        }
    }

    #[test]
    fn free_ports_are_no_error() {
        // Port 0 stands for any free one.
        require_free(&[(0, "proxy"), (0, "app")]).unwrap();
    }

    #[test]
    fn unknown_holder_gets_the_commands_that_find_it() {
        let message = taken_message(8081, "proxy", None);
        assert!(message.contains("port 8081") && message.contains("lsof -i :8081"));
    }

    #[test]
    fn only_listening_sockets_hold_a_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 111 1\n\
             1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1\n";
        assert_eq!(listening_inode(table, 8080), Some("222"));
        assert_eq!(listening_inode(table, 8081), None);
    }
}
