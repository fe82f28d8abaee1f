//! Whose the files of a database are, and what is said where that keeps somebody from using it.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use login_store::files::{User, beside, obstacles};
use login_store::{
    DatabaseUrl, Soundness, SqliteStore, Store, backup, inspect, restore, soundness,
};
use tempfile::TempDir;

/// Without a name, as a dynamic user of systemd's has none while its service is stopped.
const SERVICE: u32 = 61_234;

/// Root is who may give files away.
fn is_root() -> bool {
    let is_root = User::current().is_root();
    if !is_root {
        println!("skipped: not root");
    }
    is_root
}

/// A folder of the service's, and where its database will be.
fn folder_of_service() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(SERVICE), Some(SERVICE)).unwrap();
    let database = folder.path().join("proxy.sqlite");
    (folder, database)
}

fn set_mode(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What keeps the service from it, in one line.
fn told(database: &Path) -> String {
    let found = obstacles(database, &User::new(SERVICE, SERVICE));
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Those that are there, and whose.
fn owners(database: &Path) -> Vec<(PathBuf, u32)> {
    let owner = |path: PathBuf| Some((path.clone(), path.symlink_metadata().ok()?.uid()));
    beside(database).into_iter().filter_map(owner).collect()
}

#[tokio::test]
async fn what_root_makes_is_the_services() {
    if !is_root() {
        return;
    }
    let (_folder, database) = folder_of_service();
    let assert_owners = |count: usize| {
        let owners = owners(&database);
        assert_eq!(owners.len(), count, "{owners:?}");
        assert!(owners.iter().all(|(_, it)| *it == SERVICE), "{owners:?}");
        assert_eq!(told(&database), "");
    };
    let store = SqliteStore::open_file(&database).await.unwrap();
    // With -lock, -wal and -shm.
    assert_owners(4);
    store.close().await;
    assert_owners(2);
    let url = DatabaseUrl::SqliteFile(database.clone());
    inspect(&url).await.unwrap();
    assert_eq!(soundness(&database).await.unwrap(), Soundness::Whole);
    // A look has left nothing behind.
    assert_owners(2);
    let below = database.with_file_name("new").join("folder/proxy.sqlite");
    SqliteStore::open_file(&below).await.unwrap().close().await;
    for path in [&below, below.parent().unwrap()] {
        assert_eq!(path.metadata().unwrap().uid(), SERVICE, "{path:?}");
    }
    assert_eq!(
        below.parent().unwrap().metadata().unwrap().mode() & 0o777,
        0o700
    );
}

/// Root would write wherever the service's user has it lead.
#[tokio::test]
async fn a_link_in_place_of_a_file_is_not_followed_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    for (name, content) in [
        ("proxy.sqlite-lock", Some("kept")),
        ("proxy.sqlite-wal", Some("kept")),
        ("proxy.sqlite", Some("kept")),
        ("proxy.sqlite", Some("")),
        ("proxy.sqlite", None),
    ] {
        let database = folder.path().join("proxy.sqlite");
        if let Some(content) = content {
            std::fs::write(&elsewhere, content).unwrap();
        }
        let link = folder.path().join(name);
        symlink(&elsewhere, &link).unwrap();
        let words = format!("{} is no file but a link", link.display());
        let url = DatabaseUrl::SqliteFile(database.clone());
        let copy = backup(&database, &folder.path().join("copy")).await;
        let file = folder.path().join("whole");
        if !file.exists() {
            let other = folder.path().join("other.sqlite");
            let _store = SqliteStore::open_file(&other).await.unwrap();
            backup(&other, &file).await.unwrap();
        }
        for error in [
            SqliteStore::open_file(&database)
                .await
                .unwrap_err()
                .to_string(),
            inspect(&url).await.unwrap_err().to_string(),
            copy.unwrap_err().to_string(),
            restore(&database, &file).await.unwrap_err().to_string(),
        ] {
            assert!(error.contains(&words), "{name}: {error}");
        }
        assert_eq!(std::fs::read_to_string(&elsewhere).ok().as_deref(), content);
        std::fs::remove_file(&link).unwrap();
        let _ = std::fs::remove_file(&elsewhere);
    }
}

/// Where the kernel lets somebody give a second name to a file of root's.
#[tokio::test]
async fn a_second_name_for_a_file_of_somebody_else_is_a_link_too() {
    if !is_root() {
        return;
    }
    let (folder, database) = folder_of_service();
    let elsewhere = tempfile::NamedTempFile::new_in(folder.path().parent().unwrap()).unwrap();
    std::fs::hard_link(elsewhere.path(), &database).unwrap();
    let error = SqliteStore::open_file(&database).await.unwrap_err();
    assert!(
        error.to_string().contains("is no file but a link"),
        "{error}"
    );
    assert_eq!(elsewhere.path().metadata().unwrap().len(), 0);
    assert!(
        told(&database).ends_with("what it leads to"),
        "{}",
        told(&database)
    );
}

#[tokio::test]
async fn each_obstacle_is_told_with_the_file_its_owner_and_the_command() {
    if !is_root() {
        return;
    }
    let (folder, database) = folder_of_service();
    let at = |name: &str| folder.path().join(name).display().to_string();
    SqliteStore::open_file(&database)
        .await
        .unwrap()
        .close()
        .await;
    let lock = at("proxy.sqlite-lock");
    chown(&lock, Some(0), Some(0)).unwrap();
    assert_eq!(
        told(&database),
        format!(
            "{lock} belongs to root (mode 0600), and uid 61234 may not write there: chown --reference={} {lock}",
            folder.path().display()
        )
    );
    chown(&lock, Some(SERVICE), None).unwrap();
    set_mode(&database, 0o400);
    assert!(told(&database).ends_with(&format!(": chmod u+rw {}", at("proxy.sqlite"))));
    set_mode(&database, 0o600);
    let stranger = User::new(SERVICE + 1, SERVICE + 1);
    let found = obstacles(&database, &stranger);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .remedy
            .starts_with("run this as root or uid 61234;"),
        "{found:?}"
    );

    chown(folder.path(), Some(0), Some(0)).unwrap();
    set_mode(folder.path(), 0o755);
    let words = "may make no files in it: run this as root; where uid 61234 is the service";
    assert!(told(&database).contains(words), "{}", told(&database));
    let all = format!(
        "give it all of the folder: chown -R 61234:61234 {}",
        folder.path().display()
    );
    assert!(told(&database).ends_with(&all), "{}", told(&database));
    // Of others.
    std::fs::write(at("hosts"), "").unwrap();
    let own = format!(
        "name it in database_url: install -d -m 700 -o 61234 -g 61234 {}",
        at("wechat-login")
    );
    assert!(told(&database).ends_with(&own), "{}", told(&database));
    let at_top = told(Path::new("/proxy.sqlite"));
    assert!(at_top.ends_with("-g 61234 /wechat-login"), "{at_top}");
    set_mode(folder.path(), 0o777);
    chown(&database, Some(SERVICE + 1), None).unwrap();
    assert!(told(&database).ends_with(&own), "{}", told(&database));
    set_mode(folder.path(), 0o755);
    let missing = folder.path().join("it's/proxy.sqlite");
    let words = "install -d -m 700 -o 61234 -g 61234 '";
    assert!(told(&missing).contains(words), "{}", told(&missing));
    assert!(told(&missing).ends_with(r"/it'\''s'"), "{}", told(&missing));
    std::fs::write(at("file"), "").unwrap();
    let within = told(&folder.path().join("file/proxy.sqlite"));
    assert!(
        within.contains("file is no folder: name another"),
        "{within}"
    );
    set_mode(folder.path(), 0o700);
    let words = format!(
        "{} belongs to root (mode 0700), and uid 61234 may not pass",
        folder.path().display()
    );
    let below = folder.path().join("below");
    std::fs::create_dir(&below).unwrap();
    let found = told(&below.join("proxy.sqlite"));
    assert!(found.contains(&words), "{found}");
    let link = tempfile::tempdir().unwrap();
    symlink(&below, link.path().join("link")).unwrap();
    set_mode(link.path(), 0o755);
    let through = link.path().join("link/proxy.sqlite");
    assert!(told(&through).contains(&words), "{}", told(&through));
}
