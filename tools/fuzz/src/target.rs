//! What a target is.

/// Something that reads foreign bytes, and what must hold for any of them.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, also that of its folder in `corpus/`.
    pub name: &'static str,
    /// Reads an input.
    ///
    /// # Panics
    /// Where something does not hold.
    pub run: fn(&[u8]),
}
