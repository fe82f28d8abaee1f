//! What the service meets on this machine: its files, with the rights of the user it runs as.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use login_store::DatabaseUrl;
use login_store::files::obstacles;
use nix::errno::Errno;

use super::report::{Finding, Level, Subject};
use super::service::{Denied, How, Service, Unknown, folder_of};
use super::unit::Unit;
use super::{disk, environment, listen};
use crate::config::Config;
use crate::http::app_files::AppFiles;

const SERVICE: Subject = Subject("service");
const CHECK: Subject = Subject("access");
const UNIT: Subject = Subject("unit");

const NO_START: &str = "the service does not start.";

/// Everything that the owner, the modes and the unit decide, the addresses and the disk.
pub(super) async fn findings(
    config: &Config,
    config_file: &Path,
    unit: Option<&Unit>,
    service: &Result<Service, Unknown>,
) -> Vec<Finding> {
    let mut findings = unit.map_or_else(Vec::new, |unit| of_unit(config, config_file, unit));
    match service {
        Ok(service) => {
            findings.push(SERVICE.ok(match service.is_self {
                true => "All is looked at with the rights of the user who asks.".to_owned(),
                false => format!(
                    "Files are looked at with the rights of the service's user: {}.",
                    service.name
                ),
            }));
            let look = Look { service, unit };
            let before = findings.len();
            look.at_files(config, config_file, &mut findings);
            if findings.len() == before {
                findings.push(
                    CHECK.ok("Configuration, program, app and database are there for the service."),
                );
            }
        }
        Err(Unknown::Unsaid) => findings.push(SERVICE.skipped(
            "Whether the service may use its files is unknown, for nothing says who runs it.",
            "name its user by --user, or its unit of systemd by --unit.",
        )),
        Err(Unknown::Missing(name)) => findings.push(SERVICE.error(
            format!("There is no user {name} on this machine."),
            "systemd does not start the service (217/USER).",
            format!("make it (useradd --system {name}), or correct User= in the unit, or --user."),
        )),
    }
    findings.extend(listen::findings(config, service.as_ref().ok(), unit).await);
    findings.extend(folder_of(config).map(disk::finding));
    findings
}

/// What the unit gives the service, and what it hides from it.
fn of_unit(config: &Config, config_file: &Path, unit: &Unit) -> Vec<Finding> {
    let mut findings = environment::findings(config, &unit.file, unit.environment());
    let file = unit.file.display();
    for place in &config.secret_places {
        let Some(name) = place
            .credential
            .as_deref()
            .filter(|name| !unit.has_credential(name))
        else {
            continue;
        };
        let home = config_file.with_file_name("credentials").join(name);
        let home = std::path::absolute(&home).unwrap_or(home);
        findings.push(UNIT.error(
            format!("{file} gives the service no credential {name}, which {} names.", config.places.of(&place.key)),
            NO_START,
            format!(
                "add the line `LoadCredential={name}:{}` under [Service], and `systemctl daemon-reload`.",
                home.display()
            ),
        ));
    }
    for (name, path) in &unit.credentials {
        let Some(path) = path else { continue };
        let is_missing =
            std::fs::metadata(path).is_err_and(|it| it.kind() == std::io::ErrorKind::NotFound);
        if is_missing {
            findings.push(UNIT.error(
                format!(
                    "{file} takes the credential {name} from {}, which is not there.",
                    path.display()
                ),
                "systemd does not start the service (243/CREDENTIALS).",
                "make the file, or remove the line and `systemctl daemon-reload`.",
            ));
        }
    }
    if let Some(other) = &unit.config
        && other.canonicalize().ok() != config_file.canonicalize().ok()
    {
        findings.push(UNIT.warning(
            format!(
                "{file} starts the service with {}, and {} was looked at.",
                other.display(),
                config_file.display()
            ),
            "what is said here is true of another configuration.",
            format!("run check --config {}.", other.display()),
        ));
    }
    let folder = folder_of(config).map(|it| (it, true));
    let others = [Some(config_file), config.static_dir.as_deref()];
    let others = others.into_iter().flatten().map(|it| (it, false));
    for (path, must_write) in folder.into_iter().chain(others) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if let Some(line) = unit.hides(&path, must_write) {
            findings.push(UNIT.error(
                format!("{line} in {file} keeps the service from {}.", path.display()),
                NO_START,
                "put it elsewhere (a database below /var/lib/wechat-login), or open that folder to the unit by \
                 ReadWritePaths= or BindReadOnlyPaths=.",
            ));
        }
    }
    findings
}

