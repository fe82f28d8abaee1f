//! `docs/generated/settings.…md`: every key with its type, its default and its meaning. The meaning is the comment in
//! `proxy.example.toml`; all else is what the parser itself says when it is asked.

use std::fmt::Write as _;

use test_support::document;

use super::samples::PRODUCTION;
use super::*;

/// A section of the sample, or what stands above the first.
#[derive(Default)]
struct Section {
    name: String,
    meaning: String,
    keys: Vec<(String, String)>,
}

impl Section {
    fn dotted(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            section => format!("{section}.{key}"),
        }
    }

    /// A file that sets this alone.
    fn with(&self, key: &str, value: &str) -> String {
        match self.name.as_str() {
            "" => format!("{key} = {value}\n"),
            section => format!("[{section}]\n{key} = {value}\n"),
        }
    }
}

/// The key of a line of the sample that sets one, commented or not.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" = ")?;
    let is_key = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'))
    };
    is_key(key).then_some(key)
}

fn section_of(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']')
}

/// The sample's sections in their order. The comment directly above a key is its meaning.
fn sections() -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut comment: Vec<&str> = Vec::new();
    for line in PRODUCTION.lines() {
        let inside = line.strip_prefix("# ").unwrap_or(line);
        let meaning = comment.join(" ");
        if let Some(name) = section_of(inside) {
            sections.push(Section {
                name: name.to_owned(),
                meaning,
                keys: Vec::new(),
            });
        } else if let Some(key) = key_of(inside) {
            let section = sections.last_mut().unwrap();
            assert!(!meaning.is_empty(), "{key}: no comment above it");
            section.keys.push((without_way(section, key), meaning));
        } else if line.starts_with("# ") {
            comment.push(inside);
            continue;
        }
        comment.clear();
    }
    sections
}

/// The key of a secret that the sample shows in a file or as a credential.
fn without_way(section: &Section, key: &str) -> String {
    let ways = ["_file", "_credential"];
    let secret = ways.into_iter().find_map(|way| key.strip_suffix(way));
    let secret = secret.filter(|key| is_secret(section, key));
    secret.unwrap_or(key).to_owned()
}

/// What the parser says of a file that sets nothing but `key`.
fn said_of(section: &Section, key: &str, value: &str) -> Vec<String> {
    let problems = problems(&section.with(key, value));
    let own = format!("{}: ", section.dotted(key));
    let own = problems.iter().filter_map(|it| it.strip_prefix(&own));
    own.map(str::to_owned).collect()
}

fn is_secret(section: &Section, key: &str) -> bool {
    let said = said_of(section, &format!("{key}_credential"), "\"x\"");
    said.iter()
        .any(|it| it.contains("the folder of credentials"))
}

fn type_of(section: &Section, key: &str) -> String {
    let asked = |value: &str| {
        let said = said_of(section, key, value);
        let said = said.iter().find_map(|it| it.strip_prefix("must be "));
        said.unwrap_or_default().to_owned()
    };
    let text = match asked("1.5").split(',').next().unwrap_or_default() {
        "a text in quotes" => "text".to_owned(),
        "true or false" => "`true` or `false`".to_owned(),
        "a list of texts" => "list of texts".to_owned(),
        "a whole number" => {
            let asked = asked("-1");
            let (_, range) = asked.split_once(" from ").unwrap();
            let (low, high) = range.split_once(" to ").unwrap();
            format!("whole number<br>{low}–{high}")
        }
        other => panic!("{key}: no type in {other:?}"),
    };
    if is_secret(section, key) {
        format!("{text}<br>**secret**")
    } else {
        text
    }
}

/// What holds where nothing else is said, as the listing of a small configuration shows it.
fn default_of(section: &Section, key: &str) -> String {
    let parts = match section.name.as_str() {
        "database" => "[database]\nhost = \"db\"\nname = \"login\"\n",
        _ => "database_url = \"sqlite::memory:\"\n",
    };
    let sample = sample().replace("database_url = \"sqlite::memory:\"\n", "");
    // With two accounts none of them is the only one.
    let cafe = sample.split_once("[accounts.shop]").unwrap().1;
    let cafe = cafe.replace("wx00000000000000a1", "wx00000000000000a2");
    let toml = format!("{sample}\n[accounts.cafe]{cafe}");
    let (top, accounts) = toml.split_once("[accounts").unwrap();
    let toml = format!("{top}{parts}[accounts{accounts}");
    let Ok((listing, _)) = Config::parse_file("", &toml, []) else {
        panic!("no TOML: {toml}")
    };
    let listing = listing.to_string();
    let mut place = String::new();
    for line in listing.lines() {
        if let Some(name) = section_of(line) {
            name.clone_into(&mut place);
        }
        let value = line.strip_suffix("  # default");
        let value = value.and_then(|it| it.strip_prefix(&format!("{key} = ")));
        if let Some(value) = value.filter(|_| place == section.name) {
            return format!("`{value}`");
        }
    }
    // A section that holds only what nobody knows lacks all that it cannot do without.
    let missing = format!("{}: missing", section.dotted(key));
    let lacks = problems(&section.with("nobodys", "1"));
    if lacks.iter().any(|it| it.starts_with(&missing)) {
        return "required".to_owned();
    }
    String::new()
}

/// Files of the documents as links of the chapter, which stands beside them.
fn linked(text: &str) -> String {
    let parts: Vec<String> = text
        .split(' ')
        .map(|word| {
            let end = word.trim_end_matches([',', ':', '.']).len();
            let (word, rest) = word.split_at(end);
            match word.strip_prefix("docs/en/") {
                Some(name) => format!("[{name}]({name}){rest}"),
                None => format!("{word}{rest}"),
            }
        })
        .collect();
    parts.join(" ")
}

/// `accounts.shop` is one of many.
fn of_any(name: &str) -> String {
    let name = name.replace(".shop", ".<name>");
    name.replace(".camellia", ".<name>")
}

fn all() -> String {
    let mut text = String::new();
    for section in sections() {
        let heading = match section.name.as_str() {
            "" => "Above all sections".to_owned(),
            name => format!("`[{}]`", of_any(name)),
        };
        writeln!(text, "### {heading}\n").unwrap();
        if !section.meaning.is_empty() {
            writeln!(text, "{}\n", linked(&section.meaning)).unwrap();
        }
        text.push_str("| key and variable | type | default | meaning |\n|---|---|---|---|\n");
        for (key, meaning) in &section.keys {
            let variable = super::super::places::variable(&section.dotted(key));
            let variable = variable.replace("__SHOP__", "__<NAME>__");
            let variable = variable.replace("__CAMELLIA__", "__<NAME>__");
            let default = default_of(&section, key);
            let kind = type_of(&section, key);
            let (key, variable) = match section.name.as_str() {
                "service_keys" => ("<name>", variable.replace("__ORDERS", "__<NAME>")),
                _ => (key.as_str(), variable),
            };
            let meaning = linked(meaning);
            writeln!(
                text,
                "| `{key}`<br>`{variable}` | {kind} | {default} | {meaning} |"
            )
            .unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_documented_settings_are_those_there_are() {
    let text = all();
    document::compare("settings.en.md", &text);
    let chinese = document::translated(&text, include_str!("settings.zh.toml"));
    document::compare("settings.zh.md", &chinese);
}
