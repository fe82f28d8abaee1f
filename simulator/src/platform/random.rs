//! Texts nobody can guess: codes, tokens, request ids.

use sha2::{Digest, Sha256};

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A stream of random bytes from one seed.
pub(crate) struct Random {
    seed: [u8; 32],
    block: u64,
    unread: Vec<u8>,
}

impl Random {
    /// Seeds from the operating system.
    ///
    /// # Panics
    /// If the operating system has no randomness: guessable codes would be the worse answer.
    #[expect(clippy::expect_used, reason = "at the start, and there is no going on")]
    pub(crate) fn from_system() -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("the operating system gives randomness");
        Self {
            seed,
            block: 0,
            unread: Vec::new(),
        }
    }

    /// A code as seen in the wild: 32 of `A-Za-z0-9`.
    pub(crate) fn code(&mut self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    /// A token as seen in the wild: two digits, `_`, about 100 base64url characters.
    pub(crate) fn token(&mut self) -> String {
        format!("86_{}", self.text(BASE64URL, 100))
    }

    /// The request id at the end of an error text: three groups of eight hexadecimal digits.
    pub(crate) fn rid(&mut self) -> String {
        format!(
            "{}-{}-{}",
            self.text(HEX, 8),
            self.text(HEX, 8),
            self.text(HEX, 8)
        )
    }

    #[expect(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "a remainder of the alphabet's length is one of its indices, and no alphabet here is empty"
    )]
    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        // Bytes beyond the last whole multiple of the alphabet are thrown away: every character is equally likely.
        let limit = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let byte = usize::from(self.byte());
            if byte < limit {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
        text
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.unread.pop() {
                return byte;
            }
            let mut hasher = Sha256::new();
            hasher.update(self.seed);
            hasher.update(self.block.to_be_bytes());
            self.unread = hasher.finalize().to_vec();
            self.block = self.block.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_shape_and_never_repeat() {
        let mut random = Random::from_system();
        let (code, token, rid) = (random.code(), random.token(), random.rid());
        assert!(code.len() == 32 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(token.len() == 103 && token.starts_with("86_"));
        let groups: Vec<_> = rid.split('-').collect();
        assert!(
            groups.len() == 3
                && groups
                    .iter()
                    .all(|g| g.len() == 8 && g.bytes().all(|b| b.is_ascii_hexdigit()))
        );
        assert_ne!(code, random.code());
        assert_ne!(code, Random::from_system().code());
    }
}
