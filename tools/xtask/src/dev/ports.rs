//! Whether a port is free, and if not whose it is.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use super::server::Server;

/// Fails where one of the ports is taken at one of these addresses.
pub(super) fn require_free(servers: &[Server], addresses: &[Ipv4Addr]) -> anyhow::Result<()> {
    let mut taken = Vec::new();
    for server in servers {
        let its = |address: &&Ipv4Addr| server.is_open || address.is_loopback();
        let mut addresses = addresses.iter().filter(its);
        let at = addresses.find(|address| !is_free_at(*server, **address));
        taken.extend(at.map(|address| complaint(*server, *address)));
    }
    anyhow::ensure!(taken.is_empty(), "{}", taken.join("\n       "));
    Ok(())
}

/// Whether somebody can listen there.
pub(super) fn is_free(server: Server) -> bool {
    is_free_at(server, Ipv4Addr::LOCALHOST)
}

fn is_free_at(server: Server, address: Ipv4Addr) -> bool {
    TcpListener::bind((address, server.port)).is_ok()
}

fn complaint(Server { name, port, .. }: Server, address: Ipv4Addr) -> String {
    match holder(port, address) {
        Some(holder) => format!(
            "port {port} (for the {name}) is taken by {holder}: end it, as by Ctrl-C where it runs, and start again"
        ),
        None => format!(
            "port {port} (for the {name}) is taken: find the process with `lsof -i :{port}` or `ss -ltnp`, \
             end it and start again"
        ),
    }
}

/// Which program listens there, as far as Linux tells this user.
fn holder(port: u16, address: Ipv4Addr) -> Option<String> {
    let asked = format!("{:08X}", u32::from_ne_bytes(address.octets()));
    let listens = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (address, at) = words.get(1)?.split_once(':')?;
        let is_there = at == format!("{port:04X}") && words.get(3) == Some(&"0A");
        let is_there = is_there && (address == asked || address.bytes().all(|it| it == b'0'));
        is_there.then(|| words.get(9).map(|inode| format!("socket:[{inode}]")))?
    };
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(std::fs::read_to_string);
    let socket = tables
        .iter()
        .flatten()
        .flat_map(|it| it.lines())
        .find_map(listens)?;
    let processes = std::fs::read_dir("/proc").ok()?;
    processes.flatten().find_map(|process| {
        let (id, folder) = (process.file_name(), process.path());
        let id: u32 = id.to_str()?.parse().ok()?;
        let open = std::fs::read_dir(folder.join("fd")).ok()?;
        let mut open = open
            .flatten()
            .filter_map(|it| std::fs::read_link(it.path()).ok());
        open.find(|it| it == Path::new(&socket))?;
        let name = std::fs::read_to_string(folder.join("comm")).ok()?;
        let at = std::fs::read_link(folder.join("cwd")).ok();
        let at = at.map_or_else(String::new, |it| format!(" in {}", it.display()));
        Some(format!("{}, process {id}{at}", name.trim_end()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::server::{APP, PROXY};
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_its_holder_or_the_commands_that_find_it() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server { port, ..PROXY };
        let message = require_free(&[server], &[Ipv4Addr::LOCALHOST]).unwrap_err();
        let message = message.to_string();
        assert!(message.contains(&format!("port {port} (for the proxy) is taken")));
        if cfg!(target_os = "linux") {
            assert!(
                message.contains(&format!("process {}", std::process::id())),
                "{message}"
            );
        } else {
            assert!(message.contains(&format!("lsof -i :{port}")));
        }
        // Port 0 stands for any free one, and nobody listens there.
        let any = Server { port: 0, ..APP };
        require_free(&[any], &[Ipv4Addr::LOCALHOST]).unwrap();
        assert!(complaint(any, Ipv4Addr::LOCALHOST).contains("lsof -i :0"));
    }
}
