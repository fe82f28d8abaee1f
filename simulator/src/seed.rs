//! The seed file: accounts, people and settings in TOML.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::{Table, Value};

use crate::platform::{
    Account, AccountKind, GrantedScope, People, Person, Problem, Problems, RegisteredDomain,
    Settings, check_people,
};
use crate::wechat::looks_like_a_real_secret;

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
    let mut table: Table = toml::from_str(text).map_err(|error| {
        let what = error.to_string().trim_end().to_owned();
        Problem::new("seed", what, "mend the TOML there")
    })?;
    let mut problems = Vec::new();
    let settings = table
        .remove("settings")
        .unwrap_or(Value::Table(Table::new()));
    let settings: Settings = read("settings", settings, &mut problems);
    let accounts: Vec<Account> = read_all(&mut table, "account", &mut problems);
    let people: Vec<Person> = read_all(&mut table, "person", &mut problems);
    for key in table.keys() {
        let fix = "remove it, or use one of: settings, account, person";
        problems.push(Problem::new(key, "is no key that exists here", fix));
    }

    let mut titles: HashMap<&str, &str> = HashMap::new();
    for (position, account) in (1_usize..).zip(&accounts) {
        let at = format!("account[{position}]");
        check_account(&at, account, &mut problems);
        let (appid, title) = (&account.appid, &account.title);
        if let Some(first) = titles.insert(appid, title) {
            let what = format!("{appid:?} is the appid of {first:?} and of {title:?}");
            let fix = "give one of them another appid";
            problems.push(Problem::new(format!("{at}.appid"), what, fix));
        }
    }
    let numbered = (1_usize..).zip(&people);
    let numbered: Vec<_> = numbered
        .map(|(position, person)| (format!("person[{position}]"), person))
        .collect();
    if let Err(more) = check_people(&numbered, &accounts) {
        problems.extend(more.0);
    }
    if accounts.is_empty() {
        let fix = "add one; --print-seed shows how";
        problems.push(Problem::new("account", "there is no [[account]]", fix));
    }
    match People::new(people) {
        Some(people) if problems.is_empty() => Ok(Seed {
            accounts,
            people,
            settings,
        }),
        Some(_) => Err(Problems(problems)),
        None => {
            let fix = "add one; the first holds the phone";
            problems.push(Problem::new("person", "there is no [[person]]", fix));
            Err(Problems(problems))
        }
    }
}

/// Reads what is written as `[[key]]`.
fn read_all<T: DeserializeOwned + Default>(
    table: &mut Table,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    let values = match table.remove(key) {
        Some(Value::Array(values)) => values,
        None => Vec::new(),
        Some(_) => {
            let fix = format!("it has to be written as [[{key}]]");
            problems.push(Problem::new(key, "cannot be read", fix));
            Vec::new()
        }
    };
    let numbered = (1_usize..).zip(values);
    numbered
        .map(|(position, value)| read(&format!("{key}[{position}]"), value, problems))
        .collect()
}

/// Reads one table. A field that cannot be read is a problem and is read as if it were left out, to find the next one.
fn read<T: DeserializeOwned + Default>(
    at: &str,
    mut value: Value,
    problems: &mut Vec<Problem>,
) -> T {
    loop {
        let error = match serde_path_to_error::deserialize(value.clone()) {
            Ok(read) => return read,
            Err(error) => error,
        };
        // A secret in the wrong place is not repeated: this line may end in somebody's terminal log.
        let words = error.inner().message();
        let is_secret = words
            .split(|c: char| !c.is_ascii_hexdigit())
            .any(looks_like_a_real_secret);
        let what = if is_secret { "cannot be read" } else { words };
        let path = error.path();
        let fix = "compare it with what --print-seed shows";
        problems.push(Problem::new(format!("{at}.{path}"), what, fix));
        let removed = match (path.iter().next(), value.as_table_mut()) {
            (Some(Segment::Map { key }), Some(table)) => table.remove(key),
            _ => None,
        };
        if removed.is_none() {
            return T::default();
        }
    }
}

