//! The simulator with its built-in accounts and people.

use std::cell::RefCell;

use actix_web::rt::SystemRunner;
use wechat_simulator::Platform;

use super::service::{Service, runner};
use super::{Answer, Request};

/// A simulator in this thread.
pub(crate) struct Simulator {
    // Ended before the runner.
    service: Service,
    runner: SystemRunner,
}

thread_local! {
    // Never dropped: at the end of a thread what it would need for that has gone already.
    static SIMULATOR: &'static RefCell<Simulator> =
        Box::leak(Box::new(RefCell::new(Simulator::start())));
}

impl Simulator {
    /// Hands this thread's simulator to an input.
    pub(crate) fn with<T>(run: impl FnOnce(&mut Simulator) -> T) -> T {
        SIMULATOR.with(|simulator| run(&mut simulator.borrow_mut()))
    }

    fn start() -> Self {
        let runner = runner();
        let app = wechat_simulator::app(Platform::default());
        let service = runner.block_on(Service::new(app));
        Self { service, runner }
    }

    /// Asks; a request that may have changed something is the last one of this simulator.
    pub(crate) fn ask(&mut self, request: Request) -> Answer {
        let is_change = !request.method.is_safe();
        let answer = self.runner.block_on(self.service.ask(request));
        if is_change && !answer.status.is_client_error() {
            *self = Self::start();
        }
        answer
    }
}
