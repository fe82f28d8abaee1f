//! What asks a server: oha, as fast as it is answered or at an even rate, with the requests of the app in WeChat's
//! browser.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use reqwest::Url;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::process::Command;

use crate::plan::Scenario;

/// As many ask at once: browsers and web servers keep a few connections each, and thread pools have 40 threads.
pub(crate) const CONNECTIONS: usize = 64;

/// Exchanges are taken from so many at random: one in a hundred or fewer comes twice in a measurement.
const CODES: u64 = 1_000_000;
/// Records that are replaced by others.
const RECORDS: u64 = 2_000;

/// What every request says of itself.
pub(crate) const BROWSER: [(&str, &str); 6] = [
    ("User-Agent", USER_AGENT),
    ("Accept", "application/json"),
    ("Accept-Language", "zh-CN,zh;q=0.9"),
    ("Origin", "https://shop.example"),
    ("X-Forwarded-Proto", "https"),
    ("Content-Type", "application/json"),
];
const USER_AGENT: &str = "Mozilla/5.0 (Linux; Android 14; V2324A Build/UP1A.231005.007; wv) AppleWebKit/537.36 \
    (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 XWEB/1260183 MMWEBSDK/20240802 \
    MicroMessenger/8.0.53.2740(0x28003534)";

/// Requests without end of one kind.
pub(crate) struct Requests {
    pub(crate) scenario: Scenario,
    /// Where they go, but for the names of records.
    pub(crate) url: Url,
    /// Of who is signed in, where that is needed.
    pub(crate) cookie: Option<String>,
}

/// How a server is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Until caches are warm, connections open and code compiled.
    WarmUp,
    /// Every connection asks again as soon as it is answered.
    Full,
    /// So many in a second, whether or not the server keeps up; times count from the moment a request was due.
    Even(f64),
}

/// What oha has found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Answers.
    pub(crate) count: f64,
    pub(crate) seconds: f64,
    /// Milliseconds within which half of the answers came, and 99 of 100.
    pub(crate) median: f64,
    pub(crate) p99: f64,
}

/// oha, and bodies for it.
pub(crate) struct Load {
    oha: PathBuf,
    seconds: f64,
    threads: usize,
    bodies: TempDir,
}

impl Load {
    /// Writes the bodies.
    pub(crate) fn new(oha: &Path, seconds: u32, threads: usize) -> anyhow::Result<Self> {
        let bodies = tempfile::tempdir()?;
        let write = |name, line: fn(u64) -> String, numbers: Range<u64>| {
            let mut file = BufWriter::new(File::create(bodies.path().join(name))?);
            for number in numbers {
                writeln!(file, "{}", line(number))?;
            }
            file.flush()
        };
        // What was sent while warming up is not sent again.
        for (part, name) in (1..).zip(["warm-up", "full", "even"]) {
            write(name, exchange, part * CODES..(part + 1) * CODES)?;
        }
        write("records", record, 0..RECORDS)?;
        Ok(Self {
            oha: oha.to_owned(),
            seconds: seconds.into(),
            threads,
            bodies,
        })
    }

    /// Asks.
    pub(crate) async fn run(&self, requests: &Requests, pace: Pace) -> anyhow::Result<Found> {
        let Requests {
            scenario,
            url,
            cookie,
        } = requests;
        let (name, seconds) = match pace {
            Pace::WarmUp => ("warm-up", self.seconds / 2.0),
            Pace::Full => ("full", self.seconds),
            Pace::Even(_) => ("even", self.seconds),
        };
        let body = |name| self.bodies.path().join(name);
        let mut command = Command::new(&self.oha);
        command
            .args(["--no-tui", "--output-format", "json", "-z"])
            .arg(format!("{:.0}ms", seconds * 1_000.0))
            .args(["-c", &CONNECTIONS.to_string()])
            .args(["--worker-threads", &self.threads.to_string()]);
        for (name, value) in BROWSER {
            command.args(["-H", &format!("{name}: {value}")]);
        }
        if let Some(cookie) = cookie {
            command.args(["-H", &format!("Cookie: {cookie}")]);
        }
        if let Pace::Even(per_second) = pace {
            command.args(["--latency-correction", "-q", &per_second.to_string()]);
        }
        match scenario {
            Scenario::Exchange => {
                command
                    .args(["-m", "POST", "-Z"])
                    .arg(body(name))
                    .arg(url.as_str());
            }
            Scenario::Session
            | Scenario::Auth
            | Scenario::Jssdk
            | Scenario::Get
            | Scenario::List => {
                command.arg(url.as_str());
            }
            Scenario::Put => {
                let urls = (0..RECORDS).map(|number| format!("{url}/order/2026-{number:04}\n"));
                std::fs::write(body("urls"), urls.collect::<String>())?;
                command.args(["-m", "PUT", "-Z"]).arg(body("records"));
                command.arg("--urls-from-file").arg(body("urls"));
            }
        }
        let output = command
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .output()
            .await
            .context("cannot start oha")?;
        ensure!(output.status.success(), "oha failed");
        found(&output.stdout, *scenario)
    }
}

