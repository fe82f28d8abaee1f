//! What WeChat was asked, from the simulator's log of requests.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use wechat_simulator::Simulator;

/// A code, by its number, under an account.
type Code = (u64, String);

/// Counts exchanges. The simulator keeps the latest 1000 requests, so it has to look often.
#[derive(Default)]
pub(crate) struct Upstream {
    seen: Cell<u64>,
    life: Cell<u32>,
    /// By code and life of the proxy.
    sent: RefCell<HashMap<(Code, u32), u32>>,
    good: RefCell<HashMap<Code, u32>>,
}

impl Upstream {
    /// Whatever comes from now on is the next life's of the proxy.
    pub(crate) fn begin_next_life(&self) {
        self.life.set(self.life.get() + 1);
    }

    /// Counts what is new.
    pub(crate) fn look(&self, simulator: &Simulator) {
        let life = self.life.get();
        for request in simulator.requests() {
            if request.number <= self.seen.get() {
                continue;
            }
            let missed = request.number - self.seen.replace(request.number) - 1;
            assert_eq!(missed, 0, "requests that were not looked at");
            if request.path != "/sns/oauth2/access_token" {
                continue;
            }
            let (Some(number), Some(appid)) = (request.code_number, request.appid) else {
                continue;
            };
            let code = (number, appid);
            *self
                .sent
                .borrow_mut()
                .entry((code.clone(), life))
                .or_default() += 1;
            if request.errcode == 0 {
                *self.good.borrow_mut().entry(code).or_default() += 1;
            }
        }
    }

    /// How many exchanges WeChat has seen.
    pub(crate) fn count(&self) -> u32 {
        self.sent.borrow().values().sum()
    }

    /// Codes that one life of the proxy has sent more than once.
    pub(crate) fn sent_twice(&self) -> usize {
        self.sent.borrow().values().filter(|it| **it > 1).count()
    }

    /// Codes that were good more than once.
    pub(crate) fn good_twice(&self) -> usize {
        self.good.borrow().values().filter(|it| **it > 1).count()
    }
}
