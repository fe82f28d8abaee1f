//! `cargo xtask bench page | proxy | move`: builds what is measured and the programs of `tools/bench/` with optimisation, and
//! runs these. What follows on the command line is for them.

use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::Context;

use crate::bundle;
use crate::dist::binaries;
use crate::generated;
use crate::packages::{NODE, NODE_20, PYTHON_3_11, Package};
use crate::processes;
use crate::screen;
use crate::system;
use crate::tools;
use crate::workspace;

/// Sources and pins of the pages of others: Vue, React and what builds them.
const PAGES: Package = Package {
    name: "bench-page",
    language: &NODE_20,
    folder: "tools/bench/page",
};

/// Their figures, in `docs/generated/`.
const PAGE_TABLES: &str = "bench-page.en.md";
const PROXY_TABLES: &str = "bench-proxy.en.md";

/// Where all pages are built, a folder for each.
const BUILDS: &str = "target/bench-page";

/// The commit whose app is measured beside today's: the last one before the login had two stages.
const BEFORE: &str = "00cc001";

/// Express and co-wechat-oauth.
const EXPRESS: Package = Package {
    name: "bench-proxy-node",
    language: &NODE,
    folder: "tools/bench/proxy/node",
};

/// FastAPI and wechatpy.
const FASTAPI: Package = Package {
    name: "bench-proxy-python",
    language: &PYTHON_3_11,
    folder: "tools/bench/proxy/python",
};

/// The page beside others, in browsers: 3 minutes for each run, five of them unless `--runs` says otherwise.
pub(crate) fn page(options: &[String]) -> anyhow::Result<()> {
    system::ensure(&system::BROWSER)?;
    if let Err(error) = system::ensure(&system::WEBKIT) {
        screen::say(&format!("nothing is measured in WebKit: {error:#}"));
    }
    let tools = tools::ensure()?;
    build_pages()?;
    let given = options.iter().skip_while(|it| *it != "--before").nth(1);
    let before = given.map_or(BEFORE, String::as_str);
    build_before(before).with_context(|| format!("no app of {before}"))?;
    screen::say("building the optimised app (about 2 minutes the first time on two cores)");
    bundle::build(&tools, &Path::new(BUILDS).join("app"))?;
    let arguments = [
        ["--builds", BUILDS],
        ["--packages", "tools/bench/page/package.json"],
        // Where it is given twice, the latter counts.
        ["--before", before],
    ];
    measure("page", PAGE_TABLES, arguments.as_flattened(), options)
}

/// The proxy beside nginx, Node and Python: 6 minutes for each round, 3 of them unless `--rounds` says otherwise.
pub(crate) fn proxy(options: &[String]) -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES, &system::NGINX])?;
    let (express, fastapi) = (EXPRESS.install()?, FASTAPI.install()?);
    let root = workspace::root();
    // The load generator, optimised.
    let optimised = ["--locked", "--config", "profile.dev.opt-level=3"];
    let oha = tools::installed("oha", "oha", "1.16.0", &optimised)?;
    let arguments = [
        ["--oha", &oha.display().to_string()],
        ["--proxy", &binaries::build()?.proxy.display().to_string()],
        [
            "--node-modules",
            &format!("{}/node_modules", express.display()),
        ],
        ["--python", &format!("{}/bin/python", fastapi.display())],
        [
            "--sources",
            &format!("{}/tools/bench/proxy", root.display()),
        ],
    ];
    measure("proxy", PROXY_TABLES, arguments.as_flattened(), options)
}

/// `move` with ten million records: says how long it took and how much memory. 12 GB where TMPDIR is.
pub(crate) fn moving() -> anyhow::Result<()> {
    system::ensure([&system::POSTGRES])?;
    screen::say("building the measurement, filling a store (3 minutes), and moving it");
    let mut test = workspace::locked_cargo("test");
    test.args(["--release", "--package=login-store", "--test=it", "--"])
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "moving::grown::a_grown_store_is_moved",
        ]);
    processes::run(&mut test)
}

/// Measures, and writes the tables if that was all there is.
fn measure(
    program: &str,
    tables: &str,
    arguments: &[&str],
    options: &[String],
) -> anyhow::Result<()> {
    screen::say("building the measurement (6 minutes the first time), and measuring");
    let report = workspace::debug_binary("bench-report")?;
    std::fs::write(&report, "")?;
    let mut run = workspace::locked_cargo("run");
    run.args(["--release", "--package", "bench", "--bin", program, "--"])
        .arg("--report")
        .arg(&report)
        .args(arguments);
    processes::run(run.args(options)).context("it does not hold, or could not be measured")?;
    match std::fs::read_to_string(&report)? {
        nothing if nothing.is_empty() => Ok(()),
        text => generated::write(tables, &text),
    }
}

/// The pages of others, each as its own tools build it.
fn build_pages() -> anyhow::Result<()> {
    let (root, sources) = (workspace::root(), PAGES.folder);
    // Where the sources look for the packages.
    let link = root.join(sources).join("node_modules");
    if link.is_symlink() {
        std::fs::remove_file(&link)?;
    }
    symlink(PAGES.install()?.join("node_modules"), &link)
        .with_context(|| format!("cannot create {}; remove what is there", link.display()))?;
    for name in ["vue", "react"] {
        let mut vite = workspace::command("node");
        vite.arg(format!("{sources}/node_modules/vite/bin/vite.js"))
            .args(["build", &format!("{sources}/{name}"), "--emptyOutDir"])
            .arg("--outDir")
            .arg(root.join(BUILDS).join(name));
        processes::run(&mut vite)?;
    }
    // This one needs no building, only our style sheet beside it.
    let floor = root.join(BUILDS).join("floor");
    std::fs::create_dir_all(&floor)?;
    for (from, name) in [
        ("tools/bench/page/floor/index.html", "index.html"),
        ("frontend/style.css", "style.css"),
    ] {
        let copied = std::fs::copy(root.join(from), floor.join(name));
        copied.with_context(|| format!("cannot copy {from}"))?;
    }
    Ok(())
}

/// The app of a commit, as that commit's own tools build it; once for each commit.
fn build_before(commit: &str) -> anyhow::Result<()> {
    let git = |arguments: &[&str]| {
        let mut git = workspace::command("git");
        processes::output(git.args(arguments))
    };
    let commit = git(&["rev-parse", "--verify", &format!("{commit}^{{commit}}")])?;
    let commit = commit.trim();
    let builds = workspace::root().join(BUILDS);
    let (folder, built) = (builds.join("before"), builds.join("before.commit"));
    if std::fs::read_to_string(&built).is_ok_and(|it| it == commit) {
        return Ok(());
    }
    screen::say(&format!(
        "building the app of {commit} (5 minutes on two cores, once)"
    ));
    // Outside of this checkout, whose settings for cargo would count in folders below it.
    let worktree = tools::cache_folder("bench")?.join(commit);
    let path = worktree.display().to_string();
    workspace::remove_folder(&worktree)?;
    git(&["worktree", "add", "--force", "--detach", &path, commit])?;
    let mut build = workspace::command("cargo");
    // Of the toolchain that is pinned there.
    build.env_remove("RUSTUP_TOOLCHAIN").current_dir(&worktree);
    processes::run(build.args(["--locked", "xtask", "build"]))?;
    workspace::remove_folder(&folder)?;
    let mut copy = workspace::command("cp");
    processes::run(copy.arg("-R").arg(worktree.join("dist")).arg(&folder))?;
    std::fs::write(&built, commit)?;
    git(&["worktree", "remove", "--force", &path]).map(drop)
}
