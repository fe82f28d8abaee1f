//! A restore stopped after each of its steps, and one in which each of them fails.

use std::mem::ManuallyDrop;

use tempfile::TempDir;
use wechat_oauth::{AppId, OpenId};

use super::*;
use crate::{DatabaseUrl, NotedIdentity, Owner, SqliteStore, Store, backup, inspect};

const OLD: &str = "old0000000000000000000000000";
const BACKED_UP: &str = "new0000000000000000000000000";

/// A database as a crash leaves it, whose user is in the `-wal` alone, and a backup with another one.
struct World {
    folder: TempDir,
    database: PathBuf,
    file: PathBuf,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (crashed, whole) = (at("crashed.sqlite"), at("whole.sqlite"));
        let (database, file) = (at("proxy.sqlite"), at("backup.sqlite"));
        let store = SqliteStore::open_file(&whole).await.unwrap();
        note(&store, BACKED_UP).await;
        let contents = backup(&whole, &file).await.unwrap();
        assert_eq!((contents.users, contents.records), (1, 0));
        let store = SqliteStore::open_file(&crashed).await.unwrap();
        note(&store, OLD).await;
        for (from, to) in beside(&crashed).iter().zip(beside(&database)) {
            if from.exists() {
                std::fs::copy(from, to).unwrap();
            }
        }
        assert!(database.metadata().unwrap().len() < 10_000);
        Self {
            folder,
            database,
            file,
        }
    }

    fn staged(&self) -> PathBuf {
        place::staged_of(&self.database)
    }

    /// Everything up to the moves; the folder stays as one that is killed leaves it.
    async fn stage(&self) -> (Steps, ManuallyDrop<Staged>) {
        let staged = ManuallyDrop::new(Staged::make(self.staged()).unwrap());
        stage(&self.database, &self.file, &staged).await.unwrap();
        let before = self.folder.path().join("before-restore-1");
        let steps = Steps::plan(&self.database, &staged, &before).unwrap();
        (steps, staged)
    }

    async fn assert_user(&self, openid: &str) {
        let store = SqliteStore::open_file(&self.database).await.unwrap();
        for it in [OLD, BACKED_UP] {
            let Owner {
                appid,
                openid: known,
            } = owner(it);
            let known = store.find_identity(&appid, &known).await.unwrap();
            assert_eq!(known.is_some(), it == openid, "{it}");
        }
        store.close().await;
    }

    async fn restore(&self) -> Option<PathBuf> {
        let restored = restore(&self.database, &self.file).await.unwrap();
        assert_eq!(restored.contents.users, 1);
        assert!(!self.staged().exists() && !restore_of(&self.database).exists());
        restored.before
    }
}

fn owner(openid: &str) -> Owner {
    Owner {
        appid: AppId::parse("wx00000000000000a1").unwrap(),
        openid: OpenId::parse(openid).unwrap(),
    }
}

async fn note(store: &SqliteStore, openid: &str) {
    let noted = NotedIdentity {
        owner: owner(openid),
        platform: None,
        unionid: None,
        noted_at: 1,
    };
    store.note_identity(&noted).await.unwrap();
}

#[tokio::test]
async fn stopped_after_any_step_it_is_the_old_one_the_new_one_or_refused_and_goes_on() {
    let count = World::new().await.stage().await.0.moves.len();
    // The folder, the database with -wal and -shm, the new one, the folder's name.
    assert_eq!(count, 6);
    for done in 0..=count {
        let world = World::new().await;
        let (steps, _staged) = world.stage().await;
        for (from, to) in steps.moves.iter().take(done) {
            steps.rename(from, to).unwrap();
        }
        if done == 0 {
            world.assert_user(OLD).await;
            assert!(!world.staged().exists());
        } else if done == count {
            world.assert_user(BACKED_UP).await;
        } else {
            let refused =
                |error: Error| assert!(matches!(error, Error::HalfRestored(_)), "{error}");
            refused(SqliteStore::open_file(&world.database).await.unwrap_err());
            let url = DatabaseUrl::SqliteFile(world.database.clone());
            refused(inspect(&url).await.unwrap_err());
            let copy = backup(&world.database, &world.folder.path().join("copy")).await;
            assert!(copy.unwrap_err().to_string().contains("was interrupted"));
        }
        world.restore().await.unwrap();
        world.assert_user(BACKED_UP).await;
        // The way back, with what was in the -wal.
        let before = oldest(&world).join("proxy.sqlite");
        restore(&world.database, &before).await.unwrap();
        world.assert_user(OLD).await;
    }
}

/// What was there before the first restore.
fn oldest(world: &World) -> PathBuf {
    let entries = world.folder.path().read_dir().unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_before = |it: &PathBuf| it.to_string_lossy().contains("/before-restore-");
    paths.filter(is_before).min().unwrap()
}

#[tokio::test]
async fn given_up_before_its_end_it_leaves_nothing() {
    let world = World::new().await;
    let mut restoring = Box::pin(restore(&world.database, &world.file));
    while !world.staged().exists() {
        tokio::select! {
            biased;
            restored = &mut restoring => panic!("{restored:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(restoring);
    assert!(!world.staged().exists());
    world.assert_user(OLD).await;
}

/// As the service's user could, who has the folder around.
#[tokio::test]
async fn root_is_not_led_elsewhere_by_a_link_in_the_place_of_a_folder() {
    if !unistd::geteuid().is_root() {
        println!("skipped: not root");
        return;
    }
    let world = World::new().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let lead = |folder: &Path| {
        rename(folder, &with_end(folder, "-away")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder).unwrap();
    };
    let staged = Staged::make(world.staged()).unwrap();
    lead(&world.staged());
    stage(&world.database, &world.file, &staged)
        .await
        .unwrap_err();
    drop(staged);
    assert!(!world.staged().exists());

    let (steps, _staged) = world.stage().await;
    for (from, to) in steps.moves.iter().take(1) {
        steps.rename(from, to).unwrap();
    }
    lead(&restore_of(&world.database));
    std::fs::write(elsewhere.path().join(NEW), "kept").unwrap();
    let refused = restore(&world.database, &world.file).await.unwrap_err();
    assert!(refused.to_string().contains("-restore: "), "{refused}");
    let kept = std::fs::read_to_string(elsewhere.path().join(NEW)).unwrap();
    let count = elsewhere.path().read_dir().unwrap().count();
    assert_eq!((&*kept, count), ("kept", 1));
}

#[tokio::test]
async fn where_a_step_fails_everything_is_as_it_was() {
    for failing in 0..=6 {
        let world = World::new().await;
        let (mut steps, _staged) = world.stage().await;
        let missing = world.folder.path().join("missing");
        steps.moves.insert(failing, (missing.clone(), missing));
        steps.run().unwrap_err();
        world.assert_user(OLD).await;
        world.restore().await.unwrap();
        world.assert_user(BACKED_UP).await;
    }
}

#[tokio::test]
async fn whatever_is_there_goes_aside_be_it_damaged_or_nothing() {
    let world = World::new().await;
    for content in ["", "no database"] {
        std::fs::write(&world.database, content).unwrap();
        let before = world.restore().await.unwrap();
        let kept = std::fs::read_to_string(before.join("proxy.sqlite"));
        assert_eq!(kept.unwrap(), content);
        world.assert_user(BACKED_UP).await;
    }
    for path in beside(&world.database) {
        let _ = std::fs::remove_file(path);
    }
    assert_eq!(world.restore().await, None);
    world.assert_user(BACKED_UP).await;
}
