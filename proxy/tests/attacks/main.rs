//! What attackers try, a file for each kind. The name of a test says what is tried.
//!
//! `list.rs` is the list of all attempts, those included that other tests make, and the table in `docs/security.md`.

mod bombs;
mod cookies;
mod cors;
mod cross_site;
mod fixation;
mod headers;
#[path = "../api/helpers.rs"]
#[expect(dead_code, reason = "most of what the tests of the API need, not all")]
mod helpers;
mod idle_connections;
mod json;
mod list;
mod methods;
#[path = "../support/nginx.rs"]
mod nginx;
mod nicknames;
mod open_redirect;
mod paths;
#[path = "../api/people.rs"]
#[expect(dead_code, reason = "most of what the tests of the API need, not all")]
mod people;
#[path = "../support/program.rs"]
#[expect(dead_code, reason = "this program is only started and ended")]
mod program;
mod raw;
#[path = "../forward_auth/recorder.rs"]
#[expect(
    dead_code,
    reason = "most of what the tests of forward auth need, not all"
)]
mod recorder;
#[path = "../forward_auth/site.rs"]
#[expect(dead_code, reason = "the documented nginx, not the site around it")]
mod site;
mod slow_clients;
mod smuggling;
mod ssrf;
mod static_site;
mod stolen_code;
#[path = "../api/upstream.rs"]
#[expect(dead_code, reason = "most of what the tests of the API need, not all")]
mod upstream;
#[path = "../api/wire.rs"]
#[expect(dead_code, reason = "most of what the tests of the API need, not all")]
mod wire;
