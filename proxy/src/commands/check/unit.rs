//! systemd's unit of the service, as far as it decides what the service meets: text alone, nobody is asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Group};

use super::environment::Environment;

/// Where systemd looks, in this order.
const FOLDERS: [&str; 4] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Where it puts the credentials of a running service.
const CREDENTIALS: &str = "/run/credentials";

/// What its lines and those of its drop-ins say.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) file: PathBuf,
    pub(super) user: Option<String>,
    pub(super) is_dynamic: bool,
    pub(super) groups: Vec<Gid>,
    /// Names of credentials, and the files they come from where these lie on the machine.
    pub(super) credentials: Vec<(String, Option<PathBuf>)>,
    /// What systemd makes below /var/lib, and gives to the service's user with all that is in it.
    state: Vec<PathBuf>,
    /// Folders that stay writable, and whether no other does.
    writable: Vec<PathBuf>,
    /// Folders that are shown although others around them are not.
    bound: Vec<PathBuf>,
    hidden: Vec<(&'static str, PathBuf)>,
    read_only: Vec<PathBuf>,
    environment: Environment,
    /// Whether there are credentials whose files do not hold what the service is given.
    has_sealed: bool,
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
                self.has_sealed |= name.ends_with("Encrypted");
                let (name, path) = value.split_once(':').unwrap_or((value, ""));
                let path = Path::new(path).is_absolute().then(|| path.into());
                self.credentials.push((name.to_owned(), path));
            }
            // Of the machine's or the container's own, whatever begins so.
            "ImportCredential" => {
                self.has_sealed = true;
                let (name, new) = value.split_once(':').unwrap_or((value, value));
                let name = if name.ends_with('*') && new != name {
                    format!("{new}*")
                } else {
                    new.to_owned()
                };
                self.credentials.push((name, None));
            }
            "SetCredential" | "SetCredentialEncrypted" => {
                self.has_sealed = true;
                let name = value.split(':').next().unwrap_or(value);
                self.credentials.push((name.to_owned(), None));
            }
            "StateDirectory" => {
                let folders = value.split_whitespace().flat_map(|name| {
                    let name = name.split(':').next().unwrap_or(name);
                    ["/var/lib", "/var/lib/private"].map(|folder| Path::new(folder).join(name))
                });
                self.state.extend(folders);
            }
            "ReadWritePaths" => self.writable.extend(paths(value)),
            "BindPaths" => {
                self.writable.extend(targets(value));
                self.bound.extend(targets(value));
            }
            "BindReadOnlyPaths" => self.bound.extend(targets(value)),
            "ReadOnlyPaths" => self.read_only.extend(paths(value)),
            "InaccessiblePaths" if value.is_empty() => self.hidden.clear(),
            "InaccessiblePaths" => {
                let paths = paths(value).map(|it| ("InaccessiblePaths=", it));
                self.hidden.extend(paths);
            }
            "TemporaryFileSystem" => {
                let paths = paths(value).filter_map(|it| {
                    let path = it.to_str()?.split(':').next()?;
                    Some(("TemporaryFileSystem=", path.into()))
                });
                self.hidden.extend(paths);
            }
            "Environment" => self.environment.set(value),
            "EnvironmentFile" => self.environment.add_file(value),
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

    /// The lines about variables.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The variables that the service has of it. Of credentials that systemd alone can open those of the running service
    /// are all there is to look at.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.environment.variables();
        let given = self
            .file
            .file_name()
            .map(|name| Path::new(CREDENTIALS).join(name));
        if let Some(given) = given.filter(|it| self.has_sealed && it.is_dir()) {
            variables.insert(
                "CREDENTIALS_DIRECTORY".to_owned(),
                given.display().to_string(),
            );
        }
        variables
    }

    /// Whether it gives the service a credential of this name.
    pub(super) fn has_credential(&self, name: &str) -> bool {
        self.credentials
            .iter()
            .any(|(it, _)| match it.strip_suffix('*') {
                Some(beginning) => name.starts_with(beginning),
                None => it == name,
            })
    }

    /// The folder around this one that systemd makes, or gives to the service's user with all that is in it.
    pub(super) fn gives(&self, folder: &Path) -> Option<&Path> {
        let mut state = self.state.iter().map(PathBuf::as_path);
        state.find(|it| folder.starts_with(it))
    }

    /// The line that keeps the service from `path`, or from writing there.
    pub(super) fn hides(&self, path: &Path, must_write: bool) -> Option<&'static str> {
        let is_among = |folders: &[PathBuf]| folders.iter().any(|it| path.starts_with(it));
        if is_among(&self.bound) {
            return (must_write && !is_among(&self.writable)).then_some("BindReadOnlyPaths=");
        }
        let mut hidden = self.hidden.iter();
        if let Some((line, _)) = hidden.find(|(_, it)| path.starts_with(it)) {
            return Some(line);
        }
        if is_among(&self.writable) || is_among(&self.state) {
            return None;
        }
        let is_below = |folders: &[&str]| folders.iter().any(|it| path.starts_with(it));
        if self.hides_home && is_below(&["/home", "/root", "/run/user"]) {
            Some("ProtectHome=")
        } else if (self.hides_tmp || self.is_dynamic) && is_below(&["/tmp", "/var/tmp"]) {
            Some("PrivateTmp=")
        } else if must_write && is_among(&self.read_only) {
            Some("ReadOnlyPaths=")
        } else if must_write && (self.is_strict || self.is_dynamic) {
            Some("ProtectSystem=strict")
        } else {
            None
        }
    }
}

fn paths(value: &str) -> impl Iterator<Item = PathBuf> {
    let paths = value.split_whitespace();
    paths.map(|it| it.trim_start_matches(['-', '+']).into())
}

/// Where `FROM:TO` puts it.
fn targets(value: &str) -> impl Iterator<Item = PathBuf> {
    let paths = value.split_whitespace();
    paths.map(|it| {
        let mut parts = it.trim_start_matches(['-', '+']).split(':');
        let from = parts.next().unwrap_or_default();
        parts.next().unwrap_or(from).into()
    })
}
