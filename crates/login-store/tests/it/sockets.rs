//! PostgreSQL's socket, where the system tells who is asking: no password, and no user unless another is meant.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use login_store::{DatabaseUrl, PostgresParts};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use test_support::postgres::Server;

#[tokio::test]
async fn who_this_process_is_opens_the_database_by_address_and_by_parts() {
    let mut rules = tempfile::NamedTempFile::new().unwrap();
    // The server is another user.
    let readable = std::fs::Permissions::from_mode(0o644);
    rules.as_file().set_permissions(readable).unwrap();
    writeln!(rules, "local postgres postgres trust\nlocal all all peer").unwrap();
    let hba = format!("hba_file={}", rules.path().display());
    let server = Server::start(&["-c", "fsync=off", "-c", &hba]).unwrap();
    let address = server.new_database().await.unwrap();
    let (name, folder) = address.split_once("?host=").unwrap();
    let name = name.rsplit('/').next().unwrap();

    let asked = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    let me = String::from_utf8(asked.stdout).unwrap();
    let me = me.trim();
    let master = format!("postgres://postgres@localhost/postgres?host={folder}");
    let mut master = PgConnection::connect(&master).await.unwrap();
    if me != "postgres" {
        let role = AssertSqlSafe(format!("CREATE ROLE \"{me}\" LOGIN"));
        master.execute(role).await.unwrap();
    }
    let own = AssertSqlSafe(format!("ALTER DATABASE {name} OWNER TO \"{me}\""));
    master.execute(own).await.unwrap();

    let by_address = format!("postgres:///{name}?host={folder}");
    let encoded = folder.replace('/', "%2F");
    let by_host = format!("postgres://{encoded}/{name}");
    let parts = PostgresParts {
        host: folder.to_owned(),
        name: name.to_owned(),
        ..PostgresParts::default()
    };
    for url in [
        DatabaseUrl::parse(&by_address).unwrap(),
        DatabaseUrl::parse(&by_host).unwrap(),
        DatabaseUrl::Postgres(parts.url().unwrap()),
    ] {
        login_store::open(&url).await.unwrap().ping().await.unwrap();
    }
    let other = DatabaseUrl::parse(&by_address.replace("///", "//somebody@/")).unwrap();
    let error = login_store::open(&other).await.err().unwrap();
    assert!(error.to_string().contains("Peer authentication"), "{error}");
}
