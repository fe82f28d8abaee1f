//! systemd's unit of the service, as far as it decides what the service meets: text alone, nobody is asked.

use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Group};

/// Where systemd looks, in this order.
const FOLDERS: [&str; 4] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// What its lines and those of its drop-ins say.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) file: PathBuf,
    pub(super) user: Option<String>,
    pub(super) is_dynamic: bool,
    pub(super) groups: Vec<Gid>,
    /// Names of credentials, and the files they come from where these lie on the machine.
    pub(super) credentials: Vec<(String, Option<PathBuf>)>,
    /// Folders that stay writable, and whether no other does.
    writable: Vec<PathBuf>,
    is_strict: bool,
    hides_home: bool,
    hides_tmp: bool,
    pub(super) may_bind_any_port: bool,
    /// The program it starts, and the configuration that this is told.
    pub(super) program: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
}

impl Unit {
    /// The unit of this name, or at this path. None where there is none.
    pub(super) fn find(name: &str) -> Option<Self> {
        let candidates: Vec<PathBuf> = if name.contains('/') {
            vec![name.into()]
        } else {
            FOLDERS
                .iter()
                .map(|folder| Path::new(folder).join(name))
                .collect()
        };
        let file = candidates.into_iter().find(|file| file.is_file())?;
        let name = file.file_name()?.to_str()?;
        let mut unit = Self::default();
        unit.take(&std::fs::read_to_string(&file).ok()?);
        let mut folders = FOLDERS
            .map(|folder| Path::new(folder).join(format!("{name}.d")))
            .to_vec();
        folders.push(file.with_file_name(format!("{name}.d")));
        folders.dedup();
        let files = folders
            .iter()
            .flat_map(std::fs::read_dir)
            .flatten()
            .flatten();
        let mut drop_ins: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
        drop_ins.retain(|file| file.extension().is_some_and(|it| it == "conf"));
        drop_ins.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
        drop_ins.dedup();
        for drop_in in drop_ins {
            unit.take(&std::fs::read_to_string(drop_in).ok()?);
        }
        unit.file = file;
        Some(unit)
    }

    fn take(&mut self, text: &str) {
        let text = text.replace("\\\n", " ");
        for line in text.lines().map(str::trim) {
            let Some((name, value)) = line
                .split_once('=')
                .filter(|_| !line.starts_with(['#', ';']))
            else {
                continue;
            };
            self.take_line(name.trim(), value.trim());
        }
    }

    fn take_line(&mut self, name: &str, value: &str) {
        let is_yes = matches!(value, "yes" | "true" | "on" | "1");
        match name {
            "User" => self.user = (!value.is_empty()).then(|| value.to_owned()),
            "DynamicUser" => self.is_dynamic = is_yes,
            "SupplementaryGroups" => {
                let groups = value.split_whitespace();
                let groups = groups.filter_map(|name| Group::from_name(name).ok()?);
                self.groups.extend(groups.map(|group| group.gid));
            }
            "LoadCredential" | "LoadCredentialEncrypted" if value.is_empty() => {
                self.credentials.clear();
            }
            "LoadCredential" | "LoadCredentialEncrypted" => {
                let (name, path) = value.split_once(':').unwrap_or((value, ""));
                let path = Path::new(path).is_absolute().then(|| path.into());
                self.credentials.push((name.to_owned(), path));
            }
            "SetCredential" | "SetCredentialEncrypted" => {
                let name = value.split(':').next().unwrap_or(value);
                self.credentials.push((name.to_owned(), None));
            }
            "StateDirectory" => {
                let folders = value.split_whitespace().flat_map(|name| {
                    let name = name.split(':').next().unwrap_or(name);
                    ["/var/lib", "/var/lib/private"].map(|folder| Path::new(folder).join(name))
                });
                self.writable.extend(folders);
            }
            "ReadWritePaths" | "BindPaths" => {
                let folders = value.split_whitespace();
                let folders = folders.map(|it| it.trim_start_matches(['-', '+']));
                self.writable.extend(folders.map(PathBuf::from));
            }
            "ProtectSystem" => self.is_strict = value == "strict",
            "ProtectHome" => self.hides_home = is_yes || value == "tmpfs",
            "PrivateTmp" => self.hides_tmp = is_yes,
            "AmbientCapabilities" => {
                self.may_bind_any_port = value.contains("CAP_NET_BIND_SERVICE");
            }
            "ExecStart" => {
                let mut words = value.split([' ', '=']);
                let program = words.next().unwrap_or_default();
                self.config = words
                    .find(|it| *it == "--config")
                    .and(words.next())
                    .map(PathBuf::from);
                let program = program.trim_start_matches(['@', '-', ':', '+', '!']);
                self.program = Path::new(program).is_absolute().then(|| program.into());
            }
            _ => {}
        }
    }

    /// Whether systemd makes this folder, or gives it to the service at each start.
    pub(super) fn gives(&self, folder: &Path) -> bool {
        self.is_dynamic && self.writable.iter().any(|it| folder.starts_with(it))
    }

    /// The line that keeps the service from `path`, or from writing there.
    pub(super) fn hides(&self, path: &Path, must_write: bool) -> Option<&'static str> {
        if self.writable.iter().any(|it| path.starts_with(it)) {
            return None;
        }
        let is_below = |folders: &[&str]| folders.iter().any(|it| path.starts_with(it));
        if self.hides_home && is_below(&["/home", "/root", "/run/user"]) {
            Some("ProtectHome=")
        } else if (self.hides_tmp || self.is_dynamic) && is_below(&["/tmp", "/var/tmp"]) {
            Some("PrivateTmp=")
        } else if must_write && (self.is_strict || self.is_dynamic) {
            Some("ProtectSystem=strict")
        } else {
            None
        }
    }
}
