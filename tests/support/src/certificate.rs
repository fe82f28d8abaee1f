//! A certificate for tests, made by openssl.

use std::path::Path;
use std::process::{Command, Stdio};

/// Writes `certificate.pem`, for this machine by all its names and for the documents' shop, which signs itself, and
/// `key.pem` into the folder.
///
/// # Panics
/// When openssl is missing.
pub fn make(folder: &Path) {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
                     -keyout key.pem -out certificate.pem -addext basicConstraints=critical,CA:FALSE \
                     -addext subjectAltName=DNS:shop.example,DNS:localhost,IP:127.0.0.1,IP:0.0.0.0";
    let mut openssl = Command::new("openssl");
    openssl.args(arguments.split_whitespace());
    let made = openssl.current_dir(folder).stderr(Stdio::null()).status();
    assert!(made.expect("openssl, for a certificate").success());
}
