//! Appids, secrets and the clock, as the simulator sees them.

use std::time::Duration;

use wechat_login_proxy::check::Level;
use wechat_login_proxy::clock::{Clock, ManualClock, SystemClock};
use wechat_login_proxy::config::{Config, Website};
use wechat_oauth::{AppId, AppSecret};
use wechat_simulator::{Effect, Endpoint, Fault, Simulator};

use super::{findings, only, report_at, report_on};
use crate::helpers::{APPID, SECRET, captured_log, config};

const WRONG_SECRET: &str = "not-the-secret-of-anybody";

/// Of the account `shop` only.
fn shop_only(simulator: &Simulator) -> Config {
    let mut config = config(&simulator.base_url());
    config.accounts.remove("cafe");
    config
}

fn always(effect: Effect) -> Fault {
    Fault {
        endpoint: Endpoint::StableToken,
        appid: None,
        person: None,
        effect,
        count: None,
        probability: 1.0,
        seed: 0,
        after_work: false,
    }
}

#[actix_web::test]
async fn right_secrets_are_found_right_by_the_stable_token_and_no_other_call() {
    let simulator = Simulator::start().await.unwrap();
    let report = report_on(&config(&simulator.base_url())).await;
    let found = findings(&report, "credentials");
    assert_eq!(found.len(), 2, "{report}");
    assert!(found.iter().all(|it| it.level == Level::Ok), "{report}");
    assert!(found[1].what.contains(APPID), "{report}");
    let paths: Vec<String> = simulator
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/cgi-bin/stable_token", "/cgi-bin/stable_token"]);
}

#[actix_web::test]
async fn a_wrong_secret_is_an_error_and_no_secret_is_shown_or_logged() {
    captured_log();
    let simulator = Simulator::start().await.unwrap();
    let mut config = shop_only(&simulator);
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.secret = AppSecret::parse(WRONG_SECRET).unwrap();
    let report = report_on(&config).await;
    let finding = only(&report, "credentials", Level::Error);
    assert!(finding.what.contains("40125"), "{finding}");
    assert!(finding.fix.as_ref().unwrap().contains("AppSecret"));
    assert!(!report.to_string().contains(WRONG_SECRET), "{report}");
    assert!(!captured_log().contains(WRONG_SECRET));
}

#[actix_web::test]
async fn an_unknown_appid_is_an_error_that_names_the_kinds_of_appids() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = shop_only(&simulator);
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.appid = AppId::parse("wxffffffffffffffff").unwrap();
    let report = report_on(&config).await;
    let finding = only(&report, "credentials", Level::Error);
    assert!(finding.what.contains("40013"), "{finding}");
    assert!(
        finding.fix.as_ref().unwrap().contains("服务号"),
        "{finding}"
    );
}

#[actix_web::test]
async fn a_website_application_is_asked_about_with_a_code_nobody_has() {
    let simulator = Simulator::start().await.unwrap();
    for (appid, secret, level, word) in [
        ("wx00000000000000d1", "simulator-secret-d1", Level::Ok, "d1"),
        ("wx00000000000000d1", WRONG_SECRET, Level::Error, "40125"),
        ("wxffffffffffffffff", WRONG_SECRET, Level::Error, "40013"),
    ] {
        let mut config = shop_only(&simulator);
        config.accounts.get_mut("shop").unwrap().website = Some(Website {
            appid: AppId::parse(appid).unwrap(),
            secret: AppSecret::parse(secret).unwrap(),
        });
        let report = report_on(&config).await;
        let found = findings(&report, "credentials");
        assert_eq!(found[1].level, level, "{report}");
        assert!(found[1].what.contains(word), "{report}");
    }
}

#[actix_web::test]
async fn the_address_that_is_not_in_the_whitelist_is_named() {
    let simulator = Simulator::start().await.unwrap();
    simulator.add_fault(always(Effect::Errcode {
        errcode: 40164,
        errmsg: Some("invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist".into()),
    }));
    let report = report_on(&shop_only(&simulator)).await;
    let finding = only(&report, "credentials", Level::Warning);
    assert!(finding.what.contains("203.0.113.7"), "{finding}");
    assert!(
        finding.fix.as_ref().unwrap().contains("IP白名单"),
        "{finding}"
    );
}

#[actix_web::test]
async fn a_busy_wechat_says_nothing_about_the_secret() {
    let simulator = Simulator::start().await.unwrap();
    simulator.add_fault(always(Effect::Errcode {
        errcode: -1,
        errmsg: None,
    }));
    let report = report_on(&shop_only(&simulator)).await;
    only(&report, "credentials", Level::Warning);
}

#[actix_web::test]
async fn garbage_and_silence_are_errors_without_a_word_of_the_secret() {
    let simulator = Simulator::start().await.unwrap();
    simulator.add_fault(always(Effect::HtmlBody));
    let report = report_on(&shop_only(&simulator)).await;
    only(&report, "credentials", Level::Error);
    drop(simulator);

    let mut config = config("http://127.0.0.1:9");
    config.accounts.remove("cafe");
    let report = report_on(&config).await;
    let finding = only(&report, "credentials", Level::Error);
    assert!(finding.what.contains("no connection"), "{finding}");
    assert!(!report.to_string().contains(SECRET), "{report}");
    only(&report, "clock", Level::Skipped);
}

#[actix_web::test]
async fn a_clock_two_minutes_off_is_an_error_and_ten_seconds_are_not() {
    let simulator = Simulator::start().await.unwrap();
    let config = shop_only(&simulator);
    let clock = ManualClock::at(SystemClock.now());
    only(&report_at(&config, &clock).await, "clock", Level::Ok);
    clock.advance(Duration::from_secs(10));
    only(&report_at(&config, &clock).await, "clock", Level::Ok);
    clock.advance(Duration::from_secs(110));
    only(&report_at(&config, &clock).await, "clock", Level::Error);
    let behind = ManualClock::at(SystemClock.now() - 120);
    only(&report_at(&config, &behind).await, "clock", Level::Error);
}
