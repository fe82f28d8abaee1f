//! Who the service is, and what it may do with a file: asked by root for the service, or by the service itself.

use std::ffi::CString;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use login_store::{DatabaseUrl, files};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{
    AccessFlags, Gid, Uid, User, faccessat, geteuid, getgrouplist, getgroups, setegid, seteuid,
    setfsgid, setfsuid, setgroups,
};

use super::unit::Unit;
use crate::config::Config;

/// The first of those that systemd makes for `DynamicUser=`: stands for one that nobody knows before the service runs.
const DYNAMIC: u32 = 61184;

/// The user whose rights count.
pub(super) struct Service {
    pub(super) uid: Uid,
    gid: Gid,
    groups: Vec<Gid>,
    /// Whether it is this process's own user.
    pub(super) is_self: bool,
    /// Who that is, for people.
    pub(super) name: String,
}

/// Why nobody knows who it is.
pub(super) enum Unknown {
    /// Nothing says so.
    Unsaid,
    /// There is no user of this name.
    Missing(String),
}

impl Service {
    /// Whoever was named; else the unit's user, root where it names none; else the owner of the folder with the SQLite file; where the unit makes
    /// one up, somebody like that. A process that is not root's is the service itself.
    pub(super) fn find(
        config: &Config,
        unit: Option<&Unit>,
        named: Option<&str>,
    ) -> Result<Self, Unknown> {
        if !geteuid().is_root() {
            let groups = getgroups().unwrap_or_default();
            let (uid, gid) = (geteuid(), nix::unistd::getegid());
            return Ok(Self::new(uid, gid, groups, "this user"));
        }
        // A name that systemd makes up is nobody's while the service is stopped.
        let of_unit = unit.filter(|unit| !unit.is_dynamic);
        let of_unit = of_unit.map(|unit| unit.user.as_deref().unwrap_or("root"));
        if let Some(name) = named.or(of_unit) {
            let by_number = || User::from_uid(Uid::from_raw(name.parse().ok()?)).ok()?;
            let user = User::from_name(name).ok().flatten().or_else(by_number);
            let number = name.parse().map(Uid::from_raw).ok();
            return match (user, number) {
                (Some(user), _) => Ok(Self::of(&user, unit)),
                (None, Some(uid)) => Ok(Self::new(uid, Gid::from_raw(uid.as_raw()), vec![], name)),
                (None, None) => Err(Unknown::Missing(name.to_owned())),
            };
        }
        let folder = folder_of(config).and_then(|folder| std::fs::metadata(folder).ok());
        let is_dynamic = unit.is_some_and(|unit| unit.is_dynamic);
        match folder {
            Some(folder) if !is_dynamic || folder.uid() != 0 => {
                let uid = Uid::from_raw(folder.uid());
                let user = User::from_uid(uid).ok().flatten();
                Ok(user.map_or_else(
                    || {
                        let gid = Gid::from_raw(folder.gid());
                        Self::new(uid, gid, unit_groups(unit), &uid.to_string())
                    },
                    |user| Self::of(&user, unit),
                ))
            }
            _ if is_dynamic => {
                let (uid, gid) = (Uid::from_raw(DYNAMIC), Gid::from_raw(DYNAMIC));
                Ok(Self::new(
                    uid,
                    gid,
                    unit_groups(unit),
                    "the user that systemd makes for it",
                ))
            }
            _ => Err(Unknown::Unsaid),
        }
    }

    fn new(uid: Uid, gid: Gid, groups: Vec<Gid>, name: &str) -> Self {
        Self {
            uid,
            gid,
            groups,
            is_self: uid == geteuid(),
            name: name.to_owned(),
        }
    }

    fn of(user: &User, unit: Option<&Unit>) -> Self {
        let name = CString::new(user.name.as_str()).ok();
        let groups = name.and_then(|name| getgrouplist(&name, user.gid).ok());
        let groups = [groups.unwrap_or_default(), unit_groups(unit)].concat();
        Self::new(user.uid, user.gid, groups, &user.name)
    }

    pub(super) fn is_root(&self) -> bool {
        self.uid.is_root()
    }

    /// Does `look` with the rights that the service has on files, all of them the system's own to judge.
    ///
    /// Only of this thread are user and group of files, and it ends afterwards.
    pub(super) fn looks<T: Send>(&self, look: impl FnOnce() -> T + Send) -> T {
        if self.is_self {
            return look();
        }
        let (uid, gid) = (self.uid, self.gid);
        let own = getgroups().unwrap_or_default();
        let _ = setgroups(&self.groups);
        let seen = std::thread::scope(|scope| {
            let looking = scope.spawn(move || {
                setfsgid(gid);
                setfsuid(uid);
                look()
            });
            looking.join()
        });
        let _ = setgroups(&own);
        seen.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Makes this process the service's user until what is given back is dropped, for servers that ask who calls. Nothing
    /// where that user has no name, which is what such a server asks for.
    pub(super) fn acts(&self) -> Option<Acting> {
        if !self.is_named() || setegid(self.gid).and_then(|()| seteuid(self.uid)).is_err() {
            return None;
        }
        Some(Acting)
    }

    /// Whether this machine knows who it is now.
    pub(super) fn is_named(&self) -> bool {
        User::from_uid(self.uid).is_ok_and(|user| user.is_some())
    }

    /// Why the service cannot do this with it, with the file or folder that is in the way.
    pub(super) fn denied(&self, path: &Path, how: How) -> Option<Denied> {
        self.looks(|| denied(path, how))
    }

    /// The same for those who look at databases.
    pub(super) fn as_user(&self) -> files::User {
        match self.is_self {
            true => files::User::current(),
            false => files::User::new(self.uid.as_raw(), self.gid.as_raw()),
        }
    }
}

/// As long as this is there, the process is the service's user.
pub(super) struct Acting;

impl Drop for Acting {
    fn drop(&mut self) {
        // It was root, and its real user still is.
        let _ = seteuid(Uid::from_raw(0)).and_then(|()| setegid(Gid::from_raw(0)));
    }
}

/// What the service does with a file.
#[derive(Clone, Copy)]
pub(super) enum How {
    Read,
    Run,
}

/// What is in the way.
pub(super) struct Denied {
    pub(super) path: PathBuf,
    pub(super) error: Errno,
}

impl How {
    fn wanted(self) -> AccessFlags {
        match self {
            Self::Read => AccessFlags::R_OK,
            Self::Run => AccessFlags::X_OK,
        }
    }
}

fn denied(path: &Path, how: How) -> Option<Denied> {
    let wanted = how.wanted();
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let may = |path: &Path, wanted| faccessat(AT_FDCWD, path, wanted, AtFlags::AT_EACCESS);
    let error = may(&path, wanted).err()?;
    // The folder on the way that keeps it out, if it is one.
    let folders: Vec<&Path> = path.ancestors().skip(1).collect();
    let folders = folders.into_iter().rev().filter(|it| it.is_dir());
    let blocked = folders.map(|it| (it, may(it, AccessFlags::X_OK)));
    let blocked = blocked
        .into_iter()
        .find_map(|(it, may)| Some((it, may.err()?)));
    let (path, error) = blocked.map_or((path.clone(), error), |(it, error)| (it.to_owned(), error));
    Some(Denied { path, error })
}

fn unit_groups(unit: Option<&Unit>) -> Vec<Gid> {
    unit.map_or_else(Vec::new, |unit| unit.groups.clone())
}

/// The folder that the database's files are in.
pub(super) fn folder_of(config: &Config) -> Option<&Path> {
    match &config.database {
        DatabaseUrl::SqliteFile(path) => Some(match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }),
        _ => None,
    }
}
