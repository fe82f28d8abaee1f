//! Whatever a seed file holds, there is a world, or a list of what is wrong with it.

use wechat_simulator::foreign_bytes::seed;

use super::parts::text;

/// The file.
pub(super) fn run(input: &[u8]) {
    if let Err(problems) = seed(&text(input)) {
        let words = problems.to_string();
        assert!(!problems.0.is_empty() && !words.is_empty());
    }
}
