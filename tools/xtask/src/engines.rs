//! Journeys in other browser engines than this machine's Chromium: two old ones in `make test`, all that can be had in
//! `make engines`, which writes the table of the chapter about them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bundle;
use crate::generated;
use crate::packages::{NODE, Package};
use crate::processes;
use crate::system;
use crate::tally::{self, Skipped, Tally, TestCounts};
use crate::workspace;

/// axe-core, which finds what keeps people with disabilities from using a page, and WeChat's script for pages. axe-core
/// is under the Mozilla Public License, which is fine here: it is fetched for the tests and is no part of what is built.
pub(crate) const PACKAGES: Package = Package {
    name: "journeys",
    language: &NODE,
    folder: "tests/e2e/packages",
};

/// WeChat's script for pages, in their folder.
pub(crate) const JWEIXIN: &str = "node_modules/weixin-js-sdk/index.js";

/// The oldest that runs the app, and the youngest that does not.
const OLDEST: Package = Package {
    name: "oldest-engines",
    language: &NODE,
    folder: "tests/e2e/engines/oldest",
};

const OTHERS: Package = Package {
    name: "old-engines",
    language: &NODE,
    folder: "tests/e2e/engines/all",
};

const TOO_OLD: [u32; 2] = [66, 68];
const OLD: [u32; 14] = [69, 73, 75, 76, 78, 79, 80, 83, 86, 92, 102, 103, 107, 116];

/// What is played, as the table calls it, and the names of the journeys.
const CORE: [(&str, &[&str]); 10] = [
    ("silent login", &["login::silent_login_shows_the_openid"]),
    ("reload", &["login::reload_keeps_the_session"]),
    (
        "name and picture",
        &["consent::consent_shows_the_chinese_name_the_picture_and_the_unionid"],
    ),
    (
        "refusal",
        &[
            "login::a_refusal_without_a_session_starts_nothing_until_a_tap",
            "upgrade::a_failed_exchange_never_ends_a_session",
        ],
    ),
    (
        "Back and Forward",
        &["alive::back_and_forward_find_the_page_alive_or_anew_and_ask_wechat_nothing"],
    ),
    (
        "doubled callback",
        &["login::a_callback_loaded_twice_signs_in_with_one_exchange"],
    ),
    (
        "orders",
        &["orders::all_accounts_are_joined_after_consent_and_told_apart"],
    ),
    ("sign-out", &["login::who_signs_out_stays_out_until_a_tap"]),
    (
        "each file asked for once",
        &["login::each_page_load_asks_the_server_for_everything_once"],
    ),
    (
        "missing files, 重试",
        &[
            "failures::each_file_that_does_not_come_is_told_apart_and_the_first_retry_works_once_it_is_there",
        ],
    ),
];

const IS_TOO_OLD: &str = "too_old::an_engine_that_is_too_old_is_told_so_and_wechat_is_not_asked";

/// The table, in `docs/generated/`.
const TABLE: &str = "engines.en.md";

/// What is played besides in WebKitGTK: the way to `public_url`, what a screen reader comes by, keys, shapes, Back over
/// another site, and which address is signed for an iPhone.
const IN_WEBKIT: [&str; 7] = [
    "elsewhere::the_page_moves_to_public_url_once_and_signs_in_there",
    "every_page::every_page_in_chinese_can_be_used_by_everybody",
    "failures::an_exchange_whose_answer_is_lost_once_is_repeated_before_anybody_notices",
    "jssdk::an_iphone_just_back_from_a_login_is_loaded_again_and_its_code_is_told_to_nobody",
    "keyboard::enter_does_what_a_tap_does_and_the_new_page_begins_at_its_heading",
    "keyboard::tab_reaches_every_control_in_reading_order_and_shows_where_it_is",
    "two_sites::back_and_forward_over_wechats_site_find_the_user_signed_in_with_name_and_picture",
];

/// The steps of `make test`.
pub(crate) fn steps(tally: &mut Tally, app: &Path, told: impl Fn(&mut Command)) {
    tally.step("journeys in WebKitGTK", "a minute", |counts| {
        // Where it can be installed it has been.
        if let Some(missing) = system::lacks(&system::WEBKIT) {
            return Err(Skipped(format!("needs {missing}")).into());
        }
        let journeys = [&core()[..], &IN_WEBKIT].concat();
        let play = |counts: &mut TestCounts| {
            let mut play = play(app, "webkitgtk", &journeys);
            // More would have it wait for the processor longer than it works.
            play.arg("--test-threads=2");
            told(&mut play);
            tally::tests(&mut play, counts)
        };
        // Its driver loses an order now and then, where a page goes to another process; what is broken fails twice.
        let mut own = TestCounts::default();
        let played = play(&mut own).or_else(|_| {
            own = TestCounts::default();
            play(&mut own)
        })?;
        counts.add(&own);
        all_of(&journeys, played)
    });
    tally.step(
        "journeys in the oldest engines",
        "half a minute",
        |counts| {
            if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
                let reason = "these are packed for Linux on x86-64 only";
                return Err(Skipped(reason.to_owned()).into());
            }
            let packages = OLDEST.install()?;
            for (major, journeys) in [(69, core()), (68, vec![IS_TOO_OLD])] {
                let mut play = play(app, &format!("chromium-{major}"), &journeys);
                play.env("WECHAT_LOGIN_ENGINE_PROGRAM", program(&packages, major)?);
                told(&mut play);
                all_of(&journeys, tally::tests(&mut play, counts)?)?;
            }
            Ok("Chromium 69 plays them, 68 is told that it is too old".to_owned())
        },
    );
}

