//! Where the database is: `database_url`, or PostgreSQL's parts in `[database]`.

use login_store::{DatabaseUrl, PostgresParts};

use super::reader::Reader;
use super::secret::read_secret;

/// PostgreSQL's own.
const PORT: i64 = 5432;

/// Reads either of the two.
pub(super) fn read_database(reader: &mut Reader) -> Option<DatabaseUrl> {
    let url = read_secret(reader, "database_url");
    let has_parts = !reader.secrets_under("database").is_empty();
    // Beside an address all of them are too many, and none is missing.
    let is_needed = has_parts && matches!(url, Ok(None));
    let mut needed = |key: &str, remedy: &str| {
        if is_needed {
            reader.required_text(key, remedy)
        } else {
            reader.text(key)
        }
    };
    let host = needed(
        "database.host",
        "write the server's name or address, or the folder of its socket, such as /var/run/postgresql",
    );
    let name = needed(
        "database.name",
        "write the name of the database on the server",
    );
    let mut text = |name| reader.text(&format!("database.{name}"));
    let [user, sslmode, sslrootcert] = ["user", "sslmode", "sslrootcert"].map(&mut text);
    let has_port = reader.has("database.port");
    let port = reader.integer_if_set("database.port", 1..=65535);
    let password = read_secret(reader, "database.password");
    let (url, password) = (url.ok()?, password.ok()?);
    match url {
        Some(_) if has_parts => {
            reader.problem(
                "database_url",
                "given besides [database]; keep one of the two",
            );
            return None;
        }
        Some((key, text)) => return reader.valid(&key, DatabaseUrl::parse(&text)),
        None if has_parts => {}
        None => {
            reader.problem(
                "database_url",
                "missing; write for example sqlite:/var/lib/wechat-login/proxy.sqlite, or [database] for PostgreSQL",
            );
            return None;
        }
    }
    // Shown as what holds only where parts are given, for beside an address it would be a second database.
    let port = if has_port {
        port
    } else {
        reader.default("database.port", PORT);
        Some(PORT)
    };
    let (password_key, password) = password.unzip();
    let parts = PostgresParts {
        host: host?,
        port: port?.try_into().ok(),
        name: name?,
        user,
        password,
        sslmode,
        sslrootcert,
    };
    let url = parts.url().map_err(|invalid| {
        let key = password_key.filter(|_| invalid.part == "password");
        let key = key.unwrap_or_else(|| format!("database.{}", invalid.part));
        reader.problem(key, invalid.problem);
    });
    url.ok().map(DatabaseUrl::Postgres)
}
