//! What `check` finds, from inside against the simulator and from outside against sites in good and bad order.

mod account_calls;
mod credentials;
mod database;
mod inside;
mod site;

use std::net::SocketAddr;
use std::path::Path;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use wechat_login_proxy::commands::check::{self, Finding, Level, Report};
use wechat_login_proxy::login::clock::{Clock, SystemClock};

use crate::support::*;

/// A verification file.
const NAME: &str = "MP_verify_AbCdEf0123456789.txt";

/// Everything about a configuration whose file needs no look.
pub(super) async fn report_on(config: &Config) -> Report {
    report_at(config, &SystemClock).await
}

async fn report_at(config: &Config, clock: &dyn Clock) -> Report {
    wechat_login_proxy::install_tls();
    let file = Path::new("proxy.toml");
    check::configuration(config, file, clock).await.unwrap()
}

/// The findings of one kind.
fn findings<'a>(report: &'a Report, check: &str) -> Vec<&'a Finding> {
    let same = report.0.iter().filter(|finding| finding.check == check);
    same.collect()
}

/// The only finding of a kind, which must be on this level.
fn only<'a>(report: &'a Report, check: &str, level: Level) -> &'a Finding {
    let found = findings(report, check);
    assert_eq!(found.len(), 1, "{report}");
    assert_eq!(found[0].level, level, "{report}");
    found[0]
}

/// The same, with these words in what it says to be so.
pub(super) fn only_with<'a>(
    report: &'a Report,
    check: &str,
    level: Level,
    words: &str,
) -> &'a Finding {
    let finding = only(report, check, level);
    assert!(finding.what.contains(words), "{words}: {finding}");
    finding
}

/// Asserts that a finding says to do something with these words.
fn assert_fix(finding: &Finding, words: &str) {
    assert!(finding.fix.as_ref().unwrap().contains(words), "{finding}");
}

/// An answer with this status and body, and these headers.
fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> HttpResponse {
    let mut answer = HttpResponse::build(status.try_into().unwrap());
    for header in headers {
        answer.append_header(*header);
    }
    answer.body(body.into())
}

/// Whose answer is a web page.
const HTML: (&str, &str) = ("Content-Type", "text/html");

/// A web server that answers everything with this; where it is.
fn start_site(answer: impl Fn(HttpRequest) -> HttpResponse + Clone + Send + 'static) -> String {
    start_site_at(([127, 0, 0, 1], 0).into(), answer)
}

fn start_site_at(
    address: SocketAddr,
    answer: impl Fn(HttpRequest) -> HttpResponse + Clone + Send + 'static,
) -> String {
    let app = move || {
        let answer = answer.clone();
        App::new().default_service(web::to(move |request| {
            let answer = answer(request);
            async { answer }
        }))
    };
    let server = HttpServer::new(app).workers(1).bind(address).unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    url
}