/// What of oha's report is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    summary: Summary,
    latency_percentiles: Percentiles,
    status_code_distribution: BTreeMap<u16, u64>,
    error_distribution: BTreeMap<String, u64>,
}

/// In seconds.
#[derive(Deserialize)]
struct Summary {
    total: f64,
}

/// In seconds; none if there was no answer.
#[derive(Deserialize)]
struct Percentiles {
    p50: Option<f64>,
    p99: Option<f64>,
}

fn found(report: &[u8], scenario: Scenario) -> anyhow::Result<Found> {
    let report: Report = serde_json::from_slice(report).context("oha reports something else")?;
    let expected: &[u16] = match scenario {
        Scenario::Exchange
        | Scenario::Session
        | Scenario::Jssdk
        | Scenario::Get
        | Scenario::List => &[200],
        Scenario::Auth => &[204],
        Scenario::Put => &[200, 201],
    };
    let mut count = 0;
    for (status, answers) in &report.status_code_distribution {
        ensure!(
            expected.contains(status),
            "{answers} answers of status {status}"
        );
        count += answers;
    }
    // At the end every connection is given up in the middle of a request.
    let mut errors = report.error_distribution.keys();
    if let Some(error) = errors.find(|error| !error.contains("deadline")) {
        anyhow::bail!("a request failed: {error}");
    }
    let milliseconds = |seconds: Option<f64>| seconds.context("no answer").map(|it| it * 1_000.0);
    let Percentiles { p50, p99 } = report.latency_percentiles;
    Ok(Found {
        count: count as f64,
        seconds: report.summary.total,
        median: milliseconds(p50)?,
        p99: milliseconds(p99)?,
    })
}

/// The body of an exchange.
pub(crate) fn exchange(number: u64) -> String {
    let code = code(number);
    format!(r#"{{"account":"shop","code":"{code}","verifier":"V{number:031}"}}"#)
}

/// The body of a record, of 300 bytes.
pub(crate) fn record(number: u64) -> String {
    format!(
        r#"{{"order":"2026","state":"paid","change":{number},"total":"268.00","currency":"CNY","items":[{{"title":"山茶花图鉴","count":1,"price":"168.00"}},{{"title":"手账本 A5","count":2,"price":"50.00"}}],"address":"浙江省杭州市西湖区","note":"请用礼品纸包装"}}"#
    )
}

/// 27 letters and digits, so that the openid made of it has 28 as WeChat's have. Scattered, as WeChat's are: openids
/// that grow would be kinder to an index than real ones.
pub(crate) fn code(number: u64) -> String {
    // Odd, so that no two numbers become the same.
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{scattered:016x}ABCdefGHIjk")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_exchange_has_a_code_of_its_own() {
        let codes: HashSet<String> = (0..10_000).map(code).collect();
        assert_eq!(codes.len(), 10_000);
        assert!(codes.iter().all(|code| code.len() == 27));
        assert!(exchange(7).contains(&format!(r#""code":"{}""#, code(7))));
        assert!((250..350).contains(&record(7).len()), "{}", record(7).len());
    }

    #[test]
    fn only_expected_answers_and_cut_off_requests_are_accepted() {
        let report = |status: u16, error: &str| {
            let percentiles = serde_json::json!({ "p50": 0.001, "p99": 0.002 });
            let report = serde_json::json!({
                "summary": { "total": 4.0 },
                "latencyPercentiles": percentiles,
                "statusCodeDistribution": { status.to_string(): 8 },
                "errorDistribution": { error: 64 },
            });
            found(report.to_string().as_bytes(), Scenario::Auth)
        };
        let good = report(204, "aborted due to deadline").unwrap();
        assert_eq!((good.count, good.median, good.p99), (8.0, 1.0, 2.0));
        assert!(report(200, "aborted due to deadline").is_err());
        assert!(report(204, "connection closed").is_err());
    }
}
