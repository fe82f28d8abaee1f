//! What operators run who want no database to be a single point: three PostgreSQL servers under Patroni, etcd, and HAProxy
//! before them, with the files of docs/deploy, on free ports of this machine.
//!
//! All of it ends with this process however that ends (`keeper.sh`). Who belongs to a member of the cluster is told by the
//! folder a process runs in, as Linux has it in `/proc`: PostgreSQL is no child of Patroni's.

use std::fs::{read_dir, read_link, read_to_string};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Instant;

use futures_util::future::join_all;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use reqwest::{Client, StatusCode};
use sqlx::{Connection as _, Executor as _, PgConnection};
use test_support::addresses::free_address;
use test_support::postgres::started;

use crate::phone;
use crate::support::*;

const KEEPER: &str = include_str!("keeper.sh");

/// Until all is well: Patroni looks around every ten seconds.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(100);
/// For a question to one member, which may be frozen.
const QUESTION: Duration = Duration::from_millis(1500);

/// How the standbys follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    /// A write is acknowledged before a standby has it.
    Asynchronous,
    /// As documented: one standby has it first.
    Synchronous,
}

/// Ends when dropped, and its folder is removed.
pub(crate) struct Cluster {
    pub(super) mode: Mode,
    pub(super) nodes: [Node; 3],
    pub(super) haproxy: SocketAddr,
    pub(super) etcd: SocketAddr,
    pub(super) folder: PathBuf,
    pub(super) client: Client,
    keeper: Child,
}

/// Where it listens.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) postgres: SocketAddr,
    pub(super) rest: SocketAddr,
}

impl Cluster {
    /// Waits until there is a leader with two standbys, and HAProxy leads to it.
    pub(crate) async fn start(mode: Mode) -> Self {
        suite_log::must_not_be_logged(["a-password-for-wechat"]);
        let (keeper, folder) = started(&mut keeper(), "Patroni's cluster").unwrap();
        let node = |()| Node {
            postgres: free_address(),
            rest: free_address(),
        };
        let mut cluster = Self {
            mode,
            nodes: [(); 3].map(node),
            haproxy: free_address(),
            etcd: free_address(),
            folder: folder.into(),
            client: phone::client(),
            keeper,
        };
        cluster.write_etcd();
        cluster.write_haproxy();
        for number in 0..3 {
            cluster.write_node(number);
        }
        cluster.start_etcd().await;
        cluster.tell_start("haproxy");
        for number in 0..3 {
            cluster.tell_start(&number.to_string());
        }
        let leader = cluster.the_leader().await;
        let url = cluster.url_of(leader).replace("/wechat", "/postgres");
        let mut leader = PgConnection::connect(&url).await.unwrap();
        for statement in [
            "CREATE ROLE wechat LOGIN PASSWORD 'a-password-for-wechat'",
            "CREATE DATABASE wechat OWNER wechat",
        ] {
            leader.execute(statement).await.unwrap();
        }
        leader.close().await.unwrap();
        cluster.whole().await;
        cluster
    }

