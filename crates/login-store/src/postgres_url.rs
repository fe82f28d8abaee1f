//! The address of a PostgreSQL server.

use std::borrow::Cow;

use nix::unistd::{Uid, User};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};

wechat_oauth::redacted! {
    /// A PostgreSQL address that was checked, in a form that can be read in one way only; usually with a password in it.
    PostgresUrl
}

/// What such an address is made of, each part as it is meant, without `%XX`.
#[derive(Default)]
pub struct PostgresParts {
    /// A name, an IP address, or the folder of a Unix socket.
    pub host: String,
    /// 5432 unless told.
    pub port: Option<u16>,
    /// The database.
    pub name: String,
    /// As `psql` takes it unless told: `PGUSER`, or the name of this process's account.
    pub user: Option<String>,
    /// Any text; `PGPASSWORD` or `~/.pgpass` unless told.
    pub password: Option<String>,
    /// How the connection is encrypted.
    pub sslmode: Option<String>,
    /// A file with the certificate of the authority that the server's is of.
    pub sslrootcert: Option<String>,
}

/// Why a part cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidPart {
    /// Which: the name of a field of [`PostgresParts`].
    pub part: &'static str,
    /// Why, without quoting it.
    pub problem: &'static str,
}

/// What every second problem ends in.
const ENCODE: &str = "is no PostgreSQL address that can be read in one way only. Percent-encode the characters \
     of user and password that are not A-Z, a-z, 0-9, - . _ or ~ (@ is %40, / is %2F, # is %23, ? is %3F, % is %25), or \
     write [database] with host, name, user and password instead, where nothing is encoded; the form is \
     postgres://user:password@host:5432/database";
const SEVERAL: &str = "names several hosts or target_session_attrs, which are not supported; name one address that always \
     leads to the server that takes writes";
const PARAMETERS: &str = "has a parameter after ? that is not known; there are host=/folder/of/the/socket, sslmode, \
     sslrootcert, sslcert and sslkey, and settings of the session are set by ALTER ROLE … SET";
const MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/// Reads what follows `postgres:`.
///
/// A character of user or password that would have to be encoded leaves a trace: everything that ends the part of user
/// and password too early leaves its `@` in a part where there can be none.
pub(crate) fn parse(rest: &str) -> Result<PostgresUrl, String> {
    read(rest).map_err(str::to_owned)
}

fn read(rest: &str) -> Result<PostgresUrl, &'static str> {
    let rest = rest.strip_prefix("//").ok_or(ENCODE)?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, name) = place.split_once('/').unwrap_or((place, ""));
    if name.contains('@') || query.contains('@') {
        return Err(ENCODE);
    }
    let (user, address) = match authority.split_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, authority),
    };
    let (user, password) = match user.and_then(|user| user.split_once(':')) {
        Some((user, password)) => (Some(user), Some(password)),
        None => (user, None),
    };
    let (host, port) = match address.strip_prefix('[') {
        // An IPv6 address has colons of its own.
        Some(address) => {
            let parts = address.split_once(']');
            let (host, port) = parts.filter(|(host, _)| host.contains(':')).ok_or(ENCODE)?;
            (host.to_owned(), port)
        }
        None => {
            let (host, port) = address.split_at(address.find(':').unwrap_or(address.len()));
            (decoded(host, ",")?, port)
        }
    };
    if host.contains(',') || port.contains(',') {
        return Err(SEVERAL);
    }
    let digits = port.strip_prefix(':').filter(|digits| !digits.is_empty());
    if digits.is_none() && !port.is_empty() {
        return Err(ENCODE);
    }
    let mut parts = PostgresParts {
        host,
        port: digits.map(str::parse).transpose().map_err(|_| ENCODE)?,
        name: decoded(name, "")?,
        user: given(user, MARKS)?,
        // More than one colon leaves no doubt.
        password: given(password, PASSWORD_MARKS)?,
        ..PostgresParts::default()
    };
    let mut certificate = String::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(PARAMETERS)?;
        let value = decoded(value, "/:,")?;
        match key {
            "host" if value.starts_with('/') => parts.host = value,
            "host" if value.contains(',') => return Err(SEVERAL),
            "host" => {
                return Err(
                    "has a host after ?, which can only be the folder of a socket and begins with /",
                );
            }
            "sslmode" => parts.sslmode = Some(value),
            "sslrootcert" => parts.sslrootcert = Some(value),
            "sslcert" | "sslkey" => {
                certificate.push_str(&format!("&{key}={}", encoded(&value)));
            }
            "target_session_attrs" => return Err(SEVERAL),
            _ => return Err(PARAMETERS),
        }
    }
    let PostgresUrl(url) = parts.url().map_err(|invalid| match invalid.part {
        "host" if parts.host.is_empty() => "names no host; write postgres://user@host/database, or ?host=/var/run/postgresql for the socket of \
                   this machine",
        "name" => "names no database; it is what follows the host, as in postgres://user@host/database",
        "user" if parts.user.is_none() => "names no user, and this process's account has no name on this machine; \
                   write postgres://user@host/database",
        "sslmode" => SSLMODE,
        _ => ENCODE,
    })?;
    Ok(PostgresUrl(url + &certificate))
}

