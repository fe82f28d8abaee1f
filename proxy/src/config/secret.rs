//! Secrets: in the configuration, in a file, or in the folder in which systemd puts a service's credentials.

use super::reader::{CREDENTIALS, Reader};

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
    match (value, file, credential) {
        (None, None, None) => Ok(None),
        (Some(value), None, None) => Ok(Some((key.to_owned(), value))),
        (None, Some(path), None) => {
            match std::fs::read_to_string(&path) {
                Ok(content) => {
                    reader.note_secret(key, Some(path.into()));
                    Ok(Some((file_key, content.trim().to_owned())))
                }
                Err(error) => {
                    // Not quoted: it may be the secret itself, put into the wrong key.
                    reader.problem(
                    file_key,
                    format!("cannot be read ({error}); name a file that holds nothing but the secret"),
                );
                    Err(())
                }
            }
        }
        (None, None, Some(name)) => match read_credential(reader, &name) {
            Ok(content) => Ok(Some((credential_key, content.trim().to_owned()))),
            Err(problem) => {
                reader.problem(credential_key, problem);
                Err(())
            }
        },
        _ => {
            reader.problem(
                key,
                "given twice: it stands here, in a file or in a credential; keep one of the three",
            );
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
