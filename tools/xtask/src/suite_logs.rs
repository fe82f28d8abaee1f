//! Everything the proxies logged during `make test`, searched for everything that must not be in it: what the
//! simulators gave out, what the tests made, and whatever has the shape of it.

use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::Command;

use aho_corasick::AhoCorasick;
use anyhow::Context;

use crate::workspace;

/// Below the folder of built programs.
const FOLDER: &str = "suite-logs";
/// What test programs keep their logs by (`test_support::suite_log`).
const LOGS: &str = "WECHAT_LOGIN_LOG_DIR";
/// Where simulators note what they give out.
const ISSUED: &str = "WECHAT_SIMULATOR_ISSUED_FILE";
/// Shorter values are found in anything; behind a [front](FRONTS) they are an example or a word.
const SHORTEST: usize = 8;
/// How many places a failure names.
const MOST_NAMED: usize = 20;

/// What stands in front of secrets nobody noted, in addresses, headers and bodies: verifiers a browser made, cookies a
/// proxy encrypted, and the parameters of WeChat's addresses.
const FRONTS: [&str; 14] = [
    "wechat_login=",
    "?code=",
    "&code=",
    "secret=",
    "access_token=",
    "refresh_token=",
    "?openid=",
    "&openid=",
    "\"verifier\":\"",
    "\"openid\":\"",
    "\"unionid\":\"",
    "\"access_token\":\"",
    "\"secret\":\"",
    "earer ",
];

/// Where the programs of one run of `make test` keep what they log and give out.
pub(crate) struct LogFolder(PathBuf);

impl LogFolder {
    /// An empty one. That of the run before is gone then.
    pub(crate) fn fresh() -> anyhow::Result<LogFolder> {
        let folder = workspace::debug_binary(FOLDER)?;
        workspace::remove_folder(&folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(LogFolder(folder))
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Has `command`, and whatever it starts, keep here what it logs and gives out.
    pub(crate) fn told_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env(LOGS, &self.0)
            .env(ISSUED, self.0.join("issued-by-simulators.txt"))
    }
}

/// What must have been looked at, or the search has proved nothing.
pub(crate) struct AtLeast {
    /// Lines of log, in all.
    pub(crate) lines: usize,
    /// Different values.
    pub(crate) values: usize,
    /// Programs, and words that a line of each has.
    pub(crate) programs: &'static [(&'static str, &'static str)],
}

/// Searches.
///
/// # Errors
/// With the places, never the values, where something is found; and where there was too little to search.
pub(crate) fn search(folder: &Path, at_least: &AtLeast) -> anyhow::Result<String> {
    let is_log = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "log");
    let (logs, lists): (Vec<_>, Vec<_>) = workspace::files(folder)?.into_iter().partition(is_log);
    let mut origins = std::collections::BTreeMap::new();
    for list in &lists {
        for (number, value) in lines(list)?.into_iter().enumerate() {
            let origin = format!("the value of {}:{}", name_of(list), number + 1);
            origins.entry(value).or_insert(origin);
        }
    }
    origins.retain(|value, _| value.len() >= SHORTEST);
    let values = origins.len();
    let origins: Vec<(Vec<u8>, String)> = origins.into_iter().collect();
    let sought = origins.iter().map(|(value, _)| value.as_slice());
    let sought = AhoCorasick::new(sought.chain(FRONTS.map(str::as_bytes)))?;
    let mut searched = 0;
    let mut found = Vec::new();
    let mut silent = at_least.programs.to_vec();
    for log in &logs {
        let name = name_of(log);
        let lines = lines(log)?;
        let has = |words: &str| {
            let mut parts = lines.iter().flat_map(|line| line.windows(words.len()));
            parts.any(|part| part == words.as_bytes())
        };
        silent.retain(|(program, words)| !(name.starts_with(&format!("{program}-")) && has(words)));
        searched += lines.len();
        for (number, line) in lines.iter().enumerate() {
            let what = sought.find_overlapping_iter(line).find_map(|place| {
                let pattern = place.pattern().as_usize();
                match origins.get(pattern) {
                    Some((_, origin)) => Some(origin.clone()),
                    None => begins_with_something(&line[place.end()..])
                        .then(|| format!("something behind {}", FRONTS[pattern - values])),
                }
            });
            found.extend(what.map(|what| format!("{name}:{}: {what}", number + 1)));
        }
    }
    anyhow::ensure!(
        found.is_empty(),
        "{} line(s) of log hold what must not be logged, in {}:\n{}",
        found.len(),
        folder.display(),
        found[..found.len().min(MOST_NAMED)].join("\n")
    );
    if let Some((program, words)) = silent.first() {
        anyhow::bail!("no log of {program} has a line with {words}");
    }
    anyhow::ensure!(
        searched >= at_least.lines && values >= at_least.values,
        "only {searched} lines and {values} values were collected, of at least {} and {}",
        at_least.lines,
        at_least.values
    );
    Ok(format!("{values} values in none of {searched} lines"))
}

