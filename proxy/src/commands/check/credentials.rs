//! Appids and secrets, asked of WeChat itself, and with its answer the clock.

use std::collections::BTreeSet;

use super::report::{Finding, Subject};
use super::way_out;
use crate::config::{Account, Application, Config, WechatConfig};
use crate::login::clock::Clock;
use wechat_oauth::{Client, CredentialAnswer, Error, ErrorCode, FailureKind, operator_hint};

const CHECK: Subject = Subject("credentials");
const CLOCK: Subject = Subject("clock");

/// By how many seconds this machine's clock may differ from WeChat's.
const CLOCK_TOLERANCE: u64 = 60;

/// One finding for each account, one for each website application, one for the clock.
pub(super) async fn findings(config: &Config, client: &Client, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut difference = None;
    let mut websites = BTreeSet::new();
    for (name, account) in &config.accounts {
        let answer = client.check_account(&account.appid, &account.secret).await;
        difference = difference.or_else(|| Some(clock.now().abs_diff(answer.date?)));
        let place = config.places.of(&format!("accounts.{name}.secret"));
        let finding = account_finding(name, account, place, &answer, &config.wechat);
        findings.push(finding);
        if let Some(website) = &account.website
            && websites.insert(website.appid.as_str())
        {
            let outcome = client.check_website(&website.appid, &website.secret).await;
            let secret = format!("{}.website_secret", website.section);
            let place = config.places.of(&secret);
            findings.push(website_finding(website, place, &outcome, &config.wechat));
        }
    }
    findings.push(clock_finding(difference));
    findings
}

/// Where there is no way to WeChat.
pub(super) fn not_asked() -> Finding {
    CHECK.skipped(
        "WeChat was not asked: the proxy does not let us through.",
        "mend the finding before this one and check again.",
    )
}

/// `place` is where the secret stands.
fn account_finding(
    name: &str,
    account: &Account,
    place: &str,
    answer: &CredentialAnswer,
    wechat: &WechatConfig,
) -> Finding {
    let appid = account.appid.as_str();
    let error = match &answer.outcome {
        Ok(()) => {
            let what = format!("WeChat takes appid {appid} and the secret of accounts.{name}.");
            return CHECK.ok(what);
        }
        Err(error) => error,
    };
    if error.code() == Some(ErrorCode::AddressRefused) {
        let address = answer.refused_address.map_or_else(
            || "this server's address".to_owned(),
            |address| address.to_string(),
        );
        // Not an error: no report tells of the whitelist touching the two calls of a login.
        return CHECK.warning(format!(
                "accounts.{name}: {address} is not in the account's IP whitelist (errcode 40164)."
            ),
            "logins are known to work without it, account tokens do not; whether the secret is right is not known.",
            format!(
                "add {address} at developers.weixin.qq.com/platform → 我的业务 → 服务号 → 基础信息 → 开发密钥 → IP白名单 (not at \
                 mp.weixin.qq.com any more), wait some minutes and check again."
            ),
        );
    }
    refused(
        &format!("accounts.{name} (appid {appid}, secret: {place})"),
        error,
        wechat,
        wrong_kind_of_account,
    )
}

fn website_finding(
    website: &Application,
    place: &str,
    outcome: &Result<(), Error>,
    wechat: &WechatConfig,
) -> Finding {
    let Application { appid, section, .. } = website;
    match outcome {
        Ok(()) => CHECK.ok(format!(
            "WeChat takes website_appid {appid} and the website_secret of {section}."
        )),
        Err(error) => refused(
            &format!("the website application of {section} (appid {appid}, secret: {place})"),
            error,
            wechat,
            |errcode| {
                (errcode == ErrorCode::InvalidAppid)
                    .then_some("website_appid is an appid of a 网站应用 of open.weixin.qq.com, not the account's own")
            },
        ),
    }
}

/// What else an unknown appid may be.
fn wrong_kind_of_account(errcode: ErrorCode) -> Option<&'static str> {
    (errcode == ErrorCode::InvalidAppid).then_some(
        "it must be that of a verified service account (服务号; what WeChat calls 公众号 today has no web authorization), not of a website application or \
         of the open platform",
    )
}

fn refused(
    whose: &str,
    error: &Error,
    wechat: &WechatConfig,
    kind: impl Fn(ErrorCode) -> Option<&'static str>,
) -> Finding {
    let Some(errcode) = error.errcode() else {
        let fix = match error {
            Error::Proxy { fault, .. } => way_out::remedy(*fault, wechat),
            _ if wechat.way.proxy().is_some() => {
                "look at the proxy's log: it is to pass on calls to the host of wechat.api_base.".to_owned()
            }
            _ => "let this machine reach the host of wechat.api_base by https (DNS, firewall, root certificates), or \
                  name a proxy that does in wechat.proxy."
                .to_owned(),
        };
        return CHECK.error(format!("{whose}: {error}."), way_out::WHY, fix);
    };
    if matches!(
        error.kind(),
        FailureKind::Unavailable | FailureKind::RateLimited
    ) {
        return CHECK.warning(
            format!("{whose}: WeChat is busy or counts too many calls (errcode {errcode})."),
            "whether the secret is right is not known.",
            "check again in a minute.",
        );
    }
    let (hint, _) = operator_hint(errcode);
    let kind = error
        .code()
        .and_then(kind)
        .map_or_else(String::new, |kind| format!(" Note that {kind}."));
    let rid = error
        .rid()
        .map_or_else(String::new, |rid| format!(", rid {rid}"));
    CHECK.error(
        format!("{whose}: refused (errcode {errcode}{rid})."),
        "every login ends in an error page after WeChat's own.",
        format!("{hint}{kind}"),
    )
}

fn clock_finding(difference: Option<u64>) -> Finding {
    match difference {
        None => CLOCK.skipped(
            "WeChat sent no date to compare with.",
            "mend the findings before this one and check again.",
        ),
        Some(seconds) if seconds > CLOCK_TOLERANCE => CLOCK.error(
            format!("This machine's clock is {seconds} seconds away from WeChat's."),
            "sessions end too early or too late, and certificates look expired.",
            "let it follow a time server (timedatectl set-ntp true).",
        ),
        Some(seconds) => CLOCK.ok(format!(
            "This machine's clock and WeChat's agree ({seconds} s apart)."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::check::Level;

    #[test]
    fn a_minute_is_tolerated_and_no_more() {
        assert_eq!(clock_finding(Some(0)).level, Level::Ok);
        assert_eq!(clock_finding(Some(60)).level, Level::Ok);
        assert_eq!(clock_finding(Some(61)).level, Level::Error);
        assert_eq!(clock_finding(None).level, Level::Skipped);
    }
}
