//! Documented files with the values of a test.

/// The text with these changes, each of which has to find its one place, so that what is documented is what is tested.
///
/// # Panics
/// When one finds none, or several.
pub fn replaced<C: AsRef<str>>(
    text: &str,
    changes: impl IntoIterator<Item = (&'static str, C)>,
) -> String {
    let mut text = text.to_owned();
    for (documented, ours) in changes {
        assert_eq!(text.matches(documented).count(), 1, "{documented}");
        text = text.replace(documented, ours.as_ref());
    }
    text
}
