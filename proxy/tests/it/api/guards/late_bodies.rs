//! A body whose last part comes a moment after its deadline, before the timer has noticed: it is refused whole.

use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{Service as _, ServiceFactory as _, map_config};
use actix_web::dev::AppConfig;
use actix_web::{rt, web};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time;
use wechat_login_proxy::app::{self, AppState};
use wechat_login_proxy::clock::ManualClock;
use wechat_simulator::Simulator;

use super::ask::{Ask, Cookies};
use super::table::{Guard, OPERATIONS};
use super::world::{Said, config, traces};
use crate::api::limits::SOON;
use crate::helpers::NOW;

/// Less than the timer can tell.
const A_MOMENT: Duration = Duration::from_micros(1);

/// A client's end of a connection to a server in this thread, whose time stands still.
async fn connection(state: web::Data<AppState>) -> DuplexStream {
    let app = map_config(app::app(state), |()| AppConfig::default());
    let server = HttpService::build().h1(app).new_service(()).await;
    let (ours, theirs) = duplex(64 * 1024);
    rt::spawn(server.unwrap().call((ours, None)));
    theirs
}

/// Until the server has nothing more to do with what there is.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_body_that_is_late_by_a_moment_is_refused_whole_wherever_it_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    let config = config(&simulator.base_url());
    let state = AppState::open(config, Arc::new(ManualClock::at(NOW))).await;
    let state = web::Data::new(state.unwrap());
    let cookies = Cookies::of(&state);
    let before = traces(&state, &simulator);
    time::pause();
    let mut tried = 0;
    for operation in OPERATIONS.iter().filter(|it| it.has(Guard::TooSlow)) {
        for is_chunked in [false, true] {
            let ask = Ask::honest(operation, &cookies, "code");
            let (first, last) = ask.halves(is_chunked);
            let mut client = connection(state.clone()).await;
            client.write_all(first.as_bytes()).await.unwrap();
            settle().await;
            time::advance(SOON + A_MOMENT).await;
            client.write_all(last.as_bytes()).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            let said = Said::in_answer(&answer);
            assert_eq!(said.status, 408, "{} {is_chunked}: {answer}", operation.id);
            assert!(said.message.contains("in time"), "{answer}");
            tried += 1;
        }
    }
    assert_eq!(tried, 10);
    assert_eq!(traces(&state, &simulator), before, "nothing is kept of any");
}