const SSLMODE: &str =
    "has a wrong sslmode; it is one of disable, prefer, require, verify-ca and verify-full";
/// What may stand in an address as it is, besides letters, digits and `-._~`.
const MARKS: &str = "!$&'()*+,;=";
const PASSWORD_MARKS: &str = "!$&'()*+,;=:";

fn given(part: Option<&str>, marks: &str) -> Result<Option<String>, &'static str> {
    let part = part.filter(|part| !part.is_empty());
    part.map(|part| decoded(part, marks)).transpose()
}

/// A part of an address without its `%XX`; only characters that need none, and these.
fn decoded(part: &str, marks: &str) -> Result<String, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    let is_allowed = |byte: u8| is_plain(byte) || marks.as_bytes().contains(&byte);
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut encoded = part.split('%').skip(1);
    let is_encoded = encoded.all(|after| after.get(..2).is_some_and(is_hex));
    if !is_encoded || !part.bytes().all(is_allowed) {
        return Err(ENCODE);
    }
    let decoded = percent_decode_str(part).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| ENCODE)
}

/// Who this process is on the server where nobody says it; the driver would be `anonymous`.
fn account() -> Option<String> {
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    let account = || User::from_uid(Uid::effective()).ok()??.name.into();
    // The last is for accounts that systemd makes, which a static program does not find.
    variable("PGUSER")
        .or_else(account)
        .or_else(|| variable("USER"))
}

/// A text in which nothing is left that has a meaning in addresses.
fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

impl PostgresParts {
    /// The address they make.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn url(&self) -> Result<PostgresUrl, InvalidPart> {
        let invalid = |part, problem| Err(InvalidPart { part, problem });
        let texts = [
            ("host", Some(&self.host)),
            ("name", Some(&self.name)),
            ("user", self.user.as_ref()),
            ("password", self.password.as_ref()),
            ("sslrootcert", self.sslrootcert.as_ref()),
        ];
        for (part, text) in texts {
            if text.is_some_and(|text| text.is_empty()) {
                return invalid(part, "is empty");
            }
            if text.is_some_and(|text| text.contains('\0')) {
                return invalid(
                    part,
                    "has a character of value 0, which no server can be told",
                );
            }
        }
        let host = &self.host;
        let is_host = host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte));
        if !host.starts_with('/') && !is_host {
            return invalid(
                "host",
                "is neither one host name or IP address, without port, nor the folder of a socket, which begins with /",
            );
        }
        if host.contains(':') && host.parse::<std::net::Ipv6Addr>().is_err() {
            return invalid(
                "host",
                "has a colon and is no IPv6 address; the port stands in the key port",
            );
        }
        if self.port == Some(0) {
            return invalid("port", "must be a whole number from 1 to 65535");
        }
        if self
            .sslmode
            .as_deref()
            .is_some_and(|mode| !MODES.contains(&mode))
        {
            return invalid(
                "sslmode",
                "must be one of disable, prefer, require, verify-ca and verify-full",
            );
        }
        let Some(user) = self.user.clone().or_else(account) else {
            return invalid(
                "user",
                "missing; this process's account has no name on this machine",
            );
        };
        let mut user = encoded(&user).to_string();
        if let Some(password) = &self.password {
            user.push_str(&format!(":{}", encoded(password)));
        }
        let port = self.port.unwrap_or(5432);
        let name = encoded(&self.name);
        // There an IPv6 address stands without brackets, which the driver would not take off.
        let mut url = format!(
            "postgres://{user}@localhost:{port}/{name}?host={}",
            encoded(host)
        );
        for (key, value) in [
            ("sslmode", &self.sslmode),
            ("sslrootcert", &self.sslrootcert),
        ] {
            if let Some(value) = value {
                url.push_str(&format!("&{key}={}", encoded(value)));
            }
        }
        Ok(PostgresUrl(url))
    }
}
