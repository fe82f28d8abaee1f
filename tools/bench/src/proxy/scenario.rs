//! What is measured.

use clap::ValueEnum;

use crate::contender::Contender;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// `POST /api/session`.
    Exchange,
    /// `GET /api/session`.
    Session,
    /// `GET /api/auth`.
    Auth,
    /// `PUT /api/records/…`.
    Put,
    /// `GET /api/records`.
    List,
}

impl Scenario {
    pub(crate) const ALL: [Self; 5] = [
        Self::Exchange,
        Self::Session,
        Self::Auth,
        Self::Put,
        Self::List,
    ];

    /// The heading of its table.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Exchange => "Exchange: `POST /api/session`",
            Self::Session => "`GET /api/session`",
            Self::Auth => "`GET /api/auth`",
            Self::Put => "`PUT /api/records/{kind}/{key}`",
            Self::List => "`GET /api/records`, 20 records",
        }
    }

    /// Who is measured at it.
    pub(crate) const fn contenders(self) -> &'static [Contender] {
        match self {
            Self::Exchange => &Contender::ALL,
            // Neither asks a database.
            Self::Session | Self::Auth => &[Contender::Nginx, Contender::Sqlite],
            Self::Put | Self::List => &[Contender::Sqlite, Contender::Postgres],
        }
    }
}
