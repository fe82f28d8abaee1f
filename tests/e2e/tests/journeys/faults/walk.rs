//! Walks through cells with one browser and looks at everything they promise.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use e2e::lines_of;
use e2e::{
    BrokenDatabase, Browser, LogLine, Look, SHOP, Script, WebServer, World, WorldOptions, journey,
};
use serde::Deserialize;
use serde_json::Value;
use wechat_simulator::{Effect, Endpoint, Fault, GrantedScope, Person};

use super::outcome::{Cell, Outcome, Screen, Step, Stored, Strike};
use crate::planted::{Planted, callback, forget_everything, plant, step_aside};

/// Somebody who is signed in before anything goes wrong.
const REGULAR: &str = "xiaohong";

/// The page's timers ring 25 times as fast: the app's patience of 25 seconds lasts for one.
const HASTE: &str = "const ring = window.setTimeout;
    window.setTimeout = (what, after, ...rest) => ring(what, (after || 0) / 25, ...rest);";

/// Whatever ends a login, and whatever the orders come to.
const SETTLED: &str =
    "document.querySelector('.message h1, [data-field=openid], #more > p')?.innerText";

const LOOK: &str = "return fetch('/api/session').then(answer => {
    const text = css => document.querySelector(css)?.innerText ?? '';
    return {
        title: text('.message h1'),
        text: text('.message p'),
        openid: text('[data-field=openid]'),
        notice: text('.notice'),
        orders: [...document.querySelectorAll('#more > p')].map(it => it.innerText).join(' '),
        advice: text('[data-field=advice]'),
        errcode: text('[data-field=errcode]'),
        request_id: text('[data-field=request_id]'),
        retry: document.querySelector('[data-action=retry]') !== null,
        buttons: document.querySelectorAll('.message .button').length,
        session: answer.status === 200,
    };
})";

/// What [`LOOK`] sees.
#[derive(Debug, Deserialize)]
struct Page {
    title: String,
    text: String,
    openid: String,
    notice: String,
    orders: String,
    advice: String,
    errcode: String,
    request_id: String,
    retry: bool,
    buttons: u32,
    session: bool,
}

/// Walks through all of them, with two browsers at a time, and tells all that are wrong.
pub(super) fn walk(cells: &[Cell]) {
    std::thread::scope(|scope| {
        for half in cells.chunks(cells.len().div_ceil(2)) {
            scope.spawn(|| walk_one_after_the_other(half));
        }
    });
}

fn walk_one_after_the_other(cells: &[Cell]) {
    let options = WorldOptions {
        web_server: WebServer::Gateway,
        ..WorldOptions::default()
    };
    journey(options, async |world| {
        let browser = Browser::open(Look::default()).await?;
        let mut wrong = Vec::new();
        for (number, cell) in cells.iter().enumerate() {
            let person = introduce(&world, number);
            let mut walker = Walker {
                world: &world,
                browser: &browser,
                person: match cell.step {
                    Step::Exchange | Step::Userinfo => &person,
                    Step::Bootstrap | Step::Records => REGULAR,
                },
                database: None,
                haste: None,
            };
            let walked = walker.walk(cell).await;
            walker.mend().await?;
            if let Err(error) = walked {
                wrong.push(format!("{:?}, {}: {error:#}", cell.step, cell.words));
            }
        }
        // Not what the pages wrote to the console: Chromium writes failed requests there.
        drop(browser);
        ensure!(
            wrong.is_empty(),
            "{} cells:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        Ok(())
    });
}

/// Somebody of this cell's own, so that nothing of others is taken for theirs.
fn introduce(world: &World, number: usize) -> String {
    let id = format!("cell{number}");
    world.simulator.add_person(Person {
        id: id.clone(),
        nickname: nickname(&id),
        ..person()
    });
    id
}

fn person() -> Person {
    serde_json::from_value(serde_json::json!({ "id": "nobody" })).expect("an id is enough")
}

fn nickname(id: &str) -> String {
    format!("名字{id}号")
}

struct Walker<'a> {
    world: &'a World,
    browser: &'a Browser,
    person: &'a str,
    database: Option<BrokenDatabase>,
    haste: Option<Script>,
}

