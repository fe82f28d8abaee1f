//! Whether browsers get a connection to the site, and for how long its certificate lets them.

use super::fetch::{Answer, Fetcher, NoAnswer};
use super::report::{Finding, Subject};
use crate::config::PublicUrl;

const WHITE_PAGE: &str = "WeChat shows an empty white page and says nothing.";

/// The certificate of `site`, asked of it. That this machine does not reach it need not concern phones.
pub(super) async fn certificate(site: &PublicUrl, fetcher: &Fetcher, now: u64) -> Option<Finding> {
    const CHECK: Subject = Subject("certificate");
    if !site.is_https() {
        return None;
    }
    Some(match fetcher.get(site.at("/"), "text/html").await {
        Ok(answer) => found(CHECK, &answer, now),
        Err(error) if error.is_of_tls => invalid(CHECK, &error),
        Err(NoAnswer { cause, fix, .. }) => CHECK.warning(
            format!(
                "The certificate of {} was not to be seen: {cause}.",
                site.text()
            ),
            "whether phones reach the site is unknown.",
            fix,
        ),
    })
}

/// The connection to a running site.
pub(super) fn finding(site: &PublicUrl, answer: &Result<Answer, NoAnswer>, now: u64) -> Finding {
    const CHECK: Subject = Subject("connection");
    match answer {
        Ok(answer) if site.is_https() => found(CHECK, answer, now),
        Ok(_) => CHECK.error(
            "Answers over plain http.",
            "session cookies and codes travel in the open.",
            "use https; plain http is for simulators.",
        ),
        Err(error) if error.is_of_tls => invalid(CHECK, error),
        Err(NoAnswer { cause, fix, .. }) => CHECK.error(
            format!("The site does not answer: {cause}."),
            "nobody can open it.",
            *fix,
        ),
    }
}

fn invalid(subject: Subject, error: &NoAnswer) -> Finding {
    let NoAnswer { cause, fix, .. } = error;
    subject.error(
        format!("There is no safe connection: {cause}."),
        WHITE_PAGE,
        *fix,
    )
}

fn found(subject: Subject, answer: &Answer, now: u64) -> Finding {
    let what = "Answers over TLS with a valid certificate chain";
    let Some((days, is_late)) = answer.certificate.as_ref().map(|it| it.end(now)) else {
        return subject.ok(format!("{what}."));
    };
    let what = format!("{what}, which ends in {days} day(s).");
    if is_late {
        return subject.warning(
            format!("{what} By now it should have been renewed."),
            WHITE_PAGE,
            "look at what renews it (systemctl list-timers; certbot renew --dry-run), and whether the web server loads it \
             anew.",
        );
    }
    subject.ok(what)
}
