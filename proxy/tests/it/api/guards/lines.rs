//! The log, on every database: one line for each request, whatever comes of it.

use std::collections::BTreeSet;
use std::net::TcpListener;

use actix_web::{HttpServer, rt, web};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use test_support::pgbouncer::PgBouncer;
use wechat_login_proxy::http::{self, AppState};

use super::table::OPERATIONS;
use super::world::{OPENID, World};
use crate::support::*;

/// What is no operation of the API.
const PAGES: [&str; 6] = [
    "GET /",
    "GET /somewhere?code=x",
    "GET /MP_verify_abc.txt",
    "GET /api/scan/connect/qrconnect",
    "GET /api/scan/abc",
    "POST /api/scan/wait",
];

/// Everything the route table has, by its own text.
fn routes() -> Vec<String> {
    let of = |prefix: &'static str, text: &'static str| {
        let patterns = text.split("web::resource(\"").skip(1);
        let patterns = patterns.map(|rest| rest.split('"').next().unwrap());
        patterns.map(move |pattern| format!("{prefix}{pattern}"))
    };
    let table = include_str!("../../../../src/http/server.rs");
    let scans = include_str!("../../../../src/http/routes/scan/mod.rs");
    let (table, service) = table.split_once("web::scope(\"/service\")").unwrap();
    let (table, api) = table.split_once("web::scope(\"/api\")").unwrap();
    let (service, rest) = service.split_once("app.service(").unwrap();
    assert!(!rest.contains("web::resource("));
    let all = of("", table)
        .chain(of("/api", api))
        .chain(of("/api", scans));
    all.chain(of("/service", service)).collect()
}

/// One proxy, what it is asked, and the routes of the lines about that.
struct Told {
    world: World,
    routes: BTreeSet<String>,
}

impl Told {
    /// Asks, and finds the one line about it.
    async fn ask(&mut self, request: impl AsRef<[u8]>) -> u16 {
        let mut wire = Wire::send(&self.world.proxy, request).await;
        let answer = wire.answer().await;
        let (_, id) = answer.split_once("x-request-id: ").unwrap();
        let line = line_of(&id[..16]);
        let status = status(&answer);
        for words in ["method=", &format!(" status={status} "), "duration_ms="] {
            assert!(line.contains(words), "{line}");
        }
        for hidden in ["somewhere", "code=x", OPENID] {
            assert!(!line.contains(hidden), "{line}");
        }
        let (_, route) = line.split_once("route=\"").unwrap();
        self.routes
            .insert(route.split('"').next().unwrap().to_owned());
        status
    }

    /// All operations as they are meant, and spoiled in each way, and all pages.
    async fn ask_everything(&mut self) {
        for operation in OPERATIONS.iter() {
            self.world.as_in_the_beginning().await;
            let honest = self.world.honest(operation).bytes();
            let status = self.ask(honest).await;
            assert!((200..300).contains(&status), "{} {status}", operation.id);
            for guard in operation.guards() {
                let mut ask = self.world.honest(operation);
                ask.spoil(guard);
                let spoiled = ask.bytes();
                self.ask(spoiled).await;
            }
        }
        for page in PAGES {
            let request = format!("{page} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            self.ask(request).await;
        }
    }
}

/// `own` is the database itself, and `database` its address for the proxy.
async fn every_request_is_one_line(own: &str, database: &str) {
    let world = World::start_with(|config| {
        let others = [("DATABASE_URL", database), ("TRUSTED_PROXIES", "127.0.0.1")];
        let others = config_with(NO_WECHAT, &others);
        config.database = others.database;
        config.trusted_proxies = others.trusted_proxies;
        config.accounts.get_mut("shop").unwrap().scan_login = true;
    })
    .await;
    let state = world.proxy.state.clone();
    let mut told = Told {
        world,
        routes: BTreeSet::new(),
    };
    told.ask_everything().await;
    for route in routes() {
        assert!(told.routes.contains(&route), "nobody asked for {route}");
    }
    let panicked = line_of(&panics(state).await);
    assert!(panicked.contains("on purpose"), "{panicked}");

    const BREAK: &str = "DROP TABLE record; DROP TABLE scan; DROP TABLE identity";
    if own.starts_with("sqlite") {
        let mut own = SqliteConnection::connect(own).await.unwrap();
        sqlx::raw_sql(BREAK).execute(&mut own).await.unwrap();
    } else {
        let mut own = PgConnection::connect(own).await.unwrap();
        sqlx::raw_sql(BREAK).execute(&mut own).await.unwrap();
    }
    let mut failures = 0;
    for operation in OPERATIONS.iter() {
        told.world.proxy.clock.advance(Duration::from_secs(61));
        let honest = told.world.honest(operation).bytes();
        failures += usize::from(told.ask(honest).await >= 500);
    }
    assert!(failures > 10, "{failures}");
}

#[actix_web::test]
async fn every_request_is_one_line_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}/proxy.sqlite", folder.path().display());
    every_request_is_one_line(&database, &database).await;
}

#[actix_web::test]
async fn every_request_is_one_line_on_postgresql() {
    let database = postgres::new_database().await;
    every_request_is_one_line(&database, &database).await;
}

#[actix_web::test]
async fn every_request_is_one_line_behind_a_pooler() {
    let database = postgres::new_database().await;
    let pooler = PgBouncer::start(&database, "pool_mode = transaction\ndefault_pool_size = 2");
    every_request_is_one_line(&database, &pooler.before(&database)).await;
}

/// A request of a handler with a defect, after it has asked the database. Gives its id.
async fn panics(state: web::Data<AppState>) -> String {
    async fn fail(state: web::Data<AppState>) -> &'static str {
        state.store.ping().await.unwrap();
        panic!("on purpose");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = move || http::app(state.clone()).route("/panics", web::get().to(fail));
    let server = HttpServer::new(server).workers(1).disable_signals();
    let server = server.listen(listener).unwrap().run();
    let handle = server.handle();
    rt::spawn(server);
    // Nobody is answered, so whoever stands in front has to name it.
    let id = format!("{:032x}", address.port());
    let answer = raw(address, "GET /panics", format!("X-Request-Id: {id}\r\n")).await;
    assert_eq!(answer, "");
    handle.stop(false).await;
    id
}
