//! The seed file: accounts, people and settings in TOML.

mod lines;
mod proxy_accounts;

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::{Table, Value};

use crate::platform::{
    Account, AccountKind, People, Person, Problems, RegisteredDomain, Settings, check_people,
};
use crate::wechat::looks_like_a_real_secret;

pub(crate) use proxy_accounts::add as add_accounts_of_proxy;

/// What a platform starts with.
#[derive(Clone)]
pub(crate) struct Seed {
    /// The official accounts and website applications.
    pub(crate) accounts: Vec<Account>,
    /// The people, with the one who holds the phone at first.
    pub(crate) people: People,
    /// The switches.
    pub(crate) settings: Settings,
}

/// Reads a seed file.
///
/// # Errors
/// Everything that is wrong with it at once, each with its key and how to mend it; only after a mistake of TOML itself
/// nothing more can be said.
pub(crate) fn parse(text: &str) -> Result<Seed, Problems> {
    let mistake = |error| Problems::one("seed", lines::mistake(&error, text));
    let mut table: Table = toml::from_str(text).map_err(mistake)?;
    let mut problems = Problems::default();
    let settings = table
        .remove("settings")
        .unwrap_or(Value::Table(Table::new()));
    let settings: Settings = read("settings", settings, &mut problems);
    let mut accounts: Vec<Account> = read_all(&mut table, "account", &mut problems);
    for account in &mut accounts {
        // As a template leaves it where nothing is filled in.
        account.open_platform.take_if(|it| it.trim().is_empty());
    }
    let people: Vec<Person> = read_all(&mut table, "person", &mut problems);
    for key in table.keys() {
        let fix = "remove it, or use one of: settings, account, person";
        problems.say(key, format!("is no key that exists here; {fix}"));
    }

    let mut titles: HashMap<&str, &str> = HashMap::new();
    for (position, account) in (1_usize..).zip(&accounts) {
        let at = format!("account[{position}]");
        check_account(&at, account, &mut problems);
        let (appid, title) = (&account.appid, &account.title);
        if let Some(first) = titles.insert(appid, title) {
            let what = format!("{appid:?} is the appid of {first:?} and of {title:?}");
            problems.say(
                format!("{at}.appid"),
                format!("{what}; give one of them another appid"),
            );
        }
    }
    let numbered = (1_usize..).zip(&people);
    let numbered: Vec<_> = numbered
        .map(|(n, person)| (format!("person[{n}]"), person))
        .collect();
    problems.0.extend(
        check_people(&numbered, &accounts)
            .err()
            .unwrap_or_default()
            .0,
    );
    if accounts.is_empty() {
        problems.say(
            "account",
            "there is no [[account]]; add one, as --print-seed shows",
        );
    }
    let people = People::new(people);
    if people.is_none() {
        problems.say(
            "person",
            "there is no [[person]]; add one: the first holds the phone",
        );
    }
    match people {
        Some(people) if problems.0.is_empty() => Ok(Seed {
            accounts,
            people,
            settings,
        }),
        _ => Err(lines::with_lines(problems, text)),
    }
}

/// Reads what is written as `[[key]]`.
fn read_all<T: DeserializeOwned + Default>(
    table: &mut Table,
    key: &str,
    problems: &mut Problems,
) -> Vec<T> {
    let values = match table.remove(key) {
        Some(Value::Array(values)) => values,
        None => Vec::new(),
        Some(_) => {
            problems.say(
                key,
                format!("cannot be read; it has to be written as [[{key}]]"),
            );
            Vec::new()
        }
    };
    let numbered = (1_usize..).zip(values);
    numbered
        .map(|(n, value)| read(&format!("{key}[{n}]"), value, problems))
        .collect()
}