impl Walker<'_> {
    async fn walk(&mut self, cell: &Cell) -> anyhow::Result<()> {
        let address = self.prepare(cell).await?;
        let before = self.asked();
        self.browser.events().await?;
        self.break_it(cell).await?;
        self.browser.goto(&address).await?;
        self.browser.eventually(SETTLED).await?;
        if cell.step == Step::Records {
            self.browser
                .eventually("!document.querySelector('#more .loading')")
                .await?;
        }
        let page: Page = serde_json::from_value(self.browser.script(LOOK).await?)?;
        let events = self.browser.events().await?;
        let after = self.asked_since(before, cell.outcome).await;
        let ids = request_ids(&events);
        let lines: Vec<LogLine> = ids.iter().flat_map(|id| lines_of(id)).collect();

        let seen = Seen {
            can_retry: page.retry,
            log: told(&lines, cell),
            identity: self.stored()?,
            session: page.session,
            visits: after[0],
            exchanges: after[1],
            userinfos: after[2],
        };
        ensure!(seen == Seen::expected(cell.outcome), "{seen:?}; {page:?}");
        self.check_page(cell, &page, &ids)?;
        self.check_secrets(&lines, &events)?;
        let silent = lines.iter().find(|line| {
            line.level == "ERROR" && line.field("cause").is_empty() && line.message == "answered"
        });
        ensure!(silent.is_none(), "an error without its cause: {silent:?}");

        self.mend().await?;
        if cell.outcome.can_retry {
            self.retry(cell).await.context("the retry")?;
        }
        Ok(())
    }

    /// Everything before the fault; the address to open.
    async fn prepare(&self, cell: &Cell) -> anyhow::Result<String> {
        let Self {
            world,
            browser,
            person,
            ..
        } = self;
        world.simulator.set_current(person);
        match cell.step {
            Step::Exchange => forget_everything(browser, world).await?,
            Step::Userinfo => {
                forget_everything(browser, world).await?;
                let planted = Planted {
                    scope: "snsapi_userinfo",
                    ..Planted::default()
                };
                let state = plant(browser, world, planted).await?;
                let code = world
                    .simulator
                    .issue_code(SHOP, person, GrantedScope::Userinfo);
                return Ok(callback(world, &code, &state));
            }
            Step::Bootstrap | Step::Records => {
                browser.goto(&world.app).await?;
                let openid = browser.text("[data-field=openid]").await?;
                // The cell before may have left a session of its own.
                if openid != self.openid() {
                    forget_everything(browser, world).await?;
                    browser.goto(&world.app).await?;
                    browser.text("[data-field=openid]").await?;
                }
                step_aside(browser, world).await?;
            }
        }
        Ok(match cell.step {
            Step::Records => format!("{}/orders", world.app),
            Step::Exchange | Step::Userinfo | Step::Bootstrap => format!("{}/", world.app),
        })
    }

    async fn break_it(&mut self, cell: &Cell) -> anyhow::Result<()> {
        let (endpoint, requests) = match cell.step {
            Step::Exchange => (Endpoint::AccessToken, "POST /api/session"),
            Step::Userinfo => (Endpoint::Userinfo, "POST /api/session"),
            Step::Bootstrap => (Endpoint::AccessToken, "GET /api/bootstrap"),
            Step::Records => (Endpoint::AccessToken, "GET /api/records"),
        };
        match &cell.strike {
            Strike::Wechat(effect) => {
                let fault = Fault::new(endpoint, effect.clone());
                self.world.simulator.add_fault(fault);
            }
            Strike::WechatOnce(effect) => {
                let fault = Fault::new(endpoint, effect.clone()).times(1);
                self.world.simulator.add_fault(fault);
            }
            Strike::Gateway(fault) => {
                if *fault == e2e::GatewayFault::Silence {
                    self.haste = Some(self.browser.before_each_page(HASTE).await?);
                }
                self.world.gateway()?.fail(requests, *fault);
            }
            Strike::NoTables => self.database = Some(self.world.lose_tables().await?),
            Strike::LockedDatabase => self.database = Some(self.world.lock_database().await?),
        }
        Ok(())
    }

    async fn mend(&mut self) -> anyhow::Result<()> {
        self.world.simulator.clear_faults();
        self.world.gateway()?.heal();
        if let Some(database) = self.database.take() {
            database.mend().await?;
        }
        if let Some(haste) = self.haste.take() {
            self.browser.forget(haste).await?;
        }
        Ok(())
    }

    /// Visits to the authorize page, exchanges, and questions for name and picture so far.
    fn asked(&self) -> [usize; 3] {
        [
            "/connect/oauth2/authorize",
            "/sns/oauth2/access_token",
            "/sns/userinfo",
        ]
        .map(|path| self.world.asked(path).len())
    }

    /// How many since then. The simulator notes a late answer when it is given, even if nobody waits any more: that is
    /// waited for, two seconds at most.
    async fn asked_since(&self, before: [usize; 3], outcome: &Outcome) -> [usize; 3] {
        let expected = [outcome.visits, outcome.exchanges, outcome.userinfos];
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            let now = self.asked();
            let since = [0, 1, 2].map(|which| now[which] - before[which]);
            let is_short = since
                .iter()
                .zip(expected)
                .any(|(since, expected)| *since < expected);
            if !is_short || Instant::now() > deadline {
                return since;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn openid(&self) -> String {
        self.world.simulator.openid(SHOP, self.person)
    }

    fn stored(&self) -> anyhow::Result<Stored> {
        Ok(if !self.world.has_stored(&self.openid())? {
            Stored::Nothing
        } else if self.world.has_stored(&nickname(self.person))? {
            Stored::IdentityAndName
        } else {
            Stored::Identity
        })
    }

    fn check_page(&self, cell: &Cell, page: &Page, ids: &[String]) -> anyhow::Result<()> {
        let begins = |text: &str, expected: &str| {
            ensure!(
                text.starts_with(expected),
                "{text:?} instead of {expected:?}"
            );
            Ok(())
        };
        match cell.outcome.screen {
            Screen::Message(title, text) => {
                ensure!(page.title == title, "{page:?}");
                begins(&page.text, text)?;
            }
            Screen::Profile(notice) => {
                ensure!(
                    page.openid == self.openid(),
                    "somebody else: {}",
                    page.openid
                );
                ensure!(notice.is_some() == !page.notice.is_empty(), "{page:?}");
                begins(&page.notice, notice.unwrap_or_default())?;
            }
            Screen::Orders(text) => begins(&page.orders, text)?,
        }
        // A button that does not help is one to hammer.
        let wanted = u32::from(cell.outcome.can_retry && page.orders.is_empty());
        ensure!(page.buttons == wanted, "{} buttons", page.buttons);

        let is_told = !cell.outcome.log.is_empty()
            && matches!(cell.outcome.screen, Screen::Message(..) | Screen::Orders(_));
        let shown = match page.orders.rsplit_once('[') {
            Some((_, id)) => id.trim_end_matches(']'),
            None => &page.request_id,
        };
        if is_told {
            ensure!(
                ids.iter().any(|id| id == shown),
                "request id {shown:?} of {ids:?}"
            );
        } else {
            ensure!(
                shown.is_empty(),
                "request id {shown:?}, which no log line has"
            );
        }
        if let (Some(errcode), Screen::Message(..)) = (errcode(cell), cell.outcome.screen) {
            begins(&page.errcode, &format!("{errcode} (rid: "))?;
        }
        match cell.advice {
            Some(advice) => ensure!(page.advice.contains(advice), "advice: {:?}", page.advice),
            None => ensure!(page.advice.is_empty(), "advice: {:?}", page.advice),
        }
        Ok(())
    }

    /// Nothing that identifies or signs in anybody is in the lines.
    fn check_secrets(&self, lines: &[LogLine], events: &[Value]) -> anyhow::Result<()> {
        let mut secrets: BTreeSet<String> = codes(events);
        secrets.insert(self.openid());
        secrets.insert(nickname(self.person));
        secrets.extend(self.world.simulator.unionid(SHOP, self.person));
        secrets.insert(WorldOptions::default().secret.to_owned());
        let log = format!("{lines:?}");
        for secret in secrets {
            ensure!(!log.contains(&secret), "a secret in the log: {log}");
        }
        Ok(())
    }

    /// The fault is gone, and the button leads on.
    async fn retry(&self, cell: &Cell) -> anyhow::Result<()> {
        self.browser.tap("[data-action=retry]").await?;
        if cell.step == Step::Records {
            let end = |text: &str| text == "还没有订单";
            self.browser.until("#more [role=status]", end).await?;
        } else {
            let openid = self.browser.text("[data-field=openid]").await?;
            ensure!(openid == self.openid(), "somebody else");
        }
        Ok(())
    }
}

/// What is to be compared as a whole.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    can_retry: bool,
    log: Vec<String>,
    identity: Stored,
    session: bool,
    visits: usize,
    exchanges: usize,
    userinfos: usize,
}

