//! What happens between browser, proxy and database, and what comes of it.

use e2e::GatewayFault;

use super::outcome::{Cell, Outcome, Screen, Step, Stored, Strike};

const FAILED: &str = "登录没有成功";
const UNREACHABLE: &str = "连接不上服务器。请检查网络后重试。";
const GARBLED: &str = "服务器暂时无法提供服务，请稍后重试。";
const INTERNAL: &str = "服务器出错了，请稍后重试；如仍失败，请把编号告诉工作人员。";

/// The proxy never sees the code.
static NO_WAY: Outcome = Outcome {
    screen: Screen::Message(FAILED, UNREACHABLE),
    can_retry: true,
    log: &[],
    identity: Stored::Nothing,
    session: false,
    visits: 1,
    exchanges: 0,
    userinfos: 0,
};

static FOREIGN_ANSWER: Outcome = Outcome {
    screen: Screen::Message(FAILED, GARBLED),
    ..NO_WAY
};

/// The proxy has done its work, and the browser knows nothing of it.
static ANSWER_LOST: Outcome = Outcome {
    identity: Stored::Identity,
    exchanges: 1,
    ..NO_WAY
};

/// The headers arrived, the session's cookie among them.
static HALF_AN_ANSWER: Outcome = Outcome {
    screen: Screen::Message(FAILED, GARBLED),
    session: true,
    ..ANSWER_LOST
};

static SIGNED_IN: Outcome = Outcome {
    screen: Screen::Profile(None),
    can_retry: false,
    session: true,
    ..ANSWER_LOST
};

/// The code is spent and nobody noted whose it was.
static NOT_NOTED: Outcome = Outcome {
    screen: Screen::Message(FAILED, INTERNAL),
    log: &["ERROR answered 500 internal"],
    identity: Stored::Nothing,
    ..ANSWER_LOST
};

static NOT_NOTED_IN_TIME: Outcome = Outcome {
    log: &["ERROR answered 503 internal"],
    ..NOT_NOTED
};

/// Somebody with a session, which stays; nobody goes to WeChat.
static STILL_SIGNED_IN: Outcome = Outcome {
    visits: 0,
    exchanges: 0,
    ..SIGNED_IN
};

static NO_START: Outcome = Outcome {
    screen: Screen::Message(FAILED, UNREACHABLE),
    can_retry: true,
    ..STILL_SIGNED_IN
};

static FOREIGN_START: Outcome = Outcome {
    screen: Screen::Message(FAILED, GARBLED),
    ..NO_START
};

static ORDERS: Outcome = Outcome {
    screen: Screen::Orders("还没有订单"),
    ..STILL_SIGNED_IN
};

static NO_ORDERS: Outcome = Outcome {
    screen: Screen::Orders("订单没有加载成功 连接不上服务器。请检查网络后重试。"),
    ..NO_START
};

static FOREIGN_ORDERS: Outcome = Outcome {
    screen: Screen::Orders("订单没有加载成功 服务器暂时无法提供服务，请稍后重试。"),
    ..NO_START
};

static UNREADABLE_ORDERS: Outcome = Outcome {
    screen: Screen::Orders(
        "订单没有加载成功 服务器出错了，请稍后重试；如仍失败，请把编号告诉工作人员。",
    ),
    log: &["ERROR answered 500 internal"],
    ..NO_START
};

/// The fault, in words, and what it comes to at the exchange, at the start and at the orders.
type Row = (GatewayFault, &'static str, [&'static Outcome; 3]);

static GATEWAY: &[Row] = &[
    (
        GatewayFault::Reset,
        "the connection closes before the proxy sees the request",
        [&NO_WAY, &NO_START, &NO_ORDERS],
    ),
    (
        GatewayFault::AnswerLost,
        "the connection closes before the proxy's answer",
        [&ANSWER_LOST, &NO_START, &NO_ORDERS],
    ),
    (
        GatewayFault::ErrorPage(502),
        "a gateway's page, status 502",
        [&FOREIGN_ANSWER, &FOREIGN_START, &FOREIGN_ORDERS],
    ),
    (
        GatewayFault::ErrorPage(413),
        "a gateway's page, status 413",
        [&FOREIGN_ANSWER, &FOREIGN_START, &FOREIGN_ORDERS],
    ),
    (
        GatewayFault::ForeignPage,
        "a page of HTML, status 200",
        [&FOREIGN_ANSWER, &FOREIGN_START, &FOREIGN_ORDERS],
    ),
    (
        GatewayFault::Empty,
        "an empty body, status 200",
        [&FOREIGN_ANSWER, &FOREIGN_START, &FOREIGN_ORDERS],
    ),
    (
        GatewayFault::Half,
        "half the proxy's answer",
        [&HALF_AN_ANSWER, &FOREIGN_START, &FOREIGN_ORDERS],
    ),
    (
        GatewayFault::Silence,
        "no answer for 25 s",
        [&NO_WAY, &NO_START, &NO_ORDERS],
    ),
    (
        GatewayFault::Late(1000),
        "the proxy's answer, 1 s late",
        [&SIGNED_IN, &STILL_SIGNED_IN, &ORDERS],
    ),
];

/// The database's faults, in words, where they strike and what they come to.
static DATABASE: &[(Strike, &str, Step, &Outcome)] = &[
    (
        Strike::NoTables,
        "the database has lost its tables",
        Step::Exchange,
        &NOT_NOTED,
    ),
    (
        Strike::NoTables,
        "the database has lost its tables",
        Step::Bootstrap,
        &STILL_SIGNED_IN,
    ),
    (
        Strike::NoTables,
        "the database has lost its tables",
        Step::Records,
        &UNREADABLE_ORDERS,
    ),
    (
        Strike::LockedDatabase,
        "the database takes no writes for longer than 5 s",
        Step::Exchange,
        &NOT_NOTED_IN_TIME,
    ),
    (
        Strike::LockedDatabase,
        "the database takes no writes",
        Step::Bootstrap,
        &STILL_SIGNED_IN,
    ),
    (
        Strike::LockedDatabase,
        "the database takes no writes",
        Step::Records,
        &ORDERS,
    ),
];

/// All of them at this step.
pub(super) fn cells(step: Step) -> Vec<Cell> {
    let place = match step {
        Step::Exchange | Step::Userinfo => 0,
        Step::Bootstrap => 1,
        Step::Records => 2,
    };
    let gateway = GATEWAY.iter().map(|(fault, words, outcomes)| Cell {
        step,
        words: (*words).to_owned(),
        strike: Strike::Gateway(*fault),
        advice: None,
        outcome: outcomes[place],
    });
    let here = DATABASE.iter().filter(|row| row.2 == step);
    let database = here.map(|(strike, words, _, outcome)| Cell {
        step,
        words: (*words).to_owned(),
        strike: strike.clone(),
        advice: None,
        outcome,
    });
    gateway.chain(database).collect()
}
