//! One server, asked one kind of request: first whether it does what is measured, then how fast, and what that costs.

use std::time::Duration;

use anyhow::{Context, ensure};
use bench::processes::{Usage, family, usage};
use bench::report::Figures;
use bench::server::Server;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Url};

use crate::fill::fill;
use crate::load::{self, BROWSER, Load, Pace, Requests};
use crate::plan::{Contender, Scenario, Step};
use crate::report::{
    BUSY, CPU, FILES, FILES_LEFT, FULL, FULL_P99, HALF, HALF_P99, LEFT, PEAK, PER_SECOND, REST,
};

/// How often memory is looked at: seldom, because the server's pages cannot change meanwhile.
const LOOK: Duration = Duration::from_millis(500);
/// How long a server rests after its first answer before its memory at rest is looked at.
const BREATH: Duration = Duration::from_secs(1);
/// So many looks are waited for connections that the proxy keeps to WeChat: they end after twenty seconds.
const QUIET_WITHIN: u32 = 80;
/// Records of a list.
const LIST: u64 = 20;

/// Ticks of the processor in a second, on every Linux.
const TICKS: f64 = 100.0;

/// Measures a server that has just started, has one core and keeps what it has in this database.
///
/// # Errors
/// When an answer is not as it should be, or our proxy has more open files afterwards.
pub(crate) async fn measure(
    step: Step,
    server: &Server,
    database: &str,
    load: &Load,
) -> anyhow::Result<Figures> {
    // It answers, so it is complete; what it needs at rest is what it needs before anybody comes.
    let requests = proven(step, server).await?;
    if step.records > 0 {
        fill(database, step.records).await?;
    }
    let cost = || {
        let all: Vec<Usage> = family(server.id)?.into_keys().map(usage).collect();
        let sum = |of: fn(&Usage) -> u64| all.iter().map(of).sum::<u64>();
        anyhow::Ok((sum(|it| it.memory), sum(|it| it.files)))
    };
    let processor = || anyhow::Ok(family(server.id)?.into_values().sum::<u64>() as f64 / TICKS);
    tokio::time::sleep(BREATH).await;
    let (rest, _) = cost()?;
    load.run(&requests, Pace::WarmUp).await?;
    // What it opens when it is first needed belongs to what it has before; who asked has hung up by then.
    tokio::time::sleep(BREATH).await;
    let (_, files) = cost()?;

    let asked = async {
        let before = processor()?;
        let full = load.run(&requests, Pace::Full).await?;
        let cpu = processor()? - before;
        let per_second = full.count / full.seconds;
        ensure!(per_second >= 2.0, "{per_second} answers in a second");
        let half = load.run(&requests, Pace::Even(per_second / 2.0)).await?;
        anyhow::Ok((full, cpu, half))
    };
    let mut peak = 0;
    let watched = async {
        loop {
            // Whoever measures notices that a server has ended.
            peak = cost().unwrap_or_default().0.max(peak);
            tokio::time::sleep(LOOK).await;
        }
    };
    let (full, cpu, half) = tokio::select! {
        asked = asked => asked?,
        () = watched => anyhow::bail!("nobody watches any more"),
    };
    let (mut left, mut files_left) = cost()?;
    for _ in 0..QUIET_WITHIN {
        if step.contender.is_ours() && files_left > files {
            tokio::time::sleep(LOOK).await;
            (left, files_left) = cost()?;
        }
    }
    ensure!(
        !step.contender.is_ours() || files_left <= files,
        "{files} open files before the load, {files_left} afterwards"
    );
    Ok(Figures::from([
        (PER_SECOND, full.count / full.seconds),
        (FULL, full.median),
        (FULL_P99, full.p99),
        (HALF, half.median),
        (HALF_P99, half.p99),
        (CPU, cpu / full.count * 1_000.0),
        (BUSY, cpu / full.seconds),
        (REST, rest as f64),
        (PEAK, peak as f64),
        (LEFT, left as f64),
        (FILES, files as f64),
        (FILES_LEFT, files_left as f64),
    ]))
}

/// The requests of a step, for somebody who is signed in and has what it needs, and of which one was answered as it
/// should be.
async fn proven(step: Step, server: &Server) -> anyhow::Result<Requests> {
    let (scenario, contender) = (step.scenario, step.contender);
    let url = |scenario| -> anyhow::Result<Url> {
        let path = contender.path(scenario);
        Ok(format!("http://{}{path}", server.address).parse()?)
    };
    let client = Client::new();
    let exchange = client.post(url(Scenario::Exchange)?);
    let (body, cookie) = ask(exchange, None, load::exchange(0)).await?;
    // Nobody is signed in at nginx.
    if contender != Contender::Nginx {
        let openid = format!("\"o{}\"", load::code(0));
        ensure!(
            body.contains(&openid) && body.contains("山茶花开的小明"),
            "the exchange gave no session of the code's user: {body}"
        );
        ensure!(cookie.is_some(), "the exchange set no cookie");
    }
    let cookie = cookie.filter(|_| contender.is_ours() && scenario != Scenario::Exchange);
    let requests = Requests {
        scenario,
        url: url(scenario)?,
        cookie,
    };
    let who = requests.cookie.as_deref();
    if matches!(scenario, Scenario::Get | Scenario::Put | Scenario::List) {
        let records = url(Scenario::List)?;
        for number in 0..LIST {
            let put = client.put(format!("{records}/order/2026-{number:04}"));
            ask(put, who, load::record(number)).await?;
        }
        let (list, _) = ask(client.get(records), who, String::new()).await?;
        let records = list.matches("\"state\":\"paid\"").count() as u64;
        ensure!(records == LIST, "a list of {records} records");
    }
    if matches!(
        scenario,
        Scenario::Session | Scenario::Auth | Scenario::Jssdk | Scenario::Get
    ) {
        ask(client.get(requests.url.clone()), who, String::new()).await?;
    }
    Ok(requests)
}

/// The body of the answer, and the cookie it sets.
async fn ask(
    mut request: RequestBuilder,
    cookie: Option<&str>,
    body: String,
) -> anyhow::Result<(String, Option<String>)> {
    for (name, value) in BROWSER {
        request = request.header(name, value);
    }
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let answer = request.body(body).send().await?;
    let (status, set) = (answer.status(), answer.headers().get(SET_COOKIE).cloned());
    let body = answer.text().await?;
    ensure!(status.is_success(), "status {status}: {body}");
    let set = set.as_ref().map(|it| it.to_str()).transpose();
    let cookie = set.context("a strange cookie")?;
    let cookie = cookie.and_then(|it| it.split(';').next());
    Ok((body, cookie.map(str::to_owned)))
}
