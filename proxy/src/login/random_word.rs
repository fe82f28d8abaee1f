//! A random word: what a `state`, a verifier or a nonce consists of.

/// 32 letters and digits, of 16 random bytes.
pub(crate) fn random_word() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
