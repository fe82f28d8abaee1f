//! `MP_verify_<token>.txt` at the public URL, as WeChat's console will fetch it.

use reqwest::Url;

use super::fetch::{Answer, Fetcher, NoAnswer};
use super::report::{Finding, Subject};
use crate::config::{Config, VerifyFile};

const CHECK: Subject = Subject("verify_file");

/// One finding for each configured file.
pub(super) async fn findings(config: &Config, fetcher: &Fetcher) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in config.accounts.values() {
        for file in &account.verify_files {
            findings.push(finding(config.public_url.as_url(), file, fetcher).await);
        }
    }
    if findings.is_empty() {
        findings.push(CHECK.skipped("No verify_files are configured.",
            "where the console asks for an MP_verify_….txt, add its name to accounts.<name>.verify_files.",
        ));
    }
    findings
}

/// The one finding about a file at the root of `site`.
pub(super) async fn finding(site: &Url, file: &VerifyFile, fetcher: &Fetcher) -> Finding {
    let mut url = site.clone();
    url.set_path(&file.name());
    judge(file, fetcher.get(url, "*/*").await)
}

fn judge(file: &VerifyFile, answer: Result<Answer, NoAnswer>) -> Finding {
    let name = file.name();
    let bad = |what: String, fix: String| {
        let why = "WeChat's console refuses the domain, and without it every user sees 10003.";
        CHECK.error(what, why, fix)
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer { cause, .. }) => {
            return bad(
                format!("{name} cannot be fetched: {cause}."),
                "start the site, or if this machine cannot reach its own public address, run \
                 `check --url … --verify-file …` from elsewhere."
                    .to_owned(),
            );
        }
    };
    let forward =
        format!("let the web server forward /{name} to the proxy, or put a copy at its root.");
    if answer.status != 200 {
        return bad(
            format!("{name} is answered with {}.", answer.outcome()),
            forward,
        );
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
