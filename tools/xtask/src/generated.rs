//! Tables that a command has measured, in `docs/generated/`.

use anyhow::Context;

use crate::processes;
use crate::workspace;

/// Writes `docs/generated/{name}`, which chapters include, with a new line at its end. A test of `test-support` holds the
/// Chinese one beside it to this, and writes it where it is told to.
pub(crate) fn write(name: &str, text: &str) -> anyhow::Result<()> {
    let path = workspace::root().join("docs/generated").join(name);
    std::fs::write(&path, format!("{}\n", text.trim_end()))
        .with_context(|| format!("cannot write {}", path.display()))?;
    let mut test = workspace::locked_cargo("test");
    test.args(["--quiet", "--package", "test-support", "what_was_measured"]);
    processes::run(test.env("WECHAT_LOGIN_UPDATE_DOCS", "1"))
}
