//! What accounts ask WeChat in their own name: the ticket that signs pages for the JS-SDK, and who follows. Both cost an
//! account's token and one call of the day's.

use super::report::{Finding, Level, Subject};
use crate::config::Config;
use wechat_oauth::{Client, Error, ErrorCode, FailureKind, OpenId, operator_hint};

const JSSDK: Subject = Subject("jssdk");
const FOLLOW: Subject = Subject("follow");

/// One finding for each account and each of the two that is switched on.
pub(super) async fn findings(config: &Config, client: &Client) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, account) in &config.accounts {
        if !account.jssdk && !account.follow {
            continue;
        }
        let token = client.account_token(&account.appid, &account.secret).await;
        if account.jssdk {
            let outcome = match &token {
                Ok(token) => client.jsapi_ticket(&token.token).await.map(drop),
                Err(error) => Err(error.clone()),
            };
            findings.push(match outcome {
                Ok(()) => JSSDK.ok(format!(
                    "WeChat gives accounts.{name} a ticket for the JS-SDK."
                )),
                Err(error) => refused(
                    JSSDK,
                    Level::Error,
                    &format!("accounts.{name} gets no ticket for the JS-SDK"),
                    "no page can use the JS-SDK.",
                    &error,
                ),
            });
        }
        if account.follow {
            let outcome = match &token {
                Ok(token) => asks_for_nobody(client, &token.token).await,
                Err(error) => Err(error.clone()),
            };
            findings.push(match outcome {
                Ok(()) => FOLLOW.ok(format!("WeChat tells accounts.{name} who follows it.")),
                Err(error) => refused(
                    FOLLOW,
                    Level::Warning,
                    &format!("accounts.{name} does not learn who follows it"),
                    "sessions and backends are never told.",
                    &error,
                ),
            });
        }
    }
    findings
}

/// A made-up openid: whoever may ask is told that there is nobody of it (errcode 40003).
async fn asks_for_nobody(client: &Client, token: &wechat_oauth::AccessToken) -> Result<(), Error> {
    let Ok(nobody) = OpenId::parse("o0000000000000000000000000000") else {
        return Ok(());
    };
    match client.follower(token, &nobody).await {
        Err(error) if error.code() != Some(ErrorCode::InvalidOpenid) => Err(error),
        _ => Ok(()),
    }
}

fn refused(subject: Subject, level: Level, what: &str, why: &str, error: &Error) -> Finding {
    let what = match error.rid() {
        Some(rid) => format!("{what}: {error}, rid {rid}."),
        None => format!("{what}: {error}."),
    };
    match (error.kind(), error.errcode()) {
        (FailureKind::Unavailable | FailureKind::RateLimited, _) | (_, None) => subject.warning(
            what,
            why,
            "check again in a minute; what stays is this machine's way to WeChat, or the quota of the day.",
        ),
        (_, Some(errcode)) => subject.bad(level, what, why, operator_hint(errcode).0),
    }
}
