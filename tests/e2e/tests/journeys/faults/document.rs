//! The same table for people, in both languages: `docs/generated/faults.*.md`, which the chapter on reliability shows.

use super::cells::{Cell, Outcome, Screen, Stored, titles};
use test_support::document;

/// Compares the tables of both languages with these cells, or writes them where `WECHAT_LOGIN_UPDATE_DOCS` is set.
pub(super) fn compare(cells: &[Cell]) {
    let section = section(cells);
    document::compare("faults.en.md", &section);
    let chinese = document::translated(&section, include_str!("document.zh.toml"));
    document::compare("faults.zh.md", &chinese);
}

fn section(cells: &[Cell]) -> String {
    let mut section = format!("\n{} cells.\n", cells.len());
    for (step, title) in titles() {
        section.push_str(&format!(
            "\n### {title}\n\n| fault | the user reads | and can tap | the log says | stored | asked of WeChat |\n|---|---|---|---|---|---|\n"
        ));
        // One row for each outcome, in the order of their first faults.
        let mut rows: Vec<(&Outcome, Vec<&str>)> = Vec::new();
        for cell in cells.iter().filter(|cell| cell.step == *step) {
            match rows
                .iter_mut()
                .find(|(outcome, _)| **outcome == cell.outcome)
            {
                Some((_, faults)) => faults.push(&cell.words),
                None => rows.push((&cell.outcome, vec![&cell.words])),
            }
        }
        for (outcome, faults) in rows {
            section.push_str(&format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                faults.join("<br>"),
                screen(&outcome.screen),
                taps(outcome),
                log(&outcome.seen.log),
                stored(outcome),
                asked(outcome),
            ));
        }
    }
    section.push('\n');
    section
}

fn screen(screen: &Screen) -> String {
    match screen {
        Screen::Message(title, text) => format!("**{title}** {text}"),
        Screen::Profile(none) if none.is_empty() => {
            "the page, as if nothing had happened".to_owned()
        }
        Screen::Profile(notice) => format!("the page, and above it:<br>{notice}"),
        Screen::Orders(text) => format!("the page of orders:<br>{text}"),
    }
}

fn taps(outcome: &Outcome) -> &'static str {
    match (outcome.seen.can_retry, &outcome.screen) {
        (true, _) => "to try again, which works once the fault is gone",
        (false, Screen::Message(..)) => "nothing: trying again would not help",
        (false, Screen::Profile(_) | Screen::Orders(_)) => "everything",
    }
}

fn log(lines: &[String]) -> String {
    if lines.is_empty() {
        return "nothing unusual".to_owned();
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
    lines.join("<br>")
}

fn stored(outcome: &Outcome) -> String {
    let identity = match outcome.seen.identity {
        Stored::Nothing => "no user",
        Stored::Identity => "the user",
        Stored::IdentityAndName => "the user with name and picture",
    };
    let session = if outcome.seen.session {
        "a session"
    } else {
        "no session"
    };
    format!("{identity}, {session}")
}

fn asked(outcome: &Outcome) -> String {
    let seen = &outcome.seen;
    let asked = [
        (seen.visits, "authorize"),
        (seen.exchanges, "access_token"),
        (seen.userinfos, "userinfo"),
    ];
    let asked = asked.into_iter().filter(|(count, _)| *count > 0);
    let asked: Vec<String> = asked.map(|(n, what)| format!("{n} × `{what}`")).collect();
    if asked.is_empty() {
        return "nothing".to_owned();
    }
    asked.join(", ")
}