struct Look<'a> {
    service: &'a Service,
    unit: Option<&'a Unit>,
}

impl Look<'_> {
    fn at_files(&self, config: &Config, config_file: &Path, findings: &mut Vec<Finding>) {
        let has_secret = config.secret_places.iter().any(|it| it.file.is_none());
        let open = if has_secret {
            "move the secrets into credentials, and then chmod 644 it; or give it to the service's user alone"
        } else {
            "chmod 644 it"
        };
        findings.extend(self.at(config_file, How::Read, NO_START, open));
        for place in &config.secret_places {
            // systemd hands on what root alone may read.
            let by_systemd = place.credential.is_some() && self.unit.is_some();
            if let Some(path) = place.file.as_deref().filter(|_| !by_systemd) {
                let fix = "let it belong to the service's user (chown), or make it a credential of systemd";
                findings.extend(self.at(path, How::Read, NO_START, fix));
            }
        }
        let program = self.unit.and_then(|unit| unit.program.clone());
        if let Some(program) = program.or_else(|| std::env::current_exe().ok()) {
            findings.extend(self.at(&program, How::Run, NO_START, "chmod 755 it"));
        }
        if let Some(folder) = &config.static_dir {
            let origins = config.page_origins();
            let read = || AppFiles::read(folder, &origins, config.public_url.path());
            if let Err(error) = self.service.looks(read) {
                findings.push(CHECK.error(
                    format!(
                        "{}: {}: {error}.",
                        self.service.name,
                        config.places.named("static_dir")
                    ),
                    NO_START,
                    format!(
                        "chmod -R a+rX {}, and every folder above it a+x.",
                        folder.display()
                    ),
                ));
            }
        }
        if let DatabaseUrl::SqliteFile(path) = &config.database {
            self.at_database(path, folder_of(config).unwrap_or(path), findings);
        }
    }

    fn at_database(&self, database: &Path, folder: &Path, findings: &mut Vec<Finding>) {
        // At a start systemd makes the folder, or gives it with all that is in it to whoever the service is by then.
        let given = self.unit.and_then(|unit| unit.gives(folder));
        let has_it = |it: std::fs::Metadata| it.uid() == self.service.uid.as_raw();
        if given.is_some_and(|it| !it.metadata().is_ok_and(has_it)) {
            return;
        }
        for obstacle in obstacles(database, &self.service.as_user()) {
            let why = "the service does not start, or cannot store a login.";
            let (what, fix) = (
                format!("{}.", obstacle.what),
                format!("{}.", obstacle.remedy),
            );
            findings.push(CHECK.error(what, why, fix));
        }
    }

    fn at(&self, path: &Path, how: How, why: &str, fix: &str) -> Option<Finding> {
        let denied = self.service.denied(path, how)?;
        Some(self.finding(path, how, &denied, why, fix))
    }

    fn finding(&self, path: &Path, how: How, denied: &Denied, why: &str, fix: &str) -> Finding {
        let name = &self.service.name;
        let verb = match how {
            How::Read => "read",
            How::Run => "run",
        };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let is_on_the_way = denied.path != absolute && denied.path != path;
        let at = if is_on_the_way {
            format!(" at {}", described(&denied.path))
        } else {
            String::new()
        };
        let fix = match denied.error {
            Errno::ENOENT if matches!(how, How::Run) => {
                "put the program there, or correct ExecStart= in the unit".to_owned()
            }
            Errno::ENOENT => "make it, or correct the path".to_owned(),
            Errno::EROFS => "mount the file system for writing, or name another folder".to_owned(),
            _ if is_on_the_way => {
                format!("let {name} pass {0}: chmod a+x {0}", denied.path.display())
            }
            _ => fix.to_owned(),
        };
        let reason = denied.error.desc();
        CHECK.bad(
            Level::Error,
            format!("{name} cannot {verb} {}{at}: {reason}.", described(path)),
            why,
            format!("{fix}."),
        )
    }
}

/// With its owner and mode.
fn described(path: &Path) -> String {
    let shown = path.display();
    match path.metadata() {
        Ok(it) => {
            let (owner, mode) = (it.uid(), it.mode() & 0o7777);
            let user = nix::unistd::User::from_uid(owner.into()).ok().flatten();
            let owner = user.map_or_else(|| owner.to_string(), |user| user.name);
            format!("{shown} (owner {owner}, mode {mode:04o})")
        }
        Err(_) => shown.to_string(),
    }
}
