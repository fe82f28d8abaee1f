//! `move`, as an operator types it: beside a service of another user, killed, in the wrong direction.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};

use login_store::{PostgresStore, SqliteStore, Store};
use nix::unistd::Uid;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
};

use super::on_file;
use crate::support::*;

const GROWN: &str = include_str!("../../../../tools/bench/proxy/fill.sql");
const MOVE: &str = "move --from sqlite:old/proxy.sqlite";
const RECORDS: u64 = 12_000;

/// Records at the second batch of which whoever copies them waits until the lock is free.
const STOP: &str = "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT done > 0 FROM wechat_login_move WHERE name = 'record') THEN
            PERFORM pg_advisory_xact_lock(1);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER stop BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION stop();
    SELECT pg_advisory_lock(1)";
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'advisory'";

/// Like a folder of systemd's, whose user has no name while the service is stopped.
const OF_SERVICE: u32 = 62_128;

fn of_service(path: &Path) {
    if Uid::effective().is_root() {
        chown(path, Some(OF_SERVICE), Some(OF_SERVICE)).unwrap();
    }
}

/// What was used until now, in the folder `old`.
async fn old(folder: &Path) {
    let path = folder.join("old/proxy.sqlite");
    let store = SqliteStore::open_file(&path).await.unwrap();
    store.close().await;
    let url = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let grown = GROWN.replace("{records}", &RECORDS.to_string());
    connection.execute(AssertSqlSafe(grown)).await.unwrap();
    connection.close().await.unwrap();
    for entry in std::fs::read_dir(folder.join("old")).unwrap() {
        of_service(&entry.unwrap().path());
    }
    of_service(&folder.join("old"));
}

/// A configuration that names this database.
fn names(database: &str) -> String {
    on_file("listen = \"127.0.0.1:0\"").replace("sqlite:proxy.sqlite", database)
}

#[tokio::test]
async fn killed_it_goes_on_where_it_was_and_leaves_nothing_of_roots() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    let database = postgres::new_database().await;
    add_files(folder.path(), &[("proxy.toml", names(&database))]);
    let mut own = PgConnection::connect(&database).await.unwrap();
    let Ok(login_store::DatabaseUrl::Postgres(url)) = login_store::DatabaseUrl::parse(&database)
    else {
        panic!("{database}");
    };
    PostgresStore::open(&url).await.unwrap().close().await;
    own.execute(STOP).await.unwrap();

    let mut command = Command::new(PROXY.0);
    command.args(MOVE.split(' ')).current_dir(folder.path());
    command
        .env_remove("WECHAT_LOGIN_CONFIG")
        .stdout(Stdio::null());
    let mut moving = command.spawn().unwrap();
    let waiting = async |own: &mut PgConnection| -> i64 {
        let waiting = sqlx::raw_sql(WAITING).fetch_one(own);
        waiting.await.unwrap().get(0)
    };
    while waiting(&mut own).await == 0 {
        assert!(moving.try_wait().unwrap().is_none());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    moving.kill().unwrap();
    moving.wait().unwrap();
    if Uid::effective().is_root() {
        for entry in std::fs::read_dir(folder.path().join("old")).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().uid(),
                OF_SERVICE,
                "{:?}",
                entry.path()
            );
        }
    }
    own.execute("SELECT pg_advisory_unlock(1)").await.unwrap();

    let toml = names(&database);
    let log = PROXY
        .spawn(folder.path(), &toml)
        .wait_for("is not finished");
    assert!(log.contains("wechat-login-proxy move"), "{log}");
    let said = PROXY.run(folder.path(), MOVE).await;
    assert_eq!(said.code, Some(0), "{}", said.errors);
    for line in [
        "records: 10000 of 12000 copied (83 %)",
        "records: 12000 of 12000 compared (100 %)",
        "Moved 1200 user(s) and 12000 record(s)",
    ] {
        assert!(said.output.contains(line), "{line}: {}", said.output);
    }
    assert!(!said.output.contains("oABC"), "{}", said.output);
    own.execute("DROP TRIGGER stop ON record").await.unwrap();
    PROXY.start(folder.path(), &toml).kill();
}

#[tokio::test]
async fn whoever_is_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    let database = postgres::new_database().await;
    add_files(folder.path(), &[("new.toml", names(&database))]);
    let line = format!("{MOVE} --config new.toml");
    let mut proxy = PROXY.start(folder.path(), &names("sqlite:old/proxy.sqlite"));
    let said = PROXY.run(folder.path(), &line).await;
    assert_eq!(said.code, Some(1));
    said.assert_error("process ");
    said.assert_error("systemctl stop wechat-login-proxy");
    proxy.signal("TERM");
    assert!(proxy.wait().success());
    let proxy = PROXY.start(folder.path(), &names(&database));
    let said = PROXY.run(folder.path(), &line).await;
    assert_eq!(said.code, Some(1));
    said.assert_error("session(s) of a wechat-login-proxy are on it; stop every proxy");
    drop(proxy);
}

#[tokio::test]
async fn a_server_that_does_not_let_it_in_is_named_with_the_setting_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    old(folder.path()).await;
    let database = postgres::new_database().await;
    let mut own = PgConnection::connect(&database).await.unwrap();
    let role = format!("nobody_{}", std::process::id());
    own.execute(AssertSqlSafe(format!("CREATE ROLE {role} LOGIN")))
        .await
        .unwrap();
    let (_, place) = database.split_once('@').unwrap();
    let (address, host) = database.split_once('?').unwrap();
    let (address, _) = address.rsplit_once('/').unwrap();
    for (database, words) in [
        (
            format!("postgres://{role}@{place}"),
            "permission denied for schema public; let the role own",
        ),
        (
            format!("{address}/missing?{host}"),
            "\"missing\" does not exist; `wechat-login-proxy check` says",
        ),
    ] {
        add_files(folder.path(), &[("new.toml", names(&database))]);
        let said = PROXY
            .run(folder.path(), &format!("{MOVE} --config new.toml"))
            .await;
        assert_eq!(said.code, Some(1));
        said.assert_error("new.toml line 2: database_url: database");
        said.assert_error(words);
        assert!(!said.errors.contains("at line"), "{}", said.errors);
    }
    own.execute(AssertSqlSafe(format!("DROP ROLE {role}")))
        .await
        .unwrap();
}

#[tokio::test]
async fn only_from_sqlite_into_postgresql() {
    let folder = folder_of(&[("proxy.toml", &on_file(""))]);
    for (line, words) in [
        ("move --from sqlite:proxy.sqlite", "still names SQLite"),
        (
            "move --from postgres://me:passwordOfTests@127.0.0.1/db",
            "no move out of PostgreSQL",
        ),
        (
            "move --from postgres://me:passwordOfTests/@127.0.0.1/db",
            "Percent-encode",
        ),
        (
            "move --from sqlite::memory:",
            "known to the running proxy alone",
        ),
        ("move --from proxy.sqlite", "write sqlite:"),
    ] {
        let said = PROXY.run(folder.path(), line).await;
        assert_eq!(said.code, Some(1), "{line}");
        said.assert_error(words);
        assert!(!said.errors.contains("passwordOfTests"), "{}", said.errors);
    }
}
