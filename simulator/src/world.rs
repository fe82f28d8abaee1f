//! The accounts and people a platform starts with.

use crate::platform::{Account, People, Problems, Settings};
use crate::seed;

/// What a platform starts with.
#[derive(Clone)]
pub(crate) struct World {
    /// The official accounts and website applications.
    pub(crate) accounts: Vec<Account>,
    /// The people, with the one who holds the phone at first.
    pub(crate) people: People,
    /// The switches.
    pub(crate) settings: Settings,
}

impl World {
    /// The seed that is built in: accounts of every kind, and people whose names have broken software before or say
    /// what will happen.
    ///
    /// # Panics
    /// Never: a test reads the same text.
    #[expect(clippy::expect_used, reason = "a test reads the same text")]
    pub(crate) fn builtin() -> Self {
        seed::parse(seed::DEFAULT).expect("the built-in seed has no mistakes")
    }

    /// Reads a seed file's text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn from_seed(text: &str) -> Result<Self, Problems> {
        seed::parse(text)
    }
}
