//! The page with a QR code in WeChat's place, and the phone that scans it: as a login of the app meets them.

use std::future::pending;
use std::time::Instant;

use leptos_wechat_login::Failure as ApiFailure;
use reqwest::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use reqwest::{RequestBuilder, Url};
use tokio::time::sleep;

use crate::phone::{Failure, Phone};
use crate::support::*;

/// What the page waits for an answer.
const WAIT: Duration = Duration::from_secs(40);
/// Between two questions of the page, where the first brought nothing new: it takes 1 to 5 seconds.
const PAUSE: Duration = Duration::from_secs(3);

/// Shows the page on this computer until the phone has allowed it: the callback. None where the page says that it is over,
/// or there was none.
pub(super) async fn authorize(computer: &Phone, page: Url, phone: &Phone) -> Option<Url> {
    let local = |address: &Url| match address.query() {
        Some(query) => format!("{}?{query}", address.path()),
        None => address.path().to_owned(),
    };
    let show = || computer.request(Method::GET, &local(&page));
    let shown = load(computer, 200, show).await?.text().await.ok()?;
    let token = between(&shown, "data-token=\"")?.to_owned();
    // What the picture says.
    let scanned = Url::parse(between(&shown, "link\"><a href=\"")?).ok()?;
    suite_log::must_not_be_logged([&*token, scanned.path_segments()?.next_back()?]);
    let scanned = local(&scanned);

    let allow = async {
        let get = |path: &str| {
            let request = phone.request(Method::GET, path);
            request.header(USER_AGENT, "MicroMessenger")
        };
        let asked = load(phone, 302, || get(&scanned)).await?;
        let location = asked.headers()[LOCATION].to_str().unwrap();
        let back = local(&phone.authorize(Url::parse(location).unwrap()).await?);
        load(phone, 303, || get(&back)).await?;
        let question = load(phone, 200, || get(&scanned)).await?;
        let question = question.text().await.ok()?;
        let word = between(&question, "name=\"word\" value=\"")?;
        suite_log::must_not_be_logged([word]);
        let form = format!("word={word}&decision=allow");
        let decide = || {
            let request = phone.request(Method::POST, &scanned);
            let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            request.body(form.clone())
        };
        load(phone, 200, decide).await.map(drop)
    };
    let allow = async {
        let is_allowed = allow.await.is_some();
        let of_phone = phone.with_login(std::mem::take);
        computer.with_login(|login| {
            login.taps += of_phone.taps;
            login.failures.extend(of_phone.failures);
        });
        if is_allowed {
            pending::<()>().await;
        }
    };
    let callback = tokio::select! {
        callback = wait(computer, &token) => callback?,
        // The person has given up.
        () = allow => return None,
    };
    let callback = Url::parse(&callback).ok()?;
    let code = callback.query_pairs().find(|(name, _)| name == "code")?.1;
    suite_log::must_not_be_logged([&*code]);
    Some(callback)
}

/// As the page's script does.
async fn wait(computer: &Phone, token: &str) -> Option<String> {
    let mut known = "waiting".to_owned();
    let mut failures = 0;
    loop {
        let asked = Instant::now();
        let request = computer
            .request(Method::POST, "/api/scan/wait")
            .timeout(WAIT);
        let request = request.json(&json!({ "token": token, "known": known }));
        let (status, news) = match request.send().await {
            Ok(answer) => (answer.code(), answer.json().await.unwrap_or(Value::Null)),
            Err(_) => (0, Value::Null),
        };
        let pause = match (status, news["state"].as_str()) {
            (200, Some("allowed")) => return news["location"].as_str().map(str::to_owned),
            (200, Some(state)) if state == known => PAUSE.saturating_sub(asked.elapsed()),
            (200, Some(state)) => {
                state.clone_into(&mut known);
                Duration::ZERO
            }
            (403 | 404 | 410, _) => return None,
            _ => {
                failures += 1;
                computer.with_login(|login| {
                    login.restarts += 1;
                    login.failures.push(failure(status));
                });
                Duration::from_millis(15_000.min(375 << failures.min(6)))
            }
        };
        sleep(pause).await;
    }
}

/// A page of this status; whoever sees another one loads it again, as long as that may help.
async fn load(
    browser: &Phone,
    good: u16,
    request: impl Fn() -> RequestBuilder,
) -> Option<Response> {
    loop {
        let answer = request().send().await.ok();
        let status = answer.as_ref().map_or(0, Answer::code);
        if status == good {
            answer.as_ref().inspect(|it| browser.keep_cookies(it));
            return answer;
        }
        if (400..500).contains(&status) {
            browser.with_login(|login| login.failures.push(failure(status)));
            return None;
        }
        if !browser.tries_again(failure(status)).await {
            return None;
        }
    }
}

fn failure(status: u16) -> Failure {
    Failure::Api(match status {
        0 => ApiFailure::Unreachable,
        status => ApiFailure::Garbled(status),
    })
}

/// What stands between this and the next quotation mark.
fn between<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split('"').next()
}
