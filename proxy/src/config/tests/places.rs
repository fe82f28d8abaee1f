//! Where each thing comes from: empty texts, places in problems, and the listing.

use super::super::*;
use super::samples::SECRETS;
use super::{KEY, SECRET, parse, parse_with, sample, table};

/// All of `variables` have our prefix.
fn told(toml: &str, variables: &[(&str, &str)]) -> String {
    let named = variables.iter().map(|(name, value)| {
        let name = format!("WECHAT_LOGIN__{name}");
        (name, (*value).to_owned())
    });
    match Config::parse(toml, named) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

fn listing(toml: &str, variables: &[(&str, &str)]) -> String {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let read = Config::parse_file("proxy.toml", toml, variables.iter().map(own));
    let Ok((listing, _)) = read else {
        panic!("no TOML: {toml}")
    };
    listing.to_string()
}

#[test]
fn an_empty_text_is_no_setting() {
    for (name, usual) in [
        ("DEFAULT_ACCOUNT", ""),
        ("PUBLIC_URL", " "),
        ("SESSION_KEYS", "\t"),
        ("REQUIRE_WECHAT", ""),
        ("LIMITS__CONNECTIONS", ""),
        ("TRUSTED_PROXIES", " "),
        ("ACCOUNTS__SHOP__SECRET", ""),
        ("ACCOUNTS__SHOP__SECRET_FILE", ""),
        ("ACCOUNTS__CAFE__APPID", ""),
        ("SERVICE_KEYS__ORDERS", ""),
        ("DATABASE_URL_CREDENTIAL", ""),
    ] {
        assert_eq!(told(&sample(), &[(name, usual)]), "", "{name}");
    }
    for line in [
        "static_dir = \"\"",
        "default_account = \"  \"",
        "session_keys_file = \"\"",
        "log_format = \"\"",
    ] {
        assert_eq!(told(&format!("{line}\n{}", sample()), &[]), "", "{line}");
    }
    let credentials = ("CREDENTIALS_DIRECTORY", "");
    let toml = sample().replace("secret = ", "secret_credential = ");
    let problems = parse_with(&toml, &[credentials]).unwrap_err().to_string();
    assert!(
        problems.contains("cannot be read from the folder of credentials"),
        "{problems}"
    );
    let two = [("TRUSTED_PROXIES", "127.0.0.1, ,")];
    assert_eq!(told(&sample(), &two), "");
}

#[test]
fn every_problem_begins_with_its_place() {
    let assert_told = |toml: &str, variables: &[(&str, &str)], expected: &str| {
        let told = told(toml, variables);
        assert!(told.starts_with(expected), "{expected}\nbut\n{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    };
    for [old, new, variables, expected] in table().places {
        let variables = variables.split(' ').filter_map(|it| it.split_once('='));
        let variables: Vec<_> = variables.collect();
        assert_told(&sample().replacen(&old, &new, 1), &variables, &expected);
    }
    assert_told("a = 1\n\nb = = 1", &[], "proxy.toml line 3: ");
    let empty_file = tempfile::NamedTempFile::new().unwrap();
    let shown = empty_file.path().display().to_string();
    let by_file = format!("secret_file = {shown:?}");
    let toml = sample().replace(&format!("secret = \"{SECRET}\""), &by_file);
    let empty = format!("accounts.shop.secret_file: the file {shown} is empty");
    assert_told(&toml, &[], &format!("proxy.toml line 8: {empty}"));
}

/// Every way in which a secret can be given, and an address with a password where none is expected.
#[test]
fn the_listing_says_what_holds_and_where_from_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "secret-in-a-file").unwrap();
    let other = KEY.replace('0', "9");
    std::fs::write(folder.path().join("keys"), format!("{KEY}\n{other}")).unwrap();
    let toml = format!(
        "public_url = \"https://shop.example\"\nlog_format = \"\"\nsession_keys_credential = \"keys\"\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret_file = {file:?}\ntitle = \"山茶\\\"书店\"\n\
         website_appid = \"wx00000000000000d1\"\nwebsite_secret = \"secret-in-toml\"\n\
         [service_keys]\norders = \"{other}\"\n"
    );
    let folder = folder.path().display().to_string();
    let variables = [
        ("CREDENTIALS_DIRECTORY", folder.as_str()),
        (
            "WECHAT_LOGIN__DATABASE_URL",
            "postgres://u:passwordOfTests@h/d",
        ),
        ("WECHAT_LOGIN__LIMITS__CONNECTIONS", "9"),
    ];
    let shown = listing(&toml, &variables);
    let lines: Vec<&str> = shown.lines().collect();
    for line in [
        "public_url = \"https://shop.example\"  # proxy.toml line 1",
        "log_format = \"text\"  # default",
        "# static_dir: not set",
        "default_account = \"shop\"  # default",
        "trusted_proxies = []  # default",
        "# session_keys: set (credential keys)  # proxy.toml line 3",
        "# database_url: set (WECHAT_LOGIN__DATABASE_URL)",
        "[limits]",
        "connections = 9  # WECHAT_LOGIN__LIMITS__CONNECTIONS",
        "[accounts.shop]",
        &format!(
            "# secret: set (file {})  # proxy.toml line 6",
            file.display()
        ),
        "# website_secret: set (proxy.toml line 9)",
        "# orders: set (proxy.toml line 11)",
    ] {
        assert!(lines.contains(&line), "{line}\nin\n{shown}");
    }
    for secret in ["secret-in", KEY, &other, "passwordOfTests"] {
        assert!(!shown.contains(secret), "{secret} in\n{shown}");
    }
    assert!(parse_with(&toml, &variables).is_ok());

    // It is a configuration, which says the same with the secrets besides.
    let again = parse_with(
        &listing(&sample(), &[]),
        &[
            SECRETS[0],
            SECRETS[1],
            ("WECHAT_LOGIN__DATABASE_URL", "sqlite::memory:"),
        ],
    );
    let [again, first] = [again, parse(&sample())].map(|config| {
        let mut config = config.unwrap();
        config.secret_places = Vec::new();
        config.places = Places::of_file("", "", &toml::de::DeTable::new());
        format!("{config:?}")
    });
    assert_eq!(again, first);
}

#[test]
fn what_is_wrong_is_not_shown_for_it_may_be_a_secret_in_the_wrong_place() {
    for (old, new) in [
        ("wx00000000000000a1", KEY),
        (
            "https://shop.example",
            &format!("https://u:{KEY}@shop.example"),
        ),
        ("secret = ", "secret_file = "),
        ("secret = ", "secret_credential = "),
    ] {
        let toml = sample()
            .replace(&format!("[\"{KEY}\"]"), "[]")
            .replace(old, new);
        let shown = listing(&toml, &[]);
        assert!(!shown.contains(KEY) && !shown.contains(SECRET), "{shown}");
        assert!(
            shown.contains(": wrong, see the problems  # proxy.toml line"),
            "{shown}"
        );
    }
}
