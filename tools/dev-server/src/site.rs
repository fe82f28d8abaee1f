//! What one running server knows, shared by its threads.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::language::Language;
use crate::missing::{self, Program, Role};
use crate::options::{Options, PublicUrl};
use crate::status::Build;

/// A program that is being started again is missed for less, which is not worth a word.
const GRACE: Duration = Duration::from_millis(1500);

/// One running server.
pub(crate) struct Site {
    pub(crate) app: PathBuf,
    pub(crate) public_url: PublicUrl,
    pub(crate) builds: watch::Receiver<Build>,
    pub(crate) proxy: Program,
    pub(crate) simulator: Program,
    /// Each with the path below which it is.
    pub(crate) backends: Vec<(String, Program)>,
    /// What tells its builds from those of another one that ran here before.
    run: String,
    /// Since when proxy and simulator are missed.
    missed: [Mutex<Option<Instant>>; 2],
}

impl Site {
    pub(crate) fn new(options: Options, terminal: Language) -> Self {
        let program = |role, address| Program::new(role, address, terminal);
        let backends = options.backends.into_iter().map(|it| {
            let role = Role::Backend(it.path.clone());
            (it.path, program(role, it.address))
        });
        Self {
            app: options.app,
            public_url: options.public_url,
            builds: options.builds,
            proxy: program(Role::Proxy, options.proxy),
            simulator: program(Role::Simulator, options.simulator),
            backends: backends.collect(),
            run: missing::request_id(),
            missed: Default::default(),
        }
    }

    /// How pages know which build they are of.
    pub(crate) fn name_of(&self, build: &Build) -> Option<String> {
        let ready = build.ready.as_ref()?;
        Some(format!("{ready}-{}", self.run))
    }

    /// Whether a program has not been there for a while.
    pub(crate) async fn is_missing(&self, program: &Program) -> bool {
        let answers = program.answers().await;
        let [proxy, simulator] = &self.missed;
        let since = match program.role {
            Role::Proxy => proxy,
            _ => simulator,
        };
        let mut since = since.lock().unwrap_or_else(PoisonError::into_inner);
        if answers {
            *since = None;
        }
        !answers && since.get_or_insert_with(Instant::now).elapsed() >= GRACE
    }
}