fn check_account(at: &str, account: &Account, problems: &mut Vec<Problem>) {
    let mut say = |key: &str, what: &str, fix: &str| {
        problems.push(Problem::new(format!("{at}.{key}"), what, fix))
    };
    for (key, text, example) in [
        ("appid", &account.appid, "wx00000000000000a1"),
        ("secret", &account.secret, "simulator-secret-a1"),
        ("title", &account.title, "山茶书店"),
    ] {
        if text.is_empty() {
            say(key, "is missing", &format!("add {key} = {example:?}"));
        }
    }
    let digits = account.appid.strip_prefix("wx").unwrap_or_default();
    let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if !account.appid.is_empty() && (digits.len() != 16 || !digits.bytes().all(is_digit)) {
        let what = format!("{:?} has not the form of an appid", account.appid);
        say("appid", &what, "use wx and 16 of 0-9 a-f");
    }
    if looks_like_a_real_secret(&account.secret) {
        let what = "has 32 hexadecimal digits, as real AppSecrets have";
        let fix = "make one up, such as \"simulator-secret-a1\", and reset the real one if it was";
        say("secret", what, fix);
    }
    let most = if account.kind == AccountKind::Website {
        1
    } else {
        2
    };
    if account.domains.len() > most {
        let what = format!("has {} entries", account.domains.len());
        let fix = format!("keep at most {most}, as WeChat's console does for this kind");
        say("domains", &what, &fix);
    }
    for text in &account.domains {
        if let Err(reason) = RegisteredDomain::parse(text, account.kind) {
            let fix = "write the host alone, as in WeChat's console: \"www.example.com\"";
            say("domains", &format!("{text:?} {reason}"), fix);
        }
    }
    let known = account.kind.scopes();
    if let Some(scope) = account.scopes().iter().find(|scope| !known.contains(scope)) {
        let what = format!("{:?} is no scope of this kind", scope.as_str());
        let names: Vec<_> = known
            .iter()
            .map(|scope| GrantedScope::as_str(*scope))
            .collect();
        say(
            "scopes",
            &what,
            &format!("use some of {}, or none", names.join(", ")),
        );
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

    /// What is wrong with a seed, a line each.
    fn problems(text: &str) -> String {
        parse(text)
            .err()
            .map(|problems| problems.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn the_smallest_seed_has_an_account_and_a_person() {
        assert_eq!(problems(&format!("{ACCOUNT}{PERSON}")), "");
        let nothing = problems("");
        assert!(nothing.contains("no [[account]]") && nothing.contains("no [[person]]"));
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_key_and_fix() {
        let told = problems(
            r#"
            colour = "red"
            [settings]
            strict_order = "yes"
            refusal = "explode"
            [[account]]
            appid = "wx1"
            secret = "0123456789abcdef0123456789ABCDEF"
            domains = ["https://a.example", "b.example:80", "c.example"]
            kind = "service"
            [[person]]
            id = "a b"
            habbit = "slow"
            picture = "oil"
            note = 0x0123456789abcdef
            unionid = "fedcba9876543210fedcba9876543210"
            "#,
        );
        for part in [
            "colour: is no key that exists here; remove it, or use one of: settings, account, person",
            "settings.strict_order: invalid type: string \"yes\", expected a boolean",
            "settings.refusal: unknown variant `explode`, expected one of `go_back`, `blank`",
            "account[1].appid: \"wx1\" has not the form",
            "account[1].secret: has 32 hexadecimal digits",
            "account[1].title: is missing; add title",
            "account[1].domains: has 3 entries",
            "person[1].note: invalid type: integer",
            "person[1].unionid: cannot be read",
            "account[1].domains: \"https://a.example\" has a scheme",
            "account[1].domains: \"b.example:80\" has a port",
            "person[1].id: \"a b\" is no id",
            "person[1].habbit: unknown field `habbit`, expected one of `id`, `nickname`",
            "person[1].picture: unknown variant `oil`, expected one of `drawn`",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
        assert_eq!(told.lines().count(), 14, "{told}");
        assert!(
            !told.contains("0123456789abcdef") && !told.contains("fedcba"),
            "a secret is not repeated"
        );
    }

    #[test]
    fn a_mistake_of_toml_is_told_with_its_line() {
        assert!(problems("[[account]\n").contains("line 1"));
    }

    #[test]
    fn whoever_shares_an_id_is_named_together_with_the_other() {
        let twice = problems(&format!("{ACCOUNT}{ACCOUNT}{PERSON}{PERSON}"));
        assert!(
            twice.contains("person[2].id: \"p\" is the id of person[1] as well"),
            "{twice}"
        );
        assert!(
            twice.contains("account[2].appid: \"wx00000000000000a1\" is the appid of"),
            "{twice}"
        );

        let pin = |id: &str, openid: &str| {
            format!(
                "[[person]]\nid = \"{id}\"\npinned_openids = {{ wx00000000000000a1 = \"{openid}\" }}\n"
            )
        };
        let pinned = problems(&format!("{ACCOUNT}{}{}", pin("a", "oX"), pin("b", "oX")));
        assert!(
            pinned.contains("\"a\" and \"b\" would both be \"oX\""),
            "{pinned}"
        );

        // Also when the other one's is derived.
        let derived = ids::openid("wx00000000000000a1", "p");
        let stolen = problems(&format!("{ACCOUNT}{PERSON}{}", pin("thief", &derived)));
        assert!(
            stolen.contains("\"p\" and \"thief\" would both be"),
            "{stolen}"
        );
    }

    #[test]
    fn pins_of_accounts_and_platforms_that_do_not_exist_are_refused() {
        let told = problems(&format!(
            "{ACCOUNT}{PERSON}pinned_openids = {{ wx9 = \"oX\" }}\npinned_unionids = {{ nowhere = \"oY\" }}\n"
        ));
        assert!(
            told.contains("person[1].pinned_openids.wx9: there is no account"),
            "{told}"
        );
        assert!(
            told.contains("person[1].pinned_unionids.nowhere: no account is bound"),
            "{told}"
        );
    }

    #[test]
    fn the_built_in_seed_is_a_seed_and_names_every_key() {
        let text = Platform::DEFAULT_SEED;
        let world = parse(text).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(world.people.current().id, "xiaoming");
        assert_eq!(world.settings, Settings::default());
        let settings = serde_json::to_value(&world.settings).unwrap();
        for key in settings.as_object().unwrap().keys() {
            assert!(text.contains(&format!("# {key} = ")), "{key}");
        }
    }
}
