use crate::ids;

use super::*;

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
        "#,
    );
    for part in [
        "colour: is no key that exists here; remove it, or use one of: settings, account, person",
        "settings.strict_order: cannot be read; it has to be true or false",
        "settings.refusal: cannot be read; it has to be one of \"go_back\"",
        "account[1].appid: \"wx1\" has not the form",
        "account[1].secret: has 32 hexadecimal digits",
        "account[1].title: is missing; add title",
        "account[1].domains: has 3 entries",
        "account[1].domains: \"https://a.example\" has a scheme",
        "account[1].domains: \"b.example:80\" has a port",
        "person[1].id: \"a b\" is no id",
        "person[1].habbit: is no key",
        "person[1].picture: cannot be read; it has to be one of \"drawn\"",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert_eq!(told.lines().count(), 12, "{told}");
    assert!(
        !told.contains("0123456789abcdef"),
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
    let world = match parse(DEFAULT) {
        Ok(world) => world,
        Err(problems) => panic!("{problems}"),
    };
    assert_eq!(world.people.current().id, "xiaoming");
    assert_eq!(world.settings, crate::platform::Settings::default());
    let settings = serde_json::to_value(&world.settings).unwrap();
    for key in settings.as_object().unwrap().keys() {
        assert!(DEFAULT.contains(&format!("# {key} = ")), "{key}");
    }
}
