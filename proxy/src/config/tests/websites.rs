//! Website applications of platforms and of accounts; mini-programs and mobile apps of accounts.

use super::{parse, problems, sample};

const APPID: &str = "website_appid = \"wx00000000000000d1\"\n";
const SECRET: &str = "website_secret = \"s\"\n";
const PLATFORM: &str = "platform = \"camellia\"\n";

/// Two accounts, shop and cafe, with these lines more, and what follows them.
fn with(shop: &str, cafe: &str, rest: &str) -> String {
    let cafe = format!(
        "[accounts.cafe]\nappid = \"wx00000000000000a2\"\nsecret = \"s\"\ntitle = \"t\"\n{cafe}"
    );
    let default = "default_account = \"shop\"\n";
    format!("{default}{}{shop}{cafe}{rest}", sample())
}

#[test]
fn one_serves_all_accounts_of_its_platform() {
    let both = |line: &str| with(line, line, "");
    let keys = format!("{APPID}{SECRET}");
    let own = keys.replace("d1", "d2");
    for (toml, [shop, cafe]) in [
        (
            with(PLATFORM, PLATFORM, &format!("[platforms.camellia]\n{keys}")),
            ["platforms.camellia"; 2],
        ),
        // The keys of an account: its own, or the same ones again, the secret once or twice.
        (with(&keys, "", ""), ["accounts.shop", ""]),
        (both(&format!("{PLATFORM}{keys}")), ["accounts.cafe"; 2]),
        (
            with(
                &format!("{PLATFORM}{keys}"),
                &format!("{PLATFORM}{APPID}"),
                "",
            ),
            ["accounts.shop"; 2],
        ),
        (
            with(
                &format!("{PLATFORM}{APPID}"),
                &format!("{PLATFORM}{own}"),
                &format!("[platforms.camellia]\n{keys}"),
            ),
            ["platforms.camellia", "accounts.cafe"],
        ),
        (
            with("", PLATFORM, &format!("[platforms.camellia]\n{keys}")),
            ["", "platforms.camellia"],
        ),
    ] {
        let config = parse(&toml).unwrap_or_else(|problems| panic!("{problems}\n{toml}"));
        for (name, section) in [("shop", shop), ("cafe", cafe)] {
            let website = config.account(name).unwrap().website.as_ref();
            let found = website.map_or("", |it| it.section.as_str());
            assert_eq!(found, section, "{name} in {toml}");
        }
    }
}

#[test]
fn what_no_platform_could_mean_is_refused() {
    let keys = format!("{APPID}{SECRET}");
    let other = "platform = \"rose\"\n";
    for (toml, problem) in [
        (
            with(&keys, &keys, ""),
            "accounts.shop.website_appid: the same as accounts.cafe.website_appid, of another platform or of none; ",
        ),
        (
            with(&format!("{PLATFORM}{keys}"), &format!("{other}{keys}"), ""),
            "accounts.shop.website_appid: the same as accounts.cafe.website_appid, of another platform",
        ),
        (
            with(&keys, PLATFORM, &format!("[platforms.camellia]\n{keys}")),
            "platforms.camellia.website_appid: the same as accounts.shop.website_appid, of another platform",
        ),
        (
            with(
                &format!("{PLATFORM}{keys}"),
                &format!("{PLATFORM}{APPID}website_secret = \"x\"\n"),
                "",
            ),
            "accounts.shop.website_secret: another one than accounts.cafe.website_secret",
        ),
        (
            with("", "", &format!("[platforms.camellia]\n{keys}")),
            "platforms.camellia: no account has platform = \"camellia\"; ",
        ),
        (
            with(PLATFORM, "", &format!("[platforms.camellia]\n{APPID}")),
            "platforms.camellia.website_secret: missing; ",
        ),
        (
            with(PLATFORM, "", &format!("[platforms.camellia]\n{SECRET}")),
            "platforms.camellia.website_appid: missing; ",
        ),
        (
            with(
                PLATFORM,
                "",
                &format!(
                    "[platforms.camellia]\n{}{SECRET}",
                    APPID.replace("d1", "a2")
                ),
            ),
            "platforms.camellia.website_appid: the same as accounts.cafe.appid",
        ),
        (
            with(PLATFORM, "", "[platforms.camellia]\ntitle = \"t\""),
            "platforms.camellia.title: unknown key",
        ),
    ] {
        let found = problems(&toml);
        assert!(
            matches!(&found[..], [only] if only.starts_with(problem)),
            "{problem}: {found:#?}"
        );
    }
}

