//! The app in its folder, built anew when a file of it has changed: by `app-build`, which makes of `index.html` and
//! `Trunk.toml` what trunk would, and by trunk where they say something that only trunk knows.

use std::process::Command;

use crate::screen::{self, Colour};
use crate::tools::{self, Tools};
use crate::workspace;

use super::building::{self, Place};
use super::programs::Programs;
use super::servers::Servers;
use super::sources::{self, Stamp, Watched};
use super::status::Status;

/// Where the app is built during development; `dist/` stays what `make build` made.
pub(super) const FOLDER: &str = "target/dev/app";

/// What makes up the app as long as nobody has asked.
const SOURCES: [&str; 5] = [
    "Trunk.toml",
    "index.html",
    "frontend",
    "crates",
    "Cargo.lock",
];

/// What `app-build` ends with where only trunk can build the app.
const ONLY_TRUNK: i32 = 3;

/// The app.
pub(super) struct App {
    status: Status,
    watched: Watched,
    /// Where it is on its host: empty, or such as `/h5`.
    path: String,
    /// Only where it was needed.
    trunk: Option<Tools>,
    /// Whether the last build was a good one.
    is_good: bool,
    /// The files of the last good one: `app-build` leaves those alone that it would write as they are.
    built: Stamp,
}

impl App {
    /// One that is still to be built.
    ///
    /// # Errors
    /// Where its folder cannot be written.
    pub(super) fn new(path: String) -> anyhow::Result<App> {
        Ok(App {
            status: Status::begin()?,
            watched: Watched::new(SOURCES),
            path,
            trunk: None,
            is_good: false,
            built: Stamp::new(),
        })
    }

    /// Where it is on its host.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// It moves; to be built after that.
    pub(super) fn set_path(&mut self, path: String) {
        self.path = path;
    }

    /// Whether one of its files has changed.
    pub(super) fn has_changed(&mut self) -> bool {
        self.watched.has_changed()
    }

    /// Whether the last build was a good one.
    pub(super) fn is_good(&self) -> bool {
        self.is_good
    }

    /// It is there without being built.
    ///
    /// # Errors
    /// Where that cannot be written.
    pub(super) fn is_there(&mut self) -> anyhow::Result<()> {
        self.tell_ready().map(|_| ())
    }

    /// Says so, and whether it is another app than before: if not, nobody loads it again.
    fn tell_ready(&mut self) -> anyhow::Result<bool> {
        let built = sources::stamp(&workspace::root(), &[FOLDER.to_owned()]);
        let is_another = built != self.built;
        self.built = built;
        self.status.ready(is_another)?;
        Ok(is_another)
    }

    /// Builds it. What is wrong with it is on the screen and in the browser, and the last good one stays.
    ///
    /// # Errors
    /// Where the user wants to stop, or nothing can be started or written.
    pub(super) fn build(
        &mut self,
        programs: &Programs,
        servers: &mut Servers,
        place: Option<Place<'_>>,
    ) -> anyhow::Result<()> {
        self.status.building()?;
        let mut command = workspace::command(programs.path("app-build"));
        command.args(["--dist", FOLDER, "--public-url", &format!("{}/", self.path)]);
        let mut built = run(&mut command, servers, place)?;
        if built.status.code() == Some(ONLY_TRUNK) {
            // Its files are not known: all that may be.
            self.watched.set(SOURCES.map(str::to_owned).to_vec());
            screen::say("only trunk knows what this is, so trunk builds the app");
            built = run(&mut self.trunk()?, servers, None)?;
        } else {
            let mut sources = built.output.clone();
            sources.push("Cargo.lock".to_owned());
            self.watched.set(sources);
        }
        self.is_good = built.status.success();
        if self.is_good {
            let is_another = self.tell_ready()?;
            if place.is_none() {
                screen::say(match is_another {
                    true => "the app is built; open pages load it",
                    false => "the app is built, and is the same as before",
                });
            }
        } else {
            self.status.broken(&built.said)?;
            screen::complain("the app does not build; the page says so until it does");
            building::advise(&built.said);
        }
        Ok(())
    }

    fn trunk(&mut self) -> anyhow::Result<Command> {
        let tools = match self.trunk.take() {
            Some(tools) => tools,
            None => tools::ensure()?,
        };
        let mut trunk = tools.trunk();
        self.trunk = Some(tools);
        trunk.args(["build", "--dist", FOLDER, "--public-url"]);
        trunk.arg(format!("{}/", self.path));
        Ok(trunk)
    }
}

fn run(
    command: &mut Command,
    servers: &mut Servers,
    place: Option<Place<'_>>,
) -> anyhow::Result<building::Built> {
    building::run(command, ("app", Colour::Magenta), place, || servers.check())
}
