//! What a saved file means for what runs.

use std::time::Duration;

use crate::screen;

use super::Dev;
use super::building::Place;
use super::config::{self, Config};
use super::programs::{self, Programs};
use super::server::{SERVERS, Server};

/// How often it is asked whether something has changed; what is quiet for so long has been written to its end.
const QUIET: Duration = Duration::from_millis(250);

impl Dev {
    /// Returns only with an error, which is the user's wish to stop.
    pub(super) fn keep_running(&mut self) -> anyhow::Result<()> {
        loop {
            self.servers.check()?;
            std::thread::sleep(QUIET);
            if let Some(server) = self.servers.can_start_again() {
                screen::say(&format!(
                    "port {} is free again, starting the {}",
                    server.port, server.name
                ));
                self.start_server(server)?;
            }
            // First, because somebody looks at the page.
            if self.app.has_changed() {
                screen::say("the app has changed, building");
                self.app.build(&self.programs, &mut self.servers, None)?;
            }
            if self.sources.has_changed() {
                self.rebuild()?;
            }
            if self.configuration.has_changed() {
                self.reconfigure()?;
            }
        }
    }

    /// Builds while the old programs keep running, and restarts those that are new.
    fn rebuild(&mut self) -> anyhow::Result<()> {
        screen::say("a source file has changed, building");
        // Everything, where the programs came from another checkout.
        let place = Place {
            steps: &self.steps[..1],
            number: 0,
        };
        let place = std::mem::take(&mut self.is_taken_over).then_some(place);
        let Some(programs) = Programs::build(&mut self.servers, place)? else {
            screen::complain("it does not build; the old programs keep running until it does");
            return Ok(());
        };
        self.programs = programs;
        let before = std::mem::replace(&mut self.written, self.programs.written());
        let is_new = |server: Server| {
            let position = programs::ALL.iter().position(|it| *it == server.program);
            position.is_some_and(|it| before[it] != self.written[it])
        };
        let new: Vec<Server> = SERVERS
            .into_iter()
            .filter(|it| is_new(*it) || self.servers.has_ended(*it))
            .collect();
        if new.is_empty() {
            screen::say("it makes no difference to the running programs");
        }
        for server in new {
            screen::say(&format!("restarting the {}", server.name));
            if self.start_server(server)? {
                screen::say(&format!("the {} runs again", server.name));
            }
        }
        Ok(())
    }

    /// Restarts whoever reads the configuration, if it is good.
    fn reconfigure(&mut self) -> anyhow::Result<()> {
        screen::say(&format!("{} has changed", config::FILE));
        let accounts = config::tried(self.simulator().arg("--check"))?;
        let config = Config::read(&self.programs, &self.options)?;
        let (Some(_), Some(config)) = (accounts, config) else {
            screen::complain(&format!(
                "{} has mistakes, see above; what runs goes on with the old one until they are mended and saved",
                config::FILE
            ));
            return Ok(());
        };
        let is_elsewhere = config.public_url != self.config.public_url;
        self.config = config;
        self.start_simulator()?;
        if self.start_proxy()? {
            screen::say("simulator and proxy run with the new configuration");
        }
        if is_elsewhere {
            self.app.set_path(self.config.path());
            self.app.build(&self.programs, &mut self.servers, None)?;
            self.start_app_server()?;
        }
        Ok(())
    }
}