    /// A database through HAProxy, empty at first.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://wechat:a-password-for-wechat@{}/wechat",
            self.haproxy
        )
    }

    /// The same database on one node, leader or not.
    pub(crate) fn url_of(&self, node: usize) -> String {
        let address = self.nodes[node].postgres;
        format!("postgres://postgres:a-password-for-postgres@{address}/wechat")
    }

    /// Who leads, as HAProxy asks.
    pub(crate) async fn leader(&self) -> Option<usize> {
        let is_primary = (0..3).map(|node| self.says_yes(node, "primary"));
        join_all(is_primary).await.into_iter().position(|it| it)
    }

    /// Waits until somebody leads.
    pub(crate) async fn the_leader(&self) -> usize {
        self.until("a leader", async || self.leader().await).await
    }

    /// A standby, which has all that was acknowledged where there is such a one. Only while there is a leader.
    pub(crate) async fn standby(&self) -> usize {
        let found = async || {
            let members = self.members().await?;
            let mut standbys = members.iter();
            let standby = standbys.find(|member| member["role"] == self.followed())?;
            (0..3).find(|&node| standby["name"] == name(node))
        };
        self.until("a standby", found).await
    }

    /// What Patroni calls who follows as documented.
    fn followed(&self) -> &str {
        match self.mode {
            Mode::Asynchronous => "replica",
            Mode::Synchronous => "sync_standby",
        }
    }

    /// The nodes as the leader knows them.
    async fn members(&self) -> Option<Vec<Value>> {
        let mut said = self.answer(self.leader().await?, "cluster").await?;
        serde_json::from_value(said["members"].take()).ok()
    }

    /// All of a node at once, as a machine that loses its power.
    pub(crate) fn kill(&mut self, node: usize) {
        self.freeze(node);
        self.kill_member(&node.to_string());
    }

    /// All of a node stands still, as a machine that is moved or swaps.
    pub(crate) fn freeze(&mut self, node: usize) {
        self.stop(&node.to_string());
    }

    /// Only its PostgreSQL stands still.
    pub(crate) fn freeze_postgres(&mut self, node: usize) {
        self.stop(&format!("{node}/data"));
    }

    /// The end of either.
    pub(crate) fn thaw(&mut self, node: usize) {
        self.signal(&node.to_string(), Signal::SIGCONT);
    }

    /// The first time, and after it was killed.
    pub(crate) async fn start_node(&mut self, node: usize) {
        self.tell_start(&node.to_string());
        let is_there = async || self.answer(node, "liveness").await;
        self.until("Patroni itself", is_there).await;
    }

    /// Asks for a planned change of leaders, and does not wait for it.
    pub(crate) async fn switchover(&mut self, to: usize) {
        let from = self.the_leader().await;
        let members = json!({ "leader": name(from), "candidate": name(to) });
        let url = format!("http://{}/switchover", self.nodes[from].rest);
        let request = self.client.post(url).json(&members);
        let request = request.basic_auth("patroni", Some("a-password-for-patroni"));
        // Patroni answers when it is done, or when it will not do it. Who leads then is asked by whoever wants to know.
        tokio::spawn(async move {
            if let Ok(answer) = request.send().await
                && answer.status() != StatusCode::OK
            {
                println!("no switchover: {:?}", answer.text().await);
            }
        });
    }

    pub(crate) fn stop_etcd(&mut self) {
        self.stop("etcd");
        self.kill_member("etcd");
    }

    pub(crate) async fn start_etcd(&mut self) {
        self.tell_start("etcd");
        let url = format!("http://{}/health", self.etcd);
        let is_well = async || {
            let answer = self.client.get(&url).timeout(QUESTION).send().await;
            let is_well = answer.is_ok_and(|answer| answer.status() == StatusCode::OK);
            is_well.then_some(())
        };
        self.until("etcd", is_well).await;
    }

    /// Waits until one node leads, the two others follow as closely as they are to, and HAProxy leads to the first.
    pub(crate) async fn whole(&self) {
        self.until("one leader with two standbys", async || {
            let (leader, members) = (self.leader().await?, self.members().await?);
            // What the leader says about the others may be half a minute old.
            let nodes = join_all((0..3).map(|node| self.answer(node, "patroni"))).await;
            let follow = nodes.iter().flatten();
            let follow = follow.filter(|node| node["replication_state"] == "streaming");
            let mut roles = members.iter().map(|member| &member["role"]);
            let is_whole = follow.count() == 2
                && roles.any(|role| role == self.followed())
                && self.port_behind_haproxy().await == Some(self.nodes[leader].postgres.port());
            is_whole.then_some(())
        })
        .await;
    }

    async fn port_behind_haproxy(&self) -> Option<u16> {
        let mut connection = PgConnection::connect(&self.url()).await.ok()?;
        let port = sqlx::query_scalar("SELECT inet_server_port()");
        let port: i32 = port.fetch_one(&mut connection).await.ok()?;
        u16::try_from(port).ok()
    }

    /// What a node's Patroni answers, if it does.
    pub(super) async fn answer(&self, node: usize, path: &str) -> Option<Value> {
        let url = format!("http://{}/{path}", self.nodes[node].rest);
        let answer = self.client.get(url).timeout(QUESTION).send().await.ok()?;
        // Of some questions the status is all of the answer.
        let (status, body) = (answer.status(), answer.text().await.ok()?);
        let mut said: Value = serde_json::from_str(&body).unwrap_or_else(|_| json!({}));
        said["status"] = json!(status.as_u16());
        Some(said)
    }

    async fn says_yes(&self, node: usize, path: &str) -> bool {
        let answer = self.answer(node, path).await;
        answer.is_some_and(|said| said["status"] == 200)
    }

    async fn until<T>(&self, what: &str, found: impl AsyncFn() -> Option<T>) -> T {
        let asked = Instant::now();
        loop {
            if let Some(found) = found().await {
                return found;
            }
            if asked.elapsed() > PATIENCE {
                panic!("{what} is not there\n{}", self.logs());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The ends of all.
    fn logs(&self) -> String {
        let members = ["etcd", "haproxy", "0", "1", "2"];
        let end = |member| {
            let log = read_to_string(self.folder.join(member).join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().rev().take(40).collect();
            let lines: Vec<&str> = lines.into_iter().rev().collect();
            format!("== {member}\n{}\n", lines.join("\n"))
        };
        members.map(end).concat()
    }

    fn tell_start(&mut self, member: &str) {
        writeln!(self.keeper.stdin.as_mut().unwrap(), "{member}").unwrap();
    }

    /// Those that run in the folder of a member or below.
    fn processes(&self, member: &str) -> Vec<Pid> {
        let folder = self.folder.join(member);
        let entries = read_dir("/proc").unwrap().flatten();
        let is_of_member = |process: &Path| {
            let place = read_link(process.join("cwd"));
            place.is_ok_and(|place| place.starts_with(&folder))
        };
        entries
            .filter(|entry| is_of_member(&entry.path()))
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .map(Pid::from_raw)
            .collect()
    }

    /// Lets all of a member stand still. Nothing would have happened if nobody were found, as where a container may not look
    /// at processes of others.
    fn stop(&self, member: &str) {
        assert!(!self.processes(member).is_empty(), "nobody is {member}");
        self.signal(member, Signal::SIGSTOP);
    }

    /// Twice, for whom one of them has just begun.
    fn signal(&self, member: &str, signal: Signal) {
        for _ in 0..2 {
            for process in self.processes(member) {
                // It may have ended by itself.
                let _ = kill(process, signal);
            }
        }
    }

    fn kill_member(&self, member: &str) {
        while !self.processes(member).is_empty() {
            self.signal(member, Signal::SIGKILL);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Waits until all has ended and the folder is gone.
        let _ = self.keeper.wait();
    }
}

pub(super) fn name(node: usize) -> String {
    format!("database-{}", node + 1)
}

/// A shell that is not root, for PostgreSQL's sake; but it may read what is in root's cache, where Patroni is.
fn keeper() -> Command {
    const READ: [&str; 2] = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
    let mut command = Command::new(if Uid::effective().is_root() {
        "setpriv"
    } else {
        "sh"
    });
    if Uid::effective().is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
        command.args(READ).arg("sh");
    }
    command
        .args(["-c", KEEPER, "keeper"])
        .env("LC_ALL", "C.UTF-8");
    command
}
