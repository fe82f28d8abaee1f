//! Appids and secrets, asked of WeChat itself, and with its answer the clock.

use std::collections::BTreeSet;

use super::report::{Finding, Subject};
use super::way_out;
use crate::config::{Application, Config, WechatConfig};
use crate::login::clock::Clock;
use wechat_oauth::{Client, CredentialAnswer, Error, ErrorCode, FailureKind, operator_hint};

const CHECK: Subject = Subject("credentials");
const CLOCK: Subject = Subject("clock");

/// By how many seconds this machine's clock may differ from WeChat's.
const CLOCK_TOLERANCE: u64 = 60;

/// One finding for each account, one for each of their applications, one for the clock.
pub(super) async fn findings(config: &Config, client: &Client, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut difference = None;
    // Accounts can share a website application.
    let mut codes_of = BTreeSet::new();
    for (name, account) in &config.accounts {
        // A mini-program has tokens as an account has.
        let own = Application {
            appid: account.appid.clone(),
            secret: account.secret.clone(),
            section: format!("accounts.{name}"),
        };
        let with_tokens = [
            (Some(&own), &SERVICE),
            (account.miniprogram.as_ref(), &MINIPROGRAM),
        ];
        for (application, kind) in with_tokens {
            let Some(it) = application else { continue };
            let answer = client.check_account(&it.appid, &it.secret).await;
            difference = difference.or_else(|| Some(clock.now().abs_diff(answer.date?)));
            let place = config.places.of(&format!("{}.secret", it.section));
            findings.push(with_token(it, kind, place, &answer, &config.wechat));
        }
        for (application, kind) in [(&account.website, &WEBSITE), (&account.app, &APP)] {
            if let Some(it) = application
                && codes_of.insert(it.appid.as_str())
            {
                let outcome = client.check_website(&it.appid, &it.secret).await;
                let place = config.places.of(&format!("{}.{}", it.section, kind.secret));
                findings.push(by_a_code(it, kind, place, &outcome, &config.wechat));
            }
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

/// What is told about a kind of application.
struct Kind {
    /// What stands before the section.
    title: &'static str,
    appid: &'static str,
    secret: &'static str,
    /// In WeChat's console.
    console: &'static str,
    /// What else an unknown appid may be.
    wrong_appid: &'static str,
}

const SERVICE: Kind = Kind {
    title: "",
    appid: "appid",
    secret: "secret",
    console: "服务号",
    wrong_appid: "it must be that of a verified service account (服务号; what WeChat calls 公众号 today has no web authorization), not of a website application or \
         of the open platform",
};
const MINIPROGRAM: Kind = Kind {
    console: "小程序",
    wrong_appid: "it must be that of a 小程序",
    ..SERVICE
};
const WEBSITE: Kind = Kind {
    title: "the website application of ",
    appid: "website_appid",
    secret: "website_secret",
    console: "网站应用",
    wrong_appid: "website_appid is an appid of a 网站应用 of open.weixin.qq.com, not the account's own",
};
const APP: Kind = Kind {
    console: "移动应用",
    wrong_appid: "it must be that of a 移动应用 of open.weixin.qq.com",
    ..SERVICE
};

/// Of one that has tokens. `place` is where the secret stands.
fn with_token(
    application: &Application,
    kind: &Kind,
    place: &str,
    answer: &CredentialAnswer,
    wechat: &WechatConfig,
) -> Finding {
    let section = &application.section;
    if let Err(error) = &answer.outcome
        && error.code() == Some(ErrorCode::AddressRefused)
    {
        let address = answer.refused_address.map_or_else(
            || "this server's address".to_owned(),
            |address| address.to_string(),
        );
        // Not an error: no report tells of the whitelist touching the two calls of a login.
        return CHECK.warning(format!(
                "{section}: {address} is not in the account's IP whitelist (errcode 40164)."
            ),
            "logins are known to work without it, account tokens do not; whether the secret is right is not known.",
            format!(
                "add {address} at developers.weixin.qq.com/platform → 我的业务 → {} → 基础信息 → 开发密钥 → IP白名单 (not at \
                 mp.weixin.qq.com any more), wait some minutes and check again.", kind.console
            ),
        );
    }
    by_a_code(application, kind, place, &answer.outcome, wechat)
}

/// Of one that was asked about with a code nobody has, or whose answer says no more.
fn by_a_code(
    application: &Application,
    kind: &Kind,
    place: &str,
    outcome: &Result<(), Error>,
    wechat: &WechatConfig,
) -> Finding {
    let Application { appid, section, .. } = application;
    let Err(error) = outcome else {
        let (what, secret) = (kind.appid, kind.secret);
        return CHECK.ok(format!(
            "WeChat takes {what} {appid} and the {secret} of {section}."
        ));
    };
    let whose = format!("{}{section} (appid {appid}, secret: {place})", kind.title);
    let is_unknown = error.code() == Some(ErrorCode::InvalidAppid);
    refused(
        &whose,
        error,
        wechat,
        is_unknown.then_some(kind.wrong_appid),
    )
}

fn refused(whose: &str, error: &Error, wechat: &WechatConfig, note: Option<&str>) -> Finding {
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
    let note = note.map_or_else(String::new, |note| format!(" Note that {note}."));
    let rid = error
        .rid()
        .map_or_else(String::new, |rid| format!(", rid {rid}"));
    CHECK.error(
        format!("{whose}: refused (errcode {errcode}{rid})."),
        "every login by it ends in an error.",
        format!("{hint}{note}"),
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
