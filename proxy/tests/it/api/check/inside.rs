//! What the configuration alone tells, and the verification files at the public URL.

use std::path::PathBuf;

use actix_web::{App, HttpResponse, HttpServer, web};
use wechat_login_proxy::check::{self, Level};
use wechat_login_proxy::clock::SystemClock;
use wechat_login_proxy::config::{Config, VerifyFile};
use wechat_simulator::Simulator;

use super::{findings, only, report_on};
use crate::helpers::{TestProxy, config};

const NAME: &str = "MP_verify_AbCdEf0123456789.txt";

/// A configuration with a file, whose public URL is `site`.
fn with_file(site: &str) -> Config {
    let toml = format!(
        "public_url = \"{site}\"\ndatabase_url = \"sqlite::memory:\"\nsimulator = true\n\
         session_keys = [\"a3f1c09e57d2b8460e9cd1735fa8b264\"]\n\
         wechat = {{ api_base = \"http://127.0.0.1:9\" }}\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n\
         verify_files = [\"{NAME}\"]\n"
    );
    Config::parse(&toml, []).unwrap()
}

/// A web server that answers everything with this.
async fn start_site(answer: fn() -> HttpResponse) -> String {
    let handler = move || async move { answer() };
    let app = move || App::new().default_service(web::to(handler));
    let server = HttpServer::new(app).workers(1);
    let server = server.bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    url
}

#[actix_web::test]
async fn a_verification_file_of_the_proxy_is_found_in_order() {
    let mut proxied = config("http://127.0.0.1:9");
    let shop = proxied.accounts.get_mut("shop").unwrap();
    shop.verify_files.push(VerifyFile::parse(NAME).unwrap());
    let proxy = TestProxy::start_with(proxied).await;
    let report = report_on(&with_file(&proxy.base_url)).await;
    only(&report, "verify_file", Level::Ok);
}

#[actix_web::test]
async fn a_verification_file_that_wechat_would_refuse_is_an_error_that_says_why() {
    type Case = (fn() -> HttpResponse, &'static str);
    let cases: [Case; 5] = [
        (
            || HttpResponse::Ok().body("<!DOCTYPE html><title>app</title>"),
            "web page",
        ),
        (
            || {
                HttpResponse::Ok()
                    .content_type("text/html")
                    .body("AbCdEf0123456789")
            },
            "web page",
        ),
        (|| HttpResponse::NotFound().finish(), "404"),
        (
            || {
                HttpResponse::Found()
                    .insert_header(("Location", "https://shop.example/?token=x"))
                    .finish()
            },
            "a redirect to https://shop.example/.",
        ),
        (|| HttpResponse::Ok().body("another"), "another content"),
    ];
    for (answer, word) in cases {
        let report = report_on(&with_file(&start_site(answer).await)).await;
        let finding = only(&report, "verify_file", Level::Error);
        assert!(finding.what.contains(word), "{word}: {finding}");
    }
    let report = report_on(&with_file("http://127.0.0.1:9")).await;
    let finding = only(&report, "verify_file", Level::Error);
    assert!(finding.what.contains("cannot be fetched"), "{finding}");
}

#[actix_web::test]
async fn what_a_production_configuration_allows_by_mistake_is_found() {
    let toml = "public_url = \"https://203.0.113.7:8443\"\ndatabase_url = \"sqlite::memory:\"\n\
         session_keys = [\"0123456789abcdef0123456789abcdef\"]\nrequire_wechat = false\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n";
    let mut config = Config::parse(toml, []).unwrap();
    // Nobody asks the real one.
    let simulator = Simulator::start().await.unwrap();
    config.wechat.api_base = simulator.base_url().parse().unwrap();
    let report = report_on(&config).await;
    only(&report, "callback_domain", Level::Error);
    only(&report, "session_keys", Level::Error);
    only(&report, "require_wechat", Level::Warning);
    only(&report, "cookie", Level::Ok);
    only(&report, "verify_file", Level::Skipped);
    assert!(report.has_errors());
}

#[cfg(unix)]
#[actix_web::test]
async fn each_file_with_secrets_is_looked_at_once_and_those_without_never() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str, mode: u32| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let secret = write("shop.secret", "s", 0o644);
    let toml = format!(
        "public_url = \"https://shop.example\"\ndatabase_url = \"sqlite::memory:\"\n\
         [accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret_file = {secret:?}\ntitle = \"t\"\n"
    );
    let keys = "session_keys = [\"a3f1c09e57d2b8460e9cd1735fa8b264\"]\n";
    let file = write("proxy.toml", &(keys.to_owned() + &toml), 0o600);
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
    assert!(
        lines[0].starts_with("ok") && lines[0].contains("proxy.toml"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("error") && lines[1].contains("shop.secret"),
        "{lines:?}"
    );

    // With the keys in the environment the configuration file has nothing to hide.
    let variable = "WECHAT_LOGIN__SESSION_KEYS".to_owned();
    let key = "a3f1c09e57d2b8460e9cd1735fa8b264".to_owned();
    let lines = check(Config::parse(&toml, [(variable, key)]).unwrap()).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("shop.secret"), "{lines:?}");
}
