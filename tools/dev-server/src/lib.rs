//! The web server of `make dev`, in front of the proxy and of a team's own back ends as nginx is in production.
//!
//! ```text
//!              ┌ app files, a page while there are none ──── target/dev/app, target/dev/app-status
//! browser ──▶ dev-server ── /api/*, /MP_verify_* ──────────▶ proxy 8081
//!              └ /backend/* of whoever is signed in ───────▶ back end, with X-Wechat-*
//! ```
//! It stands on one rule: what passes here passes there. The rules are those of `docs/deploy/nginx-static.conf` and
//! `docs/deploy/nginx-forward-auth.conf`, and the proxy's tests send the same requests through nginx and through this.
//!
//! What it has beyond them is for developers: pages that reload when the app is built anew and say when it cannot be
//! (`reload`), words about programs that are not running (`missing`), and what to open (`greeting`). And it answers only by
//! names that no other site can have (`hosts`).

// Nothing that comes from outside may stop it: whoever develops would lose all that runs beside.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod app_files;
mod command_line;
mod cookies;
mod forward;
mod gate;
mod greeting;
mod hosts;
mod language;
mod missing;
mod options;
mod page;
mod paths;
mod reload;
mod server;
mod site;
pub mod status;

pub use command_line::CommandLine;
pub use options::{Backend, Options, PublicUrl};
pub use server::start;
