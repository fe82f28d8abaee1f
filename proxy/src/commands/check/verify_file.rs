//! `MP_verify_<token>.txt` at the public URL, as WeChat's console will fetch it.

use super::fetch::{Answer, Fetcher, NoAnswer, REACH_THE_PROXY};
use super::report::{Finding, Level, Subject};
use crate::config::{Config, PublicUrl, VerifyFile};

const CHECK: Subject = Subject("verify_file");

/// One finding for each configured file.
pub(super) async fn findings(config: &Config, fetcher: &Fetcher) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in config.accounts.values() {
        for file in &account.verify_files {
            findings.push(finding(&config.public_url, file, fetcher).await);
        }
    }
    if findings.is_empty() {
        findings.push(CHECK.skipped("No verify_files are configured.",
            "where the console asks for an MP_verify_….txt, add its name to accounts.<name>.verify_files.",
        ));
    }
    findings
}

/// The one finding about a file of `site`, which WeChat looks for at the root of the host, or below a path where the
/// console is told that, too.
pub(super) async fn finding(site: &PublicUrl, file: &VerifyFile, fetcher: &Fetcher) -> Finding {
    let path = format!("/{}", file.name());
    let found = judge(file, site.path(), fetcher.get(site.at(&path), "*/*").await);
    if site.path().is_empty() {
        return found;
    }
    let mut root = site.as_url().clone();
    root.set_path(&path);
    let at_root = judge(file, "", fetcher.get(root, "*/*").await);
    let (host, name) = (site.as_url().host_str().unwrap_or_default(), file.name());
    let below = format!("{host}{}", site.path());
    let enter = match (found.level, at_root.level) {
        (Level::Ok, Level::Ok) => format!("`{below}` or `{host}`"),
        (Level::Ok, _) => format!("`{below}`, not the host alone"),
        (_, Level::Ok) => format!("`{host}` without the path"),
        _ => return found,
    };
    CHECK.ok(format!(
        "{name} is answered with its token; enter {enter} as the domain in the console."
    ))
}

/// What is found of the file at `place`, empty or a path.
fn judge(file: &VerifyFile, place: &str, answer: Result<Answer, NoAnswer>) -> Finding {
    let name = format!("{place}/{}", file.name());
    let name = name.trim_start_matches('/');
    let bad = |what: String, fix: String| {
        let why = "WeChat's console refuses the domain, and without it every user sees 10003.";
        CHECK.error(what, why, fix)
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer {
            cause,
            fix,
            is_of_tls,
        }) => {
            let what = format!("{name} cannot be fetched: {cause}.");
            if is_of_tls {
                return bad(what, fix.to_owned());
            }
            let why = "whether WeChat's console, which comes from outside, gets it is unknown.";
            return CHECK.warning(what, why, fix);
        }
    };
    let outcome = format!("{name} is answered with {}.", answer.outcome());
    if answer.is_without_proxy() {
        return bad(outcome, REACH_THE_PROXY.to_owned());
    }
    let forward = format!("let the web server forward /{name} to the proxy, or put a copy there.");
    if answer.status != 200 {
        return bad(outcome, forward);
    }
    if answer.is_html() {
        let what =
            format!("{name} is answered with a web page, the app's index.html by its looks.");
        return bad(what, forward);
    }
    if answer.body.trim() != file.token() {
        let fix = "replace the copy by the file as the console gives it, or remove it and forward to the proxy.";
        return bad(
            format!("{name} has another content than its token."),
            fix.to_owned(),
        );
    }
    CHECK.ok(format!("{name} is answered with its token."))
}
