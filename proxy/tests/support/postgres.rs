//! PostgreSQL for the tests of one program: one server, started when first asked for, and a database for whoever asks.

mod postgres_server;

use std::sync::OnceLock;

use login_store::PostgresUrl;

use postgres_server::Server;

/// Nothing is written through to the disk: what these tests prove does not depend on it.
const OPTIONS: [&str; 4] = ["-c", "fsync=off", "-c", "max_connections=400"];

/// A new, empty database, which sorts texts as people do.
pub(crate) async fn new_database() -> PostgresUrl {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER
        .get_or_init(|| Server::start(&OPTIONS).expect("half of these tests are about PostgreSQL"));
    server.new_database().await.unwrap()
}
