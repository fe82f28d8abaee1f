//! A real nginx for one test, with the configuration the test gives it.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::kept::{self, Kept};
use crate::text::replaced;

const MAIN: &str = include_str!("nginx.conf");

/// The log it writes before it has read its configuration would else be the system's.
const ARGUMENTS: [&str; 6] = ["-e", "error.log", "-c", "nginx.conf", "-p", "."];

/// A running nginx.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    _kept: Kept,
}

impl Nginx {
    /// Runs nginx on a free port with what `site` makes of the port: the inside of nginx's `http` block.
    ///
    /// # Panics
    /// When nginx is missing, or refuses the configuration: a test about nginx cannot pass without it.
    pub fn start(site: impl Fn(SocketAddr) -> String) -> Self {
        let (address, kept) = Kept::on_a_free_port("nginx", &ARGUMENTS, |address| {
            vec![
                ("nginx.conf", MAIN.to_owned()),
                ("site.conf", site(address)),
            ]
        });
        Self {
            address,
            _kept: kept,
        }
    }

    /// The same with a documented file, in which these are changed, for plain HTTP.
    ///
    /// # Panics
    /// When a change does not find its one place, too.
    pub fn documented(
        text: &str,
        changes: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let text = replaced(text, changes);
        Self::start(|address| {
            let plain = [
                ("listen 80;", ""),
                ("listen 443 ssl;", &format!("listen {address};")),
                (
                    "ssl_certificate /etc/letsencrypt/live/shop.example/fullchain.pem;",
                    "",
                ),
                (
                    "ssl_certificate_key /etc/letsencrypt/live/shop.example/privkey.pem;",
                    "",
                ),
                ("if ($scheme = http)", "if ($scheme = none)"),
                ("/var/log/nginx/access.log", "access.log"),
                ("/var/log/nginx/error.log", "error.log"),
            ];
            replaced(&text, plain)
        })
    }
}

/// nginx itself.
pub fn program() -> Option<PathBuf> {
    kept::program("nginx")
}
