//! What a backup is, what is not taken for one, and what a restore makes of a copy with a log beside it.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use login_store::{SqliteStore, Store, Tables, backup, restore};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;

use crate::opening::{CHANGED, NEWER};
use crate::samples::{SHOP, XIAOHONG, XIAOMING, id, known_of, owner, put, xiaoming};

/// What becomes a backup.
const PART: &str = "wechat-login-backup.part";
const JOURNAL: &str = "wechat-login-backup.part-journal";

/// A store with 小明, who has a record, and a place for backups.
async fn world() -> (TempDir, PathBuf, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("proxy.sqlite");
    let store = SqliteStore::open_file(&database).await.unwrap();
    let owner = xiaoming(&store).await;
    put(&store, &id(&owner, "order", "1"), "1", 10).await;
    (folder, database, store)
}

async fn execute(database: &Path, statements: &'static str) {
    let url = format!("sqlite:{}", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(AssertSqlSafe(statements)).await.unwrap();
}

/// Why a file is not restored over a database; nothing is left of the attempt.
async fn refusal(file: &Path) -> String {
    let elsewhere = tempfile::tempdir().unwrap();
    let database = elsewhere.path().join("proxy.sqlite");
    let refused = restore(&database, file).await.unwrap_err().to_string();
    let left = elsewhere.path().read_dir().unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["proxy.sqlite-lock"]);
    refused
}

#[tokio::test]
async fn a_backup_is_private_and_whole_and_made_once_while_others_write() {
    let (folder, database, store) = world().await;
    let at = |name: &str| folder.path().join(name);
    let file = at("backup.sqlite");
    // Of a backup that was killed.
    for name in [PART, JOURNAL] {
        std::fs::write(at(name), "left").unwrap();
        std::fs::set_permissions(at(name), Permissions::from_mode(0o644)).unwrap();
    }
    let writing = async {
        for key in 0..50 {
            put(
                &store,
                &id(&owner(SHOP, XIAOMING), "later", &key.to_string()),
                "1",
                10,
            )
            .await;
        }
    };
    // One waits for the other.
    let other = at("same.sqlite");
    let (made, same, ()) =
        tokio::join!(backup(&database, &file), backup(&database, &other), writing);
    let made = made.unwrap();
    assert!(same.unwrap().records >= made.records);
    let metadata = file.metadata().unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!((made.users, made.bytes), (1, metadata.len()));
    assert!((1..=51).contains(&made.records), "{made:?}");
    assert_eq!(made.tables, Tables::Current);
    for name in [PART, JOURNAL, "backup.sqlite-wal"] {
        assert!(!at(name).exists(), "{name}");
    }
    assert!(made.last_login.unwrap().ends_with(" UTC"));

    for (file, words) in [
        (&file, "backup.sqlite exists, and nothing is overwritten"),
        (&at("proxy.sqlite-journal"), "belongs to the database"),
        (&at("missing/backup.sqlite"), "install -d -m 700"),
    ] {
        let refused = backup(&database, file).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    // What SQLite would play into a new file of this name.
    std::fs::write(at("other.sqlite-wal"), "").unwrap();
    let refused = backup(&database, &at("other.sqlite")).await.unwrap_err();
    assert!(
        refused.to_string().contains("other.sqlite-wal exists"),
        "{refused}"
    );
}

#[tokio::test]
async fn given_up_it_leaves_nothing() {
    let (folder, database, _store) = world().await;
    let [file, part] = ["backup.sqlite", PART].map(|name| folder.path().join(name));
    tokio::select! {
        biased;
        made = backup(&database, &file) => panic!("{made:?}"),
        () = async { assert!(part.exists()) } => {}
    }
    assert!(!part.exists() && !file.exists());
}

#[tokio::test]
async fn what_was_erased_is_not_in_a_backup() {
    let (folder, database, store) = world().await;
    let file = folder.path().join("backup.sqlite");
    store.erase(&owner(SHOP, XIAOMING)).await.unwrap();
    let made = backup(&database, &file).await.unwrap();
    assert_eq!((made.users, made.records), (0, 0));
    let bytes = std::fs::read(&file).unwrap();
    let openid = XIAOMING.as_bytes();
    assert!(!bytes.windows(openid.len()).any(|it| it == openid));
}

#[tokio::test]
async fn what_is_no_whole_backup_of_ours_is_refused() {
    let (folder, database, store) = world().await;
    let at = |name: &str| folder.path().join(name);
    let copy = async |name: &str| {
        let file = at(name);
        backup(&database, &file).await.unwrap();
        file
    };
    let newer = copy("newer").await;
    execute(&newer, NEWER).await;
    assert!(refusal(&newer).await.contains("of version 9000"));
    let changed = copy("changed").await;
    execute(&changed, CHANGED).await;
    assert!(
        refusal(&changed)
            .await
            .contains("migration 1 that ran on it is another one")
    );
    let foreign = copy("foreign").await;
    execute(&foreign, "DROP TABLE record").await;
    assert!(
        refusal(&foreign)
            .await
            .contains("is no database of this program")
    );
    let (cut, torn) = (copy("cut").await, copy("torn").await);
    let mut bytes = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(refusal(&cut).await.contains("is damaged"));
    let openid = bytes
        .windows(XIAOMING.len())
        .rposition(|it| it == XIAOMING.as_bytes());
    bytes[openid.unwrap()] = b'x';
    std::fs::write(&torn, &bytes).unwrap();
    assert!(refusal(&torn).await.contains("is damaged"));
    std::fs::write(at("text"), "no database".repeat(100)).unwrap();
    assert!(refusal(&at("text")).await.contains("is no SQLite database"));
    store.close().await;
}

/// Somebody has copied the files of a running proxy.
#[tokio::test]
async fn what_is_in_a_log_beside_a_copy_counts_and_the_copy_stays_as_it_is() {
    let (folder, database, store) = world().await;
    let at = |name: &str| folder.path().join(name);
    for end in ["", "-wal"] {
        let from = at(&format!("proxy.sqlite{end}"));
        std::fs::copy(from, at(&format!("copy{end}"))).unwrap();
    }
    store.erase(&owner(SHOP, XIAOMING)).await.unwrap();
    store
        .upsert_identity(&crate::samples::silent_login(1))
        .await
        .unwrap();
    store.close().await;
    let [before, log] = ["copy", "copy-wal"].map(|name| std::fs::read(at(name)).unwrap());
    assert!(log.len() > before.len());
    let restored = restore(&database, &at("copy")).await.unwrap();
    assert_eq!((restored.contents.users, restored.contents.records), (1, 1));
    assert_eq!(std::fs::read(at("copy")).unwrap(), before);
    assert_eq!(std::fs::read(at("copy-wal")).unwrap(), log);
    assert!(!at("copy-shm").exists());
    let store = SqliteStore::open_file(&database).await.unwrap();
    assert!(known_of(&store, &owner(SHOP, XIAOMING)).await.is_some());
    assert!(known_of(&store, &owner(SHOP, XIAOHONG)).await.is_none());
}
