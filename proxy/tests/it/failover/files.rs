//! The files of docs/deploy with the addresses of a cluster of the tests, how each member is started, and what it is.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use test_support::addresses::free_address;
use test_support::kept::program;
use test_support::postgres::programs;
use test_support::text::replaced;

use super::cluster::{Cluster, Mode, Node, name};
use crate::support::*;

/// The files themselves, so that what is documented is what is tested.
const PATRONI: &str = include_str!("../../../../docs/deploy/patroni.yml");
const HAPROXY: &str = include_str!("../../../../docs/deploy/haproxy-patroni.cfg");

impl Cluster {
    /// Of all that it is made of.
    pub(crate) async fn versions(&self) -> String {
        let said = self.answer(0, "patroni").await.unwrap();
        let etcd = self.client.get(format!("http://{}/version", self.etcd));
        let etcd: Value = etcd.send().await.unwrap().object().await;
        let haproxy = Command::new(needed("haproxy")).arg("-v").output().unwrap();
        let haproxy = String::from_utf8(haproxy.stdout).unwrap();
        format!(
            "PostgreSQL {}, Patroni {}, etcd {}, HAProxy {}.",
            said["server_version"].as_u64().unwrap() / 10_000,
            said["patroni"]["version"].as_str().unwrap(),
            etcd["etcdserver"].as_str().unwrap(),
            haproxy.split([' ', '-']).nth(2).unwrap(),
        )
    }

    fn write(&self, member: &str, file: &str, text: &str) {
        let folder = self.folder.join(member);
        std::fs::create_dir_all(&folder).unwrap();
        // Whoever runs there is not root.
        std::fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        std::fs::write(folder.join(file), text).unwrap();
        std::fs::set_permissions(folder.join(file), Permissions::from_mode(0o644)).unwrap();
    }

    pub(super) fn write_etcd(&self) {
        let (etcd, clients, peers) = (needed("etcd"), self.etcd, free_address());
        let run = format!(
            "exec {etcd} --data-dir data --listen-client-urls http://{clients} --advertise-client-urls http://{clients} \
             --listen-peer-urls http://{peers} --initial-advertise-peer-urls http://{peers} \
             --initial-cluster default=http://{peers}\n"
        );
        self.write("etcd", "run", &run);
    }

    pub(super) fn write_haproxy(&self) {
        let servers = ["10.0.0.21", "10.0.0.22", "10.0.0.23"]
            .into_iter()
            .zip(self.nodes);
        let mut text = replaced(
            HAPROXY,
            [("bind 127.0.0.1:5000", format!("bind {}", self.haproxy))],
        );
        for (documented, Node { postgres, rest }) in servers {
            let line = format!("{documented}:5432 check port 8008");
            assert_eq!(text.matches(&line).count(), 1, "{line}");
            text = text.replace(&line, &format!("{postgres} check port {}", rest.port()));
        }
        self.write("haproxy", "haproxy.cfg", &text);
        let run = format!("exec {} -db -f haproxy.cfg\n", needed("haproxy"));
        self.write("haproxy", "run", &run);
    }

    pub(super) fn write_node(&self, number: usize) {
        let Node { postgres, rest } = self.nodes[number];
        let folder = self.folder.join(number.to_string());
        let folder = folder.display();
        let programs = programs().expect("PostgreSQL is not installed");
        let is_synchronous = self.mode == Mode::Synchronous;
        let changes = [
            ("name: database-1", format!("name: {}", name(number))),
            ("  listen: 10.0.0.21:8008", format!("  listen: {rest}")),
            (
                "connect_address: 10.0.0.21:8008",
                format!("connect_address: {rest}"),
            ),
            (
                "10.0.0.31:2379,10.0.0.32:2379,10.0.0.33:2379",
                self.etcd.to_string(),
            ),
            (
                "synchronous_mode: true",
                format!("synchronous_mode: {is_synchronous}"),
            ),
            ("  listen: 10.0.0.21:5432", format!("  listen: {postgres}")),
            (
                "connect_address: 10.0.0.21:5432",
                format!("connect_address: {postgres}"),
            ),
            ("/var/lib/postgresql/15/wechat", format!("{folder}/data")),
            ("/usr/lib/postgresql/15/bin", programs.display().to_string()),
            (
                "unix_socket_directories: /var/run/postgresql",
                // Whoever is killed leaves nothing outside of the folder.
                format!("unix_socket_directories: {folder}\n    dynamic_shared_memory_type: mmap"),
            ),
            (
                "host wechat wechat 10.0.0.0/24",
                "host wechat wechat 127.0.0.0/8".to_owned(),
            ),
            (
                "host all postgres,rewind 10.0.0.16/28",
                "host all postgres,rewind 127.0.0.0/8".to_owned(),
            ),
            (
                "host replication replicator 10.0.0.16/28",
                "host replication replicator 127.0.0.0/8".to_owned(),
            ),
        ];
        self.write(
            &number.to_string(),
            "patroni.yml",
            &replaced(PATRONI, changes),
        );
        let patroni = std::env::var("WECHAT_LOGIN_PATRONI")
            .expect("WECHAT_LOGIN_PATRONI names the folder Patroni is installed in, by `cargo xtask failover`");
        // Without compiled files beside its sources.
        let run = format!("exec '{patroni}/bin/python' -B -m patroni patroni.yml\n");
        self.write(&number.to_string(), "run", &run);
    }
}

fn needed(name: &str) -> String {
    let program = program(name).unwrap_or_else(|| panic!("{name} is not installed"));
    program.display().to_string()
}