impl Seen {
    fn expected(outcome: &Outcome) -> Self {
        Self {
            can_retry: outcome.can_retry,
            log: outcome.log.iter().map(ToString::to_string).collect(),
            identity: outcome.identity,
            session: outcome.session,
            visits: outcome.visits,
            exchanges: outcome.exchanges,
            userinfos: outcome.userinfos,
        }
    }
}

fn errcode(cell: &Cell) -> Option<i64> {
    match &cell.strike {
        Strike::Wechat(effect) | Strike::WechatOnce(effect) => match effect {
            Effect::Errcode { errcode, .. } | Effect::StringErrcode { errcode, .. } => {
                Some(*errcode)
            }
            _ => None,
        },
        Strike::Gateway(_) | Strike::NoTables | Strike::LockedDatabase => None,
    }
}

/// The lines that say that something is not well, as the table writes them.
fn told(lines: &[LogLine], cell: &Cell) -> Vec<String> {
    let errcode = errcode(cell).map(|errcode| errcode.to_string());
    lines
        .iter()
        .filter(|line| {
            let is_alarm = line.level == "ERROR" || line.level == "WARN";
            // Who looks whether there is a session learns that there is none.
            let is_look = line.field("method") == "GET" && line.field("route") == "/api/session";
            (is_alarm || !line.field("code").is_empty()) && !is_look
        })
        .map(|line| {
            let mut text = format!("{} {}", line.level, line.message);
            for field in ["status", "code"] {
                let value = line.field(field);
                if !value.is_empty() {
                    text.push_str(&format!(" {value}"));
                }
            }
            match line.field("wechat_errcode") {
                "" => {}
                told if Some(told) == errcode.as_deref() => text.push_str(" errcode=…"),
                told => text.push_str(&format!(" errcode={told}")),
            }
            text
        })
        .collect()
}

/// The ids of the proxy's answers to the app, in their order.
fn request_ids(events: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for event in events {
        if event["method"] != "Network.responseReceived" {
            continue;
        }
        let response = &event["params"]["response"];
        let is_api = response["url"]
            .as_str()
            .is_some_and(|url| url.contains("/api/"));
        if let (true, Some(id)) = (is_api, response["headers"]["x-request-id"].as_str())
            && !ids.iter().any(|known| known == id)
        {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// The codes WeChat sent the browser back with.
fn codes(events: &[Value]) -> BTreeSet<String> {
    let urls = events
        .iter()
        .filter_map(|event| event["params"]["request"]["url"].as_str());
    let codes = urls.filter_map(|url| {
        let code = url.split_once("code=")?.1.split('&').next()?;
        Some(code.to_owned())
    });
    codes
        .filter(|code| !code.is_empty() && code.len() > 8)
        .collect()
}
