//! Walks through cells with one browser and looks at everything they promise.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use e2e::{BrokenDatabase, Browser, LogLine, Look, SHOP, World, WorldOptions, journey, lines_of};
use serde_json::Value;
use wechat_simulator::{Endpoint, GrantedScope, Person};

use super::cells::{Cell, Seen, Step, Stored, Strike};
use super::look::{LOOK, Page, codes, request_ids, told};
use crate::planted::{Planted, callback, forget_everything, plant, step_aside};

/// Somebody who is signed in before anything goes wrong.
const REGULAR: &str = "xiaohong";

/// The page's timers ring 25 times as fast: the app's timeout of 25 seconds lasts for one.
const HASTE: &str = "const ring = window.setTimeout;
    window.setTimeout = (what, after, ...rest) => ring(what, (after || 0) / 25, ...rest);";

/// Whatever ends a login, and whatever the orders come to.
const SETTLED: &str =
    "document.querySelector('.message h1, [data-field=openid], #more > p')?.innerText";

/// Walks through all of them, with two browsers at a time, and tells all that are wrong.
pub(super) fn walk(cells: &[Cell]) {
    std::thread::scope(|scope| {
        for half in cells.chunks(cells.len().div_ceil(2)) {
            scope.spawn(|| walk_one_after_the_other(half));
        }
    });
}

fn walk_one_after_the_other(cells: &[Cell]) {
    journey(WorldOptions::behind_a_gateway(), async |world| {
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
    world.simulator.add_person(Person::new(&*id, nickname(&id)));
    id
}

fn nickname(id: &str) -> String {
    format!("名字{id}号")
}

struct Walker<'a> {
    world: &'a World,
    browser: &'a Browser,
    person: &'a str,
    database: Option<BrokenDatabase>,
    haste: Option<String>,
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
        let after = self.asked_since(before, &cell.outcome.seen).await;
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
        ensure!(seen == cell.outcome.seen, "{seen:?}; {page:?}");
        page.check(cell, &self.openid(), &ids)?;
        self.check_secrets(&lines, &events)?;
        let silent = lines.iter().find(|line| {
            let is_answer = line.level == "ERROR" && line.field("message") == "answered";
            is_answer && line.field("cause").is_empty()
        });
        ensure!(silent.is_none(), "an error without its cause: {silent:?}");

        self.mend().await?;
        if cell.outcome.seen.can_retry {
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
                let planted = Planted::with(|it| it.scope = "snsapi_userinfo");
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
            Step::Records => world.page("/orders"),
            Step::Exchange | Step::Userinfo | Step::Bootstrap => world.page("/"),
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
            Strike::Wechat(effect) => self.world.strike(endpoint, effect.clone()),
            Strike::WechatOnce(effect) => self.world.strike_once(endpoint, effect.clone()),
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
            self.browser.forget(&haste).await?;
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
    async fn asked_since(&self, before: [usize; 3], expected: &Seen) -> [usize; 3] {
        let expected = [expected.visits, expected.exchanges, expected.userinfos];
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
