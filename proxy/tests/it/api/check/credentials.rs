//! Appids, secrets and the clock, as the simulator sees them.

use wechat_login_proxy::commands::check::Level;
use wechat_login_proxy::login::clock::{Clock as _, ManualClock, SystemClock};
use wechat_oauth::AppSecret;
use wechat_simulator::{Effect, Endpoint, Fault};

use super::{assert_fix, findings, only, only_with, report_at, report_on};
use crate::support::*;

const WRONG_SECRET: &str = "not-the-secret-of-anybody";
const WRONG_APPID: &str = "wxffffffffffffffff";

/// A simulator, and a configuration with the account `shop` only.
async fn shop_only() -> (Simulator, Config) {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.accounts.remove("cafe");
    (simulator, config)
}

fn always(simulator: &Simulator, effect: Effect) {
    let mut fault = Fault::new(Endpoint::StableToken, effect);
    fault.count = None;
    simulator.add_fault(fault);
}

#[actix_web::test]
async fn right_secrets_are_found_right_by_the_stable_token_and_no_other_call() {
    let simulator = Simulator::start().await.unwrap();
    let report = report_on(&config(&simulator.base_url())).await;
    let found = findings(&report, "credentials");
    assert_eq!(found.len(), 2, "{report}");
    assert!(found.iter().all(|it| it.level == Level::Ok), "{report}");
    assert!(found[1].what.contains(APPID), "{report}");
    let requests = simulator.requests();
    let paths: Vec<_> = requests.iter().map(|request| &request.path).collect();
    assert_eq!(paths, ["/cgi-bin/stable_token", "/cgi-bin/stable_token"]);
}

#[actix_web::test]
async fn a_wrong_secret_is_an_error_and_no_secret_is_shown_or_logged() {
    captured_log();
    let (_simulator, mut config) = shop_only().await;
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.secret = AppSecret::parse(WRONG_SECRET).unwrap();
    let report = report_on(&config).await;
    let finding = only_with(&report, "credentials", Level::Error, "40125");
    assert_fix(finding, "AppSecret");
    assert!(!report.to_string().contains(WRONG_SECRET), "{report}");
    assert_not_logged(&[WRONG_SECRET]);
}

#[actix_web::test]
async fn an_unknown_appid_is_an_error_that_names_the_kinds_of_appids() {
    let (_simulator, mut config) = shop_only().await;
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.appid = AppId::parse(WRONG_APPID).unwrap();
    let report = report_on(&config).await;
    let finding = only_with(&report, "credentials", Level::Error, "40013");
    assert_fix(finding, "服务号");
}

#[actix_web::test]
async fn a_website_application_is_asked_about_with_a_code_nobody_has() {
    let (_simulator, mut config) = shop_only().await;
    for (appid, secret, level, word) in [
        (WEBSITE, "simulator-secret-d1", Level::Ok, "d1"),
        (WEBSITE, WRONG_SECRET, Level::Error, "40125"),
        (WRONG_APPID, WRONG_SECRET, Level::Error, "40013"),
    ] {
        add_website(&mut config, appid, secret);
        let report = report_on(&config).await;
        let found = findings(&report, "credentials");
        assert_eq!(found[1].level, level, "{report}");
        assert!(found[1].what.contains(word), "{report}");
    }
}

#[actix_web::test]
async fn a_mini_program_and_an_app_are_asked_about_each_in_its_way() {
    let (_simulator, config) = shop_only().await;
    let (ours, wrong) = ([MINIPROGRAM, APP], [WRONG_SECRET; 2]);
    let right = ["simulator-secret-a4", "simulator-secret-a3"];
    for (appids, secrets, level, words) in [
        (ours, right, Level::Ok, ours),
        (ours, wrong, Level::Error, ["40125"; 2]),
        ([WRONG_APPID; 2], wrong, Level::Error, ["40013"; 2]),
    ] {
        let mut config = config.clone();
        let shop = config.accounts.get_mut("shop").unwrap();
        let of = |it, section| Some(application(appids[it], secrets[it], section));
        shop.miniprogram = of(0, "accounts.shop.miniprogram");
        shop.app = of(1, "accounts.shop.app");
        let report = report_on(&config).await;
        let found = findings(&report, "credentials");
        assert_eq!(found.len(), 3, "{report}");
        let sections = ["accounts.shop.miniprogram", "accounts.shop.app"];
        for ((found, section), word) in found[1..].iter().zip(sections).zip(words) {
            assert_eq!(found.level, level, "{report}");
            assert!(
                found.what.contains(section) && found.what.contains(word),
                "{report}"
            );
        }
        if words[0] == "40013" {
            assert_fix(found[1], "小程序");
            assert_fix(found[2], "移动应用");
        }
    }
}

#[actix_web::test]
async fn the_website_application_of_a_platform_is_asked_about_once() {
    let simulator = Simulator::start().await.unwrap();
    let config = config_with(&simulator.base_url(), &WEBSITE_OF_PLATFORM);
    let report = report_on(&config).await;
    let found = findings(&report, "credentials");
    let of_platform = found
        .iter()
        .filter(|it| it.what.contains("of platforms.camellia"));
    assert_eq!((found.len(), of_platform.count()), (3, 1), "{report}");
}

#[actix_web::test]
async fn the_address_that_is_not_in_the_whitelist_is_named() {
    let (simulator, config) = shop_only().await;
    let errmsg = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist";
    always(
        &simulator,
        Effect::Errcode {
            errcode: 40164,
            errmsg: Some(errmsg.into()),
        },
    );
    let report = report_on(&config).await;
    let finding = only_with(&report, "credentials", Level::Warning, "203.0.113.7");
    assert_fix(finding, "IP白名单");
}

#[actix_web::test]
async fn a_busy_wechat_says_nothing_about_the_secret_and_garbage_is_an_error() {
    let errcode = -1;
    let errmsg = None;
    for (effect, level) in [
        (Effect::Errcode { errcode, errmsg }, Level::Warning),
        (Effect::HtmlBody, Level::Error),
    ] {
        let (simulator, config) = shop_only().await;
        always(&simulator, effect);
        only(&report_on(&config).await, "credentials", level);
    }
}

#[actix_web::test]
async fn silence_is_an_error_without_a_word_of_the_secret() {
    let mut config = config(NO_WECHAT);
    config.accounts.remove("cafe");
    let report = report_on(&config).await;
    only_with(&report, "credentials", Level::Error, "no connection");
    assert!(!report.to_string().contains(SECRET), "{report}");
    only(&report, "clock", Level::Skipped);
}

#[actix_web::test]
async fn a_clock_two_minutes_off_is_an_error_and_ten_seconds_are_not() {
    let (_simulator, config) = shop_only().await;
    for (offset, level) in [
        (0, Level::Ok),
        (10, Level::Ok),
        (120, Level::Error),
        (-120, Level::Error),
    ] {
        let clock = ManualClock::at(SystemClock.now().saturating_add_signed(offset));
        only(&report_at(&config, &clock).await, "clock", level);
    }
}
