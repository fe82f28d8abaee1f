//! Whether the oldest browser engines can run the built app: its instruction set, and the syntax and globals of its
//! scripts (`tools/shipped-app/`).

use std::path::Path;

use anyhow::Context;

use crate::packages::{NODE, Package};
use crate::processes;
use crate::tally::{self, Tally};
use crate::workspace;

/// The parser of the check on the scripts.
const ACORN: Package = Package {
    name: "acorn",
    language: &NODE,
    folder: "tools/shipped-app/syntax",
};

/// The steps of `make test`: they fail when the app in this folder needs instructions, syntax or globals that the oldest
/// engines do not have, or when the check on the scripts does not see such things.
pub(crate) fn steps(tally: &mut Tally, app: &Path) {
    tally.step("instruction set of the app", "", |_| {
        let mut check = workspace::locked_cargo("run");
        check.args(["--quiet", "--package", "shipped-app", "--", "check"]);
        processes::run(check.arg(app))?;
        Ok("Chrome 74, iOS 14.5 and newer".to_owned())
    });
    tally.step("scripts of the app (acorn)", "", |counts| {
        let packages = ACORN.install()?.join("node_modules");
        let node = |script: &str| {
            let mut command = workspace::command("node");
            command
                .arg(format!("{}/{script}", ACORN.folder))
                .env("NODE_PATH", &packages);
            command
        };
        let claims = tally::tests(&mut node("claims.js"), counts)?;
        processes::run(node("check.js").arg(app)).context("an old engine takes no such script")?;
        Ok(claims)
    });
}
