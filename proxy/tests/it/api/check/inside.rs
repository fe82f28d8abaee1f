//! What the configuration alone tells, and the verification files at the public URL.

use std::path::PathBuf;

use wechat_login_proxy::commands::check::{self, Level, Report};
use wechat_login_proxy::login::clock::SystemClock;

use super::{HTML, NAME, answer, assert_fix, findings, only, only_with, report_on, start_site};
use crate::support::*;

/// A key that is no sample's.
const KEY: &str = "a3f1c09e57d2b8460e9cd1735fa8b264";

/// What is found about a file of the account `shop` where `site` is the public URL.
async fn report_with_file(site: &str) -> Report {
    let settings = [("PUBLIC_URL", site), ("ACCOUNTS__SHOP__VERIFY_FILES", NAME)];
    report_on(&config_with(NO_WECHAT, &settings)).await
}

#[actix_web::test]
async fn a_verification_file_of_the_proxy_is_found_in_order() {
    let proxy = TestProxy::alone_with(&[("ACCOUNTS__SHOP__VERIFY_FILES", NAME)]).await;
    let report = report_with_file(&proxy.base_url).await;
    only(&report, "verify_file", Level::Ok);
}

#[actix_web::test]
async fn a_verification_file_that_wechat_would_refuse_is_an_error_that_says_why() {
    let elsewhere = ("Location", "https://shop.example/?token=x");
    let page = "<!DOCTYPE html><title>app</title>";
    for (status, header, body, word) in [
        (200, ("X", ""), page, "web page"),
        (200, HTML, "AbCdEf0123456789", "web page"),
        (404, ("X", ""), "", "404"),
        (302, elsewhere, "", "a redirect to https://shop.example/."),
        (200, ("X", ""), "another", "another content"),
    ] {
        let site = start_site(move |_| answer(status, &[header], body));
        let report = report_with_file(&site).await;
        only_with(&report, "verify_file", Level::Error, word);
    }
    for status in [502, 503, 504] {
        let site = start_site(move |_| answer(status, &[HTML], "<html>Bad Gateway"));
        let report = report_with_file(&site).await;
        let words = "the web server does not reach the proxy";
        let finding = only_with(&report, "verify_file", Level::Error, words);
        assert_fix(finding, "whether it is running");
    }
    let report = report_with_file(NO_WECHAT).await;
    only_with(&report, "verify_file", Level::Warning, "cannot be fetched");
}

/// WeChat looks where the domain in its console says.
#[actix_web::test]
async fn of_a_path_and_the_root_it_is_said_which_to_enter() {
    let beside = format!("/{NAME}");
    let below = format!("/h5/{NAME}");
    let missing = format!("h5/{NAME} is answered with HTTP status 404");
    for (places, level, words) in [
        (
            vec![&below, &beside],
            Level::Ok,
            "`127.0.0.1/h5` or `127.0.0.1`",
        ),
        (
            vec![&below],
            Level::Ok,
            "`127.0.0.1/h5`, not the host alone",
        ),
        (vec![&beside], Level::Ok, "`127.0.0.1` without the path"),
        (vec![], Level::Error, &missing),
    ] {
        let places: Vec<String> = places.into_iter().cloned().collect();
        let site = start_site(move |request| {
            let is_there = places.iter().any(|it| it == request.path());
            answer(if is_there { 200 } else { 404 }, &[], "AbCdEf0123456789")
        });
        let report = report_with_file(&format!("{site}/h5")).await;
        only_with(&report, "verify_file", level, words);
    }
}

#[actix_web::test]
async fn what_a_production_configuration_allows_by_mistake_is_found() {
    let toml = format!(
        "public_url = \"https://203.0.113.7:8443\"\ndatabase_url = \"sqlite::memory:\"\n\
         session_keys = [\"{SESSION_KEY}\"]\nrequire_wechat = false\n\
         [accounts.shop]\nappid = \"{APPID}\"\nsecret = \"s\"\ntitle = \"t\"\n"
    );
    let mut config = Config::parse(&toml, []).unwrap();
    // Nobody asks the real one.
    let simulator = Simulator::start().await.unwrap();
    config.wechat.api_base = simulator.base_url().parse().unwrap();
    let report = report_on(&config).await;
    for (check, level) in [
        ("callback_domain", Level::Error),
        ("session_keys", Level::Error),
        ("require_wechat", Level::Warning),
        ("cookie", Level::Ok),
        ("verify_file", Level::Skipped),
    ] {
        only(&report, check, level);
    }
    assert!(report.has_errors());
}

#[cfg(unix)]
#[actix_web::test]
async fn each_file_with_secrets_is_looked_at_once_and_those_without_never() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let write = |name: &str, content: &str, mode: u32| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let secret = write("shop.secret", "s", 0o644);
    let toml = format!(
        "public_url = \"https://shop.example\"\ndatabase_url = \"sqlite::memory:\"\n\
         [accounts.shop]\nappid = \"{APPID}\"\nsecret_file = {secret:?}\ntitle = \"t\"\n"
    );
    let keys = format!("session_keys = [\"{KEY}\"]\n");
    let file = write("proxy.toml", &(keys + &toml), 0o600);
    let simulator = Simulator::start().await.unwrap();
    let check = async |mut config: Config| {
        config.wechat.api_base = simulator.base_url().parse().unwrap();
        let report = check::configuration(&config, &file, &SystemClock);
        let report = report.await.unwrap();
        let found = findings(&report, "permissions");
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        lines
    };
    let lines = check(Config::load(&file).unwrap()).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, (level, name)) in lines
        .iter()
        .zip([("ok", "proxy.toml"), ("error", "shop.secret")])
    {
        assert!(line.starts_with(level) && line.contains(name), "{lines:?}");
    }
    // With the keys in the environment the configuration file has nothing to hide.
    let key = ("WECHAT_LOGIN__SESSION_KEYS".to_owned(), KEY.to_owned());
    let lines = check(Config::parse(&toml, [key]).unwrap()).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("shop.secret"), "{lines:?}");
}