#[test]
fn a_scan_login_takes_the_place_of_a_website_application_on_the_apps_own_origin() {
    let scans = "scan_login = true\n";
    let keys = format!("{APPID}{SECRET}");
    let config = parse(&with(scans, &keys, "")).unwrap();
    assert!(config.has_scan_login() && config.account("shop").unwrap().scan_login);
    assert!(!parse(&with("", &keys, "")).unwrap().has_scan_login());
    let elsewhere = "allowed_origins = [\"https://app.shop.example\"]\n";
    for (toml, problem) in [
        (
            with(&format!("{scans}{keys}"), "", ""),
            "accounts.shop.scan_login: cannot go with the website application of accounts.shop",
        ),
        (
            with(
                &format!("{scans}{PLATFORM}"),
                "",
                &format!("[platforms.camellia]\n{keys}"),
            ),
            "accounts.shop.scan_login: cannot go with the website application of platforms.camellia",
        ),
        (
            format!("{elsewhere}{}", with(scans, "", "")),
            "accounts.shop.scan_login: cannot go with allowed_origins",
        ),
    ] {
        let found = problems(&toml).join("\n");
        assert!(found.contains(problem), "{problem}: {found}");
    }
}

#[test]
fn an_account_has_a_mini_program_and_an_app_of_its_own() {
    let application = |kind: &str, appid: &str| {
        format!("[accounts.shop.{kind}]\nappid = \"{appid}\"\nsecret = \"s\"\n")
    };
    let mini = application("miniprogram", "wx00000000000000b2");
    let app = application("app", "wx00000000000000b3");
    let config = parse(&with("", "", &format!("{mini}{app}"))).unwrap();
    let shop = config.account("shop").unwrap();
    let sections: Vec<&str> = shop.applications().map(|it| it.section.as_str()).collect();
    assert_eq!(sections, ["accounts.shop.miniprogram", "accounts.shop.app"]);
    assert!(shop.has_appid("wx00000000000000b2") && shop.has_appid("wx00000000000000b3"));
    for (rest, problem) in [
        (
            "[accounts.shop.app]\nappid = \"wx00000000000000b3\"\n".to_owned(),
            "accounts.shop.app.secret: missing; ",
        ),
        (
            "[accounts.shop.miniprogram]\nsecret = \"s\"\n".to_owned(),
            "accounts.shop.miniprogram.appid: missing; ",
        ),
        (
            application("miniprogram", "wx00000000000000a2"),
            "accounts.shop.miniprogram.appid: the same as accounts.cafe.appid",
        ),
        (
            format!("{mini}{}", application("app", "wx00000000000000b2")),
            "accounts.shop.app.appid: the same as accounts.shop.miniprogram.appid",
        ),
    ] {
        let found = problems(&with("", "", &rest)).join("\n");
        assert!(found.contains(problem), "{problem}: {found}");
    }
    let unused = "follow_qr = \"http://weixin.qq.com/r/abc\"\n";
    let found = problems(&with(unused, "", "")).join("\n");
    assert!(
        found.contains("shown to nobody without follow = true"),
        "{found}"
    );
    let found = problems(&with("follow_qr = \"gh_1\"\n", "", "")).join("\n");
    assert!(
        found.contains("accounts.shop.follow_qr: is not the text"),
        "{found}"
    );
}
