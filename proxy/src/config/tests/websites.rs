//! Website applications of platforms and of accounts; mini-programs and mobile apps of accounts.

use std::collections::BTreeMap;

use super::{assert_only_problem, parse, problems, sample};

#[derive(serde::Deserialize)]
struct Websites {
    served: Vec<[String; 5]>,
    refused: Vec<[String; 4]>,
    words: BTreeMap<String, String>,
}

fn table() -> Websites {
    toml::from_str(include_str!("websites.toml")).unwrap()
}

/// The sample and a second account, which say these words more, and what follows them.
fn with(shop: &str, cafe: &str, rest: &str) -> String {
    let words = table().words;
    let written = |text: &str| {
        let lines = text
            .split(' ')
            .map(|word| words.get(word).map_or(word, |it| it));
        lines.collect::<Vec<_>>().join("\n")
    };
    let [shop, cafe, rest] = [shop, cafe, rest].map(written);
    format!(
        "default_account='shop'\n{}{shop}\n\
         [accounts.cafe]\nappid='wx00000000000000a2'\nsecret='s'\ntitle='t'\n{cafe}\n{rest}\n",
        sample()
    )
}

#[test]
fn one_serves_all_accounts_of_its_platform() {
    for [shop, cafe, rest, of_shop, of_cafe] in table().served {
        let toml = with(&shop, &cafe, &rest);
        let config = parse(&toml).unwrap_or_else(|problems| panic!("{problems}\n{toml}"));
        for (name, section) in [("shop", of_shop), ("cafe", of_cafe)] {
            let website = config.account(name).unwrap().website.as_ref();
            let found = website.map_or("", |it| it.section.as_str());
            assert_eq!(found, section, "{name} in {toml}");
        }
    }
}

#[test]
fn what_no_platform_and_no_account_could_mean_is_refused() {
    for [shop, cafe, rest, problem] in table().refused {
        assert_only_problem(&with(&shop, &cafe, &rest), &problem);
    }
}

#[test]
fn a_scan_login_takes_the_place_of_a_website_application_on_the_apps_own_origin() {
    let config = parse(&with("scans", "keys", "")).unwrap();
    assert!(config.has_scan_login() && config.account("shop").unwrap().scan_login);
    assert!(!parse(&with("", "keys", "")).unwrap().has_scan_login());
    let elsewhere = "allowed_origins = [\"https://app.shop.example\"]\n";
    let found = problems(&format!("{elsewhere}{}", with("scans", "", ""))).join("\n");
    let problem = "accounts.shop.scan_login: cannot go with allowed_origins";
    assert!(found.contains(problem), "{found}");
}

#[test]
fn an_account_has_a_mini_program_and_an_app_of_its_own() {
    let config = parse(&with("", "", "miniprogram app")).unwrap();
    let shop = config.account("shop").unwrap();
    let sections: Vec<&str> = shop.applications().map(|it| it.section.as_str()).collect();
    assert_eq!(sections, ["accounts.shop.miniprogram", "accounts.shop.app"]);
    assert!(shop.has_appid("wx00000000000000b2") && shop.has_appid("wx00000000000000b3"));
}