/// Reads one table. A field that cannot be read is a problem and is read as if it were left out, to find the next one.
fn read<T: DeserializeOwned + Default>(at: &str, mut value: Value, problems: &mut Problems) -> T {
    loop {
        let error = match serde_path_to_error::deserialize(value.clone()) {
            Ok(read) => return read,
            Err(error) => error,
        };
        // A secret in the wrong place is not repeated: this line may end in somebody's terminal log.
        let words = error.inner().message();
        let mut hex = words.split(|c: char| !c.is_ascii_hexdigit());
        let is_secret = error.path().to_string() == "secret" || hex.any(looks_like_a_real_secret);
        let what = if is_secret { "cannot be read" } else { words };
        let path = error.path();
        let fix = "compare it with what --print-seed shows";
        problems.say(format!("{at}.{path}"), format!("{what}; {fix}"));
        let removed = match (path.iter().next(), value.as_table_mut()) {
            (Some(Segment::Map { key }), Some(table)) => table.remove(key),
            _ => None,
        };
        if removed.is_none() {
            return T::default();
        }
    }
}

fn check_account(at: &str, account: &Account, problems: &mut Problems) {
    let Account {
        appid,
        secret,
        title,
        kind,
        domains,
        js_domains,
        ..
    } = account;
    for (key, text, example) in [
        ("appid", appid, "wx00000000000000a1"),
        ("secret", secret, "simulator-secret-a1"),
        ("title", title, "山茶书店"),
    ] {
        if text.is_empty() {
            problems.say(
                format!("{at}.{key}"),
                format!("is missing; add {key} = {example:?}"),
            );
        }
    }
    let digits = appid.strip_prefix("wx").unwrap_or_default();
    let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if !appid.is_empty() && (digits.len() != 16 || !digits.bytes().all(is_digit)) {
        let what = format!("{appid:?} has not the form of an appid; use wx and 16 of 0-9 a-f");
        problems.say(format!("{at}.appid"), what);
    }
    if looks_like_a_real_secret(secret) {
        let fix = "make one up, such as \"simulator-secret-a1\", and reset the real one if it was";
        let what = "has 32 hexadecimal digits, as real AppSecrets have";
        problems.say(format!("{at}.secret"), format!("{what}; {fix}"));
    }
    let most = match kind {
        AccountKind::Service | AccountKind::Test => (2, 3),
        AccountKind::Website => (1, 0),
        AccountKind::Miniprogram | AccountKind::Mobile => (0, 0),
    };
    let js_domains = js_domains.as_deref().unwrap_or_default();
    for (key, domains, most) in [
        ("domains", &**domains, most.0),
        ("js_domains", js_domains, most.1),
    ] {
        let at = format!("{at}.{key}");
        if domains.len() > most {
            let what = format!("has {} entries", domains.len());
            let fix = format!("keep at most {most}, as WeChat's console does for this kind");
            problems.say(&at, format!("{what}; {fix}"));
        }
        for text in domains {
            if let Err(reason) = RegisteredDomain::parse(text, *kind) {
                let fix = "write the host alone, as in WeChat's console: \"www.example.com\"";
                problems.say(&at, format!("{text:?} {reason}; {fix}"));
            }
        }
    }
    let known = kind.scopes();
    if let Some(scope) = account.scopes().iter().find(|scope| !known.contains(scope)) {
        let names: Vec<_> = known.iter().map(|scope| scope.as_str()).collect();
        let fix = format!("use some of {}, or none", names.join(", "));
        let what = format!("{:?} is no scope of this kind", scope.as_str());
        problems.say(format!("{at}.scopes"), format!("{what}; {fix}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;
    use crate::platform::Platform;

    const ACCOUNT: &str =
        "[[account]]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n";
    const PERSON: &str = "[[person]]\nid = \"p\"\n";

    /// What is wrong with a seed, a line each; every part must be told.
    fn told(text: &str, parts: &[&str]) -> String {
        let problems = parse(text).err().unwrap_or_default().to_string();
        for part in parts {
            assert!(problems.contains(part), "{part}\n{problems}");
        }
        problems
    }

    #[test]
    fn the_smallest_seed_has_an_account_and_a_person() {
        assert_eq!(told(&format!("{ACCOUNT}{PERSON}"), &[]), "");
        told("", &["no [[account]]", "no [[person]]"]);
        told("[[account]\n", &["line 1"]);
        told("account = 1", &["written as [[account]]"]);
        for secret in ["\"0123456789\n", "0123456789\n", "123456789\n"] {
            let text = format!("[[account]]\nsecret = {secret}");
            let told = told(&text, &["line 2"]);
            assert!(!told.contains("123456789"), "{told}");
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_key_and_fix_and_no_secret_is_repeated() {
        let text = r#"
            colour = "red"
            [settings]
            strict_order = "yes"
            refusal = "explode"
            [[account]]
            appid = "wx1"
            secret = "0123456789abcdef0123456789ABCDEF"
            domains = ["https://a.example", "b.example:80", "c.example"]
            js_domains = ["1.example", "2.example", "3.example", "d.example:80"]
            kind = "service"
            scopes = ["snsapi_login"]
            [[person]]
            id = "a b"
            habbit = "slow"
            picture = "oil"
            unionid = "fedcba9876543210fedcba9876543210"
        "#;
        let parts = [
            "colour: is no key that exists here; remove it, or use one of: settings, account, person",
            "settings.strict_order: invalid type: string \"yes\", expected a boolean",
            "settings.refusal: unknown variant `explode`, expected one of `go_back`, `blank`",
            "account[1].appid: \"wx1\" has not the form",
            "account[1].secret: has 32 hexadecimal digits",
            "account[1].title: is missing; add title",
            "account[1].domains: has 3 entries",
            "account[1].domains: \"https://a.example\" has a scheme",
            "account[1].domains: \"b.example:80\" has a port",
            "account[1].js_domains: has 4 entries",
            "account[1].js_domains: \"d.example:80\" has a port",
            "account[1].scopes: \"snsapi_login\" is no scope of this kind; use some of snsapi_base",
            "person[1].id: \"a b\" is no id",
            "person[1].habbit: unknown field `habbit`, expected one of `id`, `nickname`",
            "person[1].picture: unknown variant `oil`, expected one of `drawn`",
            "person[1].unionid: cannot be read",
        ];
        let told = told(text, &parts);
        assert_eq!(told.lines().count(), parts.len(), "{told}");
        for line in [
            "line 2: colour: ",
            "line 4: settings.strict_order: ",
            "line 7: account[1].appid: ",
            // The whole account, where the key is missing.
            "line 6: account[1].title: ",
            "line 15: person[1].habbit: ",
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
        assert!(!told.contains("0123456789abcdef") && !told.contains("fedcba"));
    }

    #[test]
    fn whoever_shares_an_id_is_named_together_with_the_other() {
        let parts = [
            "person[2].id: \"p\" is the id of person[1] as well",
            "account[2].appid: \"wx00000000000000a1\" is the appid of",
        ];
        told(&format!("{ACCOUNT}{ACCOUNT}{PERSON}{PERSON}"), &parts);
        let pin = |id: &str, openid: &str| {
            let pins = format!("{{ wx00000000000000a1 = \"{openid}\" }}");
            format!("[[person]]\nid = \"{id}\"\npinned_openids = {pins}\n")
        };
        let twice = format!("{ACCOUNT}{}{}", pin("a", "oX"), pin("b", "oX"));
        told(&twice, &["\"a\" and \"b\" would both be \"oX\""]);
        // Also when the other one's is derived.
        let thief = pin("thief", &ids::openid("wx00000000000000a1", "p"));
        let stolen = format!("{ACCOUNT}{PERSON}{thief}");
        told(&stolen, &["\"p\" and \"thief\" would both be"]);
    }

    #[test]
    fn pins_of_accounts_and_platforms_that_do_not_exist_are_refused() {
        let pins = "pinned_openids = { wx9 = \"oX\" }\npinned_unionids = { nowhere = \"oY\" }\n";
        let parts = [
            "person[1].pinned_openids.wx9: there is no account",
            "person[1].pinned_unionids.nowhere: no account is bound",
        ];
        told(&format!("{ACCOUNT}{PERSON}{pins}"), &parts);
    }

    #[test]
    fn the_built_in_seed_is_a_seed_and_names_every_key() {
        let text = Platform::DEFAULT_SEED;
        let seed = parse(text).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(seed.people.current().id, "xiaoming");
        assert_eq!(seed.settings, Settings::default());
        let settings = serde_json::to_value(&seed.settings).unwrap();
        for key in settings.as_object().unwrap().keys() {
            assert!(text.contains(&format!("# {key} = ")), "{key}");
        }
    }
}