/// All engines, for the app that `make build` left in `dist/`.
pub(crate) fn run() -> anyhow::Result<()> {
    let needed = system::BROWSER.iter().chain(&system::WEBKIT);
    system::ensure(needed.chain([&system::FIREFOX]))?;
    let app = workspace::root().join("dist");
    anyhow::ensure!(app.join("index.html").is_file(), "run `make build` first");
    let (oldest, others) = (OLDEST.install()?, OTHERS.install()?);
    let old = TOO_OLD.into_iter().chain(OLD).map(|major| {
        let packages = if matches!(major, 68 | 69) {
            &oldest
        } else {
            &others
        };
        Ok((format!("chromium-{major}"), Some(program(packages, major)?)))
    });
    let mut engines = old.collect::<anyhow::Result<Vec<(String, Option<PathBuf>)>>>()?;
    engines.extend(["chromium", "webkitgtk", "firefox"].map(|name| (name.to_owned(), None)));
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (engine, program) in engines {
        let is_too_old = TOO_OLD.iter().any(|it| engine == format!("chromium-{it}"));
        let journeys = if is_too_old { vec![IS_TOO_OLD] } else { core() };
        let mut command = play(&app, &engine, &journeys);
        if let Some(program) = program {
            command.env("WECHAT_LOGIN_ENGINE_PROGRAM", program);
        }
        let outcomes = outcomes(&mut command)?;
        anyhow::ensure!(
            journeys.iter().all(|it| outcomes.contains_key(*it)),
            "not all journeys were played in {engine}"
        );
        let passed = |journey: &&str| outcomes.get(*journey) == Some(&true);
        failed.extend(
            journeys
                .iter()
                .filter(|it| !passed(it))
                .map(|it| format!("{it} in {engine}")),
        );
        rows.push(match is_too_old {
            true => format!(
                "| {engine} | {} |{}",
                word(passed(&IS_TOO_OLD), "told that it is too old"),
                " |".repeat(CORE.len() - 1)
            ),
            false => CORE
                .iter()
                .fold(format!("| {engine} |"), |row, (_, journeys)| {
                    format!("{row} {} |", word(journeys.iter().all(passed), "✓"))
                }),
        });
    }
    let names: String = CORE.iter().map(|(name, _)| format!(" {name} |")).collect();
    let rule = "|---".repeat(CORE.len() + 1);
    let table = format!("| engine |{names}\n{rule}|\n{}", rows.join("\n"));
    generated::write(TABLE, &table)?;
    anyhow::ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// A journey of another name would be left out without a word.
fn all_of(journeys: &[&str], played: String) -> anyhow::Result<String> {
    let all = format!("{} passed;", journeys.len());
    anyhow::ensure!(played.starts_with(&all), "{played} instead of {all}");
    Ok(played)
}

fn word(passed: bool, success: &'static str) -> &'static str {
    if passed { success } else { "fails" }
}

fn core() -> Vec<&'static str> {
    CORE.iter()
        .flat_map(|(_, journeys)| *journeys)
        .copied()
        .collect()
}

/// Where the program of this version is, unpacked the first time.
fn program(packages: &Path, major: u32) -> anyhow::Result<PathBuf> {
    let program = packages.join(format!("chromium-{major}"));
    if !program.exists() {
        let mut unpack = workspace::command("node");
        unpack.arg("tests/e2e/engines/unpack.js");
        unpack.arg(packages.join(format!("node_modules/chromium-{major}")));
        processes::run(unpack.arg(&program))?;
    }
    Ok(program)
}

/// These journeys in this engine.
fn play(app: &Path, engine: &str, journeys: &[&str]) -> Command {
    // A journey that needs it does nothing without.
    let jweixin = PACKAGES.install();
    let jweixin = jweixin.map_or_else(|_| "none".into(), |it| it.join(JWEIXIN));
    let mut command = workspace::locked_cargo("test");
    command
        .args([
            "--workspace",
            "--test=journeys",
            "--no-fail-fast",
            "--",
            "--exact",
        ])
        .args(journeys)
        .env("WECHAT_LOGIN_DIST", app)
        .env(
            "WECHAT_LOGIN_EXAMPLE_DIST",
            workspace::root().join(bundle::EXAMPLE_FOLDER),
        )
        .env("WECHAT_LOGIN_AXE", "none")
        .env("WECHAT_LOGIN_JWEIXIN", jweixin)
        .env("WECHAT_LOGIN_ENGINE", engine);
    command
}

/// Which passed and which failed.
fn outcomes(play: &mut Command) -> anyhow::Result<BTreeMap<String, bool>> {
    let mut outcomes = BTreeMap::new();
    // Also where one fails, which is part of the table.
    let _ = processes::run_by_line(play, |line| {
        if let Some((journey, outcome)) = line
            .strip_prefix("test ")
            .and_then(|it| it.split_once(" ... "))
        {
            outcomes.insert(journey.to_owned(), outcome == "ok");
        }
    })?;
    Ok(outcomes)
}
