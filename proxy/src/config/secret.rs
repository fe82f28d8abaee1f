//! Secrets: in the configuration, in a file, or in the folder in which systemd puts a service's credentials.

use super::reader::Reader;
use super::sources::CREDENTIALS;

/// The secret `key`, or the content of the file that `key_file` or `key_credential` names, with the key it came from.
///
/// `None` with no problem where none of the three is set.
///
/// # Errors
/// `()` with a problem noted, where more than one is set or a file cannot be read.
pub(super) fn read_secret(reader: &mut Reader, key: &str) -> Result<Option<(String, String)>, ()> {
    let [file_key, credential_key] = [format!("{key}_file"), format!("{key}_credential")];
    reader.note_secret_in_file(key);
    let value = reader.text(key);
    let file = reader.text(&file_key);
    let credential = reader.text(&credential_key);
    let (own_key, content, from, file) = match (value, file, credential) {
        (None, None, None) => return Ok(None),
        (Some(value), None, None) => return Ok(Some((key.to_owned(), value))),
        (None, Some(path), None) => {
            // Not quoted: it may be the secret itself, put into the wrong key.
            let content = std::fs::read_to_string(&path).map_err(|error| {
                format!("cannot be read ({error}); name a file that holds nothing but the secret")
            });
            let from = format!("file {path}");
            (file_key, content, from, Some(path.into()))
        }
        (None, None, Some(name)) => {
            let content = read_credential(reader, &name);
            (credential_key, content, format!("credential {name}"), None)
        }
        _ => {
            reader.problem(
                key,
                "given twice: it stands here, in a file or in a credential; keep one of the three",
            );
            return Err(());
        }
    };
    let content = content.and_then(|content| match content.trim() {
        "" => Err(format!("the {from} is empty; write the secret into it")),
        text => Ok(text.to_owned()),
    });
    match content {
        Ok(content) => {
            reader.note_secret(key, &from, file);
            Ok(Some((own_key, content)))
        }
        Err(problem) => {
            reader.problem(own_key, problem);
            Err(())
        }
    }
}

fn read_credential(reader: &Reader, name: &str) -> Result<String, String> {
    // systemd's own rule for names, so that none leads out of its folder.
    let is_name = !matches!(name, "" | "." | "..")
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b':'));
    if !is_name {
        return Err("is not the name of a credential, a file name without slashes".to_owned());
    }
    let folder = reader.credentials().ok_or_else(|| {
        format!("{CREDENTIALS} is not set; start this as a systemd service with LoadCredential=")
    })?;
    std::fs::read_to_string(folder.join(name)).map_err(|error| {
        format!("cannot be read ({error}); give the service a credential of this name by LoadCredential=")
    })
}
