//! `verify_files`: what WeChat's console hands out to prove that a domain is ours.

use super::reader::Reader;

/// Longest token, in characters; those seen have 16.
const TOKEN_CHARS: usize = 64;

/// `MP_verify_<token>.txt`, whose content is the token (WeChat's console, at 网页授权域名). Nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFile {
    token: String,
}

impl VerifyFile {
    /// The file of this name, or nothing if WeChat gives none such names.
    pub fn parse(name: &str) -> Option<Self> {
        let token = name.strip_prefix("MP_verify_")?.strip_suffix(".txt")?;
        let is_token = (1..=TOKEN_CHARS).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_token.then(|| Self {
            token: token.to_owned(),
        })
    }

    /// Its name, at the root of the site.
    pub fn name(&self) -> String {
        format!("MP_verify_{}.txt", self.token)
    }

    /// Its content.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// The files under `key`; names only, for the content follows from the name.
pub(super) fn read_verify_files(reader: &mut Reader, key: &str) -> Option<Vec<VerifyFile>> {
    let names = reader.texts(key)?;
    let files = names.iter().map(|name| {
        let file = VerifyFile::parse(name);
        if file.is_none() {
            reader.problem(
                key,
                format!(
                    "{name:?} is not the name of such a file; write it as WeChat's console gives it, \
                     \"MP_verify_<token>.txt\", without a folder"
                ),
            );
        }
        file
    });
    // All of them first, so that each wrong one is named.
    let files: Vec<Option<VerifyFile>> = files.collect();
    files.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_console_are_taken() {
        let longest = format!("MP_verify_{}.txt", "a".repeat(64));
        assert!(VerifyFile::parse(&longest).is_some());
        assert!(VerifyFile::parse("MP_verify_a.txt").is_some());
        for wrong in [
            "",
            "MP_verify_.txt",
            "MP_verify_a",
            "mp_verify_a.txt",
            "MP_verify_a.html",
            "MP_verify_a/b.txt",
            "MP_verify_...txt",
            "/MP_verify_a.txt",
            &format!("MP_verify_{}.txt", "a".repeat(65)),
        ] {
            assert_eq!(VerifyFile::parse(wrong), None, "{wrong:?}");
        }
    }
}