/// A code, a token, an id or an encrypted cookie, percent-encoded or not.
fn begins_with_something(rest: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~%+/=".contains(byte);
    rest.len() >= SHORTEST && rest[..SHORTEST].iter().all(is_part)
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Bytes, because a value may stand beside a broken character.
fn lines(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = BufRead::split(text.as_slice(), b'\n');
    Ok(lines.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: AtLeast = AtLeast {
        lines: 0,
        values: 0,
        programs: &[],
    };

    /// What a search of this log comes to, besides an empty one: the figure, or the error.
    fn outcome(log: &[u8], values: &str, at_least: &AtLeast) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
        write("api-1.log", log);
        write("start-2.log", b"");
        write("issued.txt", values.as_bytes());
        search(folder.path(), at_least).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_value_in_a_log_is_named_by_its_places_and_never_quoted() {
        let log = b"fine\noSecretOpenid000 is another\nan openid: oSecretOpenid0001, indeed\n";
        let error = outcome(log, "harmless\noSecretOpenid0001\n", &NOTHING).unwrap_err();
        let place = "api-1.log:3: the value of issued.txt:2";
        assert!(
            error.starts_with("1 line(s)") && error.contains(place),
            "{error}"
        );
        assert!(!error.contains("oSecret"), "{error}");
    }

    #[test]
    fn values_are_found_anywhere_and_secrets_nobody_noted_by_what_stands_in_front() {
        let search = |log: &[u8]| outcome(log, "12345678\n001234569\n1234567\n", &NOTHING);
        for front in FRONTS {
            let error = search(format!("x{front}neverNotedAnywhere").as_bytes()).unwrap_err();
            assert!(error.contains(&format!("api-1.log:1: something behind {front}")));
            assert!(!error.contains("neverNoted"), "{error}");
        }
        for log in [
            &b"\xff12345678\xfe"[..],
            b"12345678",
            b"x\n12345678",
            // Begins as another does, and a front is a part of it.
            b"0012345678",
            b"?code=12345678",
            b"GET http://h/sns/oauth2/access_token?appid=wx1&secret=abcdefgh&code=x",
            b"Cookie: a=b; __Host-wechat_login=8Jq%2Fabc=",
            // The first front has nothing behind it.
            "?code=…&state=…&code=abcdefgh".as_bytes(),
        ] {
            assert!(search(log).is_err(), "{log:?}");
        }
        for log in [
            // Seven bytes are found in anything.
            "1234567 00123456",
            "?code=1234567",
            "answered method=POST route=\"/api/session\" status=502 code=\"refused_by_wechat\"",
            "access_token: WeChat refused with errcode 40029",
            "{\"secret\":\"\"}",
            "",
        ] {
            assert!(search(log.as_bytes()).is_ok(), "{log}");
        }
    }

    #[test]
    fn a_search_of_nearly_nothing_does_not_pass() {
        let with = |lines, values, programs| {
            let at_least = AtLeast {
                lines,
                values,
                programs,
            };
            outcome(b"a\nb\n", "12345678\n12345678\n23456789\n", &at_least)
        };
        const API: (&str, &str) = ("api", "b");
        assert_eq!(with(2, 2, &[API]).unwrap(), "2 values in none of 2 lines");
        assert!(with(3, 2, &[API]).is_err());
        assert!(with(2, 3, &[API]).is_err());
        assert!(with(2, 2, &[API, ("start", "b")]).is_err());
        assert!(with(2, 2, &[("ap", "b")]).is_err());
        assert!(with(2, 2, &[("api", "c")]).is_err());
    }
}
