//! What root types beside a service that is another user: the program, really run as both.

mod backups;
mod owners;
mod restore;
mod unreadable;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use test_support::program::{Executable, Program, Said};

use crate::life_cycle::site::Settings;
use crate::support::*;

/// Without a name, as a dynamic user of systemd's has none while its service is stopped.
const SERVICE: u32 = 61_234;

/// A folder with the configuration, which root has, and one in it for the database, which the service has.
struct Site {
    folder: tempfile::TempDir,
    service: Executable,
}

impl Site {
    /// Nothing where the tests are not run by root.
    fn new() -> Option<Self> {
        if !Uid::effective().is_root() {
            println!("skipped: not root");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o755);
        let site = Self {
            service: PROXY.as_user(SERVICE, folder.path()),
            folder,
        };
        std::fs::create_dir(site.data()).unwrap();
        set_mode(&site.data(), 0o700);
        give_to_service(&site.data());
        std::fs::write(site.folder.path().join("proxy.toml"), site.toml()).unwrap();
        Some(site)
    }

    fn toml(&self) -> String {
        Settings::in_folder(&self.data()).toml()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn database(&self) -> PathBuf {
        self.data().join("proxy.sqlite")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self) -> Program {
        self.service.start(self.folder.path(), &self.toml())
    }

    /// Starts the service, and stops it, which has to go well.
    fn start_and_stop(&self) {
        let mut service = self.start();
        service.signal("TERM");
        assert!(service.wait().success());
    }

    /// What the service says that cannot start.
    async fn refusal(&self) -> String {
        let said = self.service.run(self.folder.path(), "serve").await;
        assert_eq!(said.code, Some(1));
        said.errors
    }

    async fn root(&self, line: &str) -> Said {
        PROXY.run(self.folder.path(), line).await
    }

    /// The same, which has to go well.
    async fn root_can(&self, line: &str) -> String {
        let said = self.root(line).await;
        assert_eq!(said.code, Some(0), "{line}: {}", said.errors);
        said.output
    }

    /// All that lies in the service's folder is the service's, and nobody else's to read.
    fn assert_owners(&self, after: &str) {
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().unwrap() {
                let path = entry.unwrap().path();
                let metadata = path.symlink_metadata().unwrap();
                let (uid, gid, mode) = (metadata.uid(), metadata.gid(), metadata.mode() & 0o077);
                let what = format!("{} after {after}", path.display());
                assert_eq!((uid, gid, mode), (SERVICE, SERVICE, 0), "{what}");
                if metadata.is_dir() {
                    folders.push(path);
                }
            }
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn give_to_service(path: &Path) {
    chown(path, Some(SERVICE), Some(SERVICE)).unwrap();
}

fn backend(service: &Program) -> Caller {
    let key = ("Authorization", format!("Bearer {SERVICE_KEY}"));
    Caller::new(service.base_url(), Some(key))
}

fn order_path(key: &str) -> String {
    format!("{}/records/order/{key}", user_path("shop", OPENID))
}

/// Has the user order something.
async fn order(service: &Program, key: &str) {
    let put = backend(service).put(&order_path(key), "1").await;
    assert_eq!(put.status(), 201);
}

async fn has_order(service: &Program, key: &str) -> bool {
    match backend(service)
        .get(&order_path(key))
        .await
        .status()
        .as_u16()
    {
        200 => true,
        404 => false,
        other => panic!("{other}"),
    }
}
