//! Secrets: in the configuration, in a file, or in the folder in which systemd puts a service's credentials.

use std::io::ErrorKind;
use std::path::Path;

use super::places::{PREFIX, SecretPlace};
use super::reader::Reader;

/// Where systemd puts the credentials of services.
const SYSTEMD: &str = "/run/credentials";

/// What does not belong around a secret, in the order of opening and closing.
const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”')];

/// The secret `key`, or the content of the file that `key_file` or `key_credential` names, with the key it came from.
///
/// `None` with no problem where none of the three is set.
///
/// # Errors
/// `()` with a problem noted, where more than one is set, a file cannot be read, or what is there is more than the secret.
pub(super) fn read_secret(reader: &mut Reader, key: &str) -> Result<Option<(String, String)>, ()> {
    let Some((own_key, text)) = read_lines(reader, key)? else {
        return Ok(None);
    };
    // In the file of the configuration quotes are TOML's, and what is inside is meant.
    let is_bare = own_key != key || reader.places().is_variable(key);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    // Keys have a closer look of their own.
    let is_wrapped = !key.starts_with("service_keys.") && is_wrapped(key, &text);
    if is_bare && (lines > 1 || is_wrapped) {
        let problem = "holds more than the secret: several lines, quotes around it, a list or a name with `=`; write the \
                       secret there and nothing else";
        reader.problem(own_key, problem);
        return Err(());
    }
    Ok(Some((own_key, text)))
}

/// The same, of one line or several, whatever they look like.
pub(super) fn read_lines(reader: &mut Reader, key: &str) -> Result<Option<(String, String)>, ()> {
    let [file_key, credential_key] = [format!("{key}_file"), format!("{key}_credential")];
    reader.note_secret_in_file(key);
    let value = reader.text(key);
    let file = reader.text(&file_key);
    let credential = reader.text(&credential_key);
    let (own_key, content, place) = match (value, file, credential) {
        (None, None, None) => return Ok(None),
        (Some(value), None, None) => return Ok(Some((key.to_owned(), value))),
        (None, Some(path), None) => {
            // Not quoted: it may be the secret itself, put into the wrong key.
            let content = std::fs::read_to_string(&path).map_err(|error| {
                format!("cannot be read ({error}); name a file that holds nothing but the secret")
            });
            (file_key, content, SecretPlace::file(key, path.into()))
        }
        (None, None, Some(name)) => {
            let content = read_credential(reader, key, &name);
            let path = reader.sources().credentials().join(&name);
            let place = SecretPlace {
                credential: Some(name),
                ..SecretPlace::file(key, path)
            };
            (credential_key, content, place)
        }
        _ => {
            reader.problem(
                key,
                "given twice: it stands here, in a file or in a credential; keep one of the three",
            );
            return Err(());
        }
    };
    let content = content.and_then(|content| {
        // Windows' editors begin files with a mark, which is in the middle of whatever somebody puts before such a file.
        let is_around = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
        let lines = content.lines().map(|line| line.trim_matches(is_around));
        match lines.collect::<Vec<_>>().join("\n").trim() {
            "" => Err(format!("the {place} is empty; write the secret into it")),
            text => Ok(text.to_owned()),
        }
    });
    match content {
        Ok(content) => {
            reader.note_secret(key, &place.to_string());
            reader.note_place(place);
            Ok(Some((own_key, content)))
        }
        Err(problem) => {
            reader.problem(own_key, problem);
            Err(())
        }
    }
}

/// Not quoting its name, which may be the secret itself.
fn read_credential(reader: &Reader, key: &str, name: &str) -> Result<String, String> {
    // systemd's own rule for names, so that none leads out of its folder.
    let is_name = !matches!(name, "" | "." | "..")
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b':'));
    if !is_name {
        return Err("is not the name of a credential, a file name without slashes".to_owned());
    }
    let (folder, home) = (
        reader.sources().credentials(),
        &reader.sources().credentials_home,
    );
    std::fs::read_to_string(folder.join(name)).map_err(|error| {
        let fix = match error.kind() {
            ErrorKind::NotFound if folder == home => how_to_make(key, home, "NAME"),
            ErrorKind::NotFound if !folder.starts_with(SYSTEMD) => {
                "have a file of the name that stands here put there, by whatever runs this container".to_owned()
            }
            // The file itself may be there, with the key in it.
            ErrorKind::NotFound => {
                format!("see whether its file is there, and {}", line_of_unit(home, "NAME"))
            }
            ErrorKind::PermissionDenied => {
                format!("run this as root; for a service {}", line_of_unit(home, "NAME"))
            }
            _ => "it has to be a file that holds the secret and nothing else, as text".to_owned(),
        };
        let name = if fix.contains("NAME") { ", NAME being the name that stands here" } else { "" };
        format!("cannot be read from the folder of credentials, {} ({error}); {fix}{name}", folder.display())
    })
}

/// What gives the credential `name` to a service that keeps its files in `home`.
fn line_of_unit(home: &Path, name: &str) -> String {
    let home = std::path::absolute(home).unwrap_or_else(|_| home.to_owned());
    format!(
        "have the line `LoadCredential={name}:{}` in the unit, and start the service again (systemctl daemon-reload first)",
        home.join(name).display()
    )
}

/// What makes the credential `name` of a service that keeps its files in `home`.
pub(super) fn how_to_make(key: &str, home: &Path, name: &str) -> String {
    let home = std::path::absolute(home).unwrap_or_else(|_| home.to_owned());
    let is_key = key == "session_keys" || key.starts_with("service_keys.");
    let command = if is_key {
        "openssl rand -hex 32"
    } else {
        "cat"
    };
    // Never over a key that is in use (set -C).
    format!(
        "as root make its file by `(umask 077; set -C; {command} > {})`, {}",
        home.join(name).display(),
        line_of_unit(&home, name)
    )
}

/// Whether this is a secret with something around it: quotes, the brackets of a list of texts, `name = `.
pub(super) fn is_wrapped(key: &str, text: &str) -> bool {
    let is_quoted = |text: &str, (open, close): (char, char)| {
        text.len() > 1 && text.starts_with(open) && text.ends_with(close)
    };
    let is_list = |quotes: (char, char)| {
        let inner = text.strip_prefix('[');
        inner.is_some_and(|inner| inner.trim_start().starts_with(quotes.0))
    };
    QUOTES
        .into_iter()
        .any(|quotes| is_quoted(text, quotes) || is_list(quotes))
        || is_assignment(key, text)
}

/// `name = …`, `export NAME=…` and the like, of which the setting's own name needs no blanks and no quotes.
fn is_assignment(key: &str, text: &str) -> bool {
    let Some((left, right)) = text.split_once('=') else {
        return false;
    };
    let name = left.trim().rsplit(' ').next().unwrap_or_default();
    let own = key.rsplit('.').next().unwrap_or(key);
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    let beginning = name.get(..PREFIX.len()).unwrap_or_default();
    // `AppSecret=…`, too.
    is_name(name) && name.to_ascii_lowercase().ends_with(own)
        || beginning.eq_ignore_ascii_case(PREFIX)
        || is_name(name)
            && (left.ends_with(' ') && right.starts_with(' ')
                || right.trim_start().starts_with(['"', '\'', '['])
                    && right.ends_with(['"', '\'', ']']))
}
