//! A load balancer before PostgreSQL servers of the tests, which leads where a test says, as HAProxy before Patroni does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Ends when dropped, and every connection through it.
pub struct Front {
    port: u16,
    leads_to: watch::Sender<Option<String>>,
    cuts: watch::Sender<u32>,
    silences: watch::Sender<u32>,
    turned_away: Arc<AtomicUsize>,
}

impl Front {
    /// Begins to listen; leads nowhere: connections are taken and closed.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self {
            port: listener.local_addr().unwrap().port(),
            leads_to: watch::Sender::default(),
            cuts: watch::Sender::default(),
            silences: watch::Sender::default(),
            turned_away: Arc::default(),
        };
        let (leads_to, mut cuts) = (front.leads_to.subscribe(), front.cuts.subscribe());
        let turned_away = front.turned_away.clone();
        let silences = front.silences.subscribe();
        tokio::spawn(async move {
            loop {
                let connection = tokio::select! {
                    connection = listener.accept() => connection.unwrap().0,
                    end = cuts.changed() => if end.is_err() { return } else { continue },
                };
                let to = leads_to.borrow().clone();
                if to.is_none() {
                    turned_away.fetch_add(1, Ordering::SeqCst);
                }
                let (mut cuts, mut silences) = (cuts.clone(), silences.clone());
                silences.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        () = pass(connection, to, silences) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        front
    }

    /// The address of this database through it; where it leads, servers have one of the same name.
    pub fn before(&self, database: &str) -> String {
        let (address, _) = database.split_once("?host=").unwrap();
        address.replace("@localhost/", &format!("@127.0.0.1:{}/", self.port))
    }

    /// New connections lead to the server of this database from now on; those there are stay where they are.
    pub fn lead_to(&self, database: &str) {
        let (_, folder) = database.split_once("?host=").unwrap();
        self.leads_to
            .send_replace(Some(format!("{folder}/.s.PGSQL.5432")));
    }

    /// New connections are taken and closed from now on, and those there are end.
    pub fn lead_nowhere(&self) {
        self.leads_to.send_replace(None);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Nothing passes any more on the connections there are, which stay: the machine behind has lost its power.
    pub fn fall_silent(&self) {
        self.silences.send_modify(|silences| *silences += 1);
    }

    /// How many connections were taken and closed.
    pub fn turned_away(&self) -> usize {
        self.turned_away.load(Ordering::SeqCst)
    }
}

async fn pass(mut connection: TcpStream, to: Option<String>, mut silences: watch::Receiver<u32>) {
    match to {
        Some(to) => {
            let mut server = UnixStream::connect(to).await.unwrap();
            tokio::select! {
                // Either side may end it as it likes.
                _ = copy_bidirectional(&mut connection, &mut server) => {}
                Ok(()) = silences.changed() => std::future::pending().await,
            }
        }
        // Read first, so that it ends without a complaint about what was not.
        None => drop(connection.read(&mut [0; 64]).await),
    }
}
