//! That a server does what is measured, before it is.

use anyhow::{Context, ensure};

use crate::connection::Connection;
use crate::contender::{Contender, Running};
use crate::requests::{self, Requests};
use crate::scenario::Scenario;

/// Users that are signed in where a session is needed.
pub(crate) const USERS: u64 = 500;

/// Codes beyond those that a measurement comes to.
const FIRST_CODE: u64 = 1 << 40;

/// The requests of `scenario`, for users who are signed in and have what it needs, and of which one was answered as
/// it should be.
///
/// # Errors
/// When the server answers something else.
pub(crate) async fn requests(
    contender: Contender,
    running: &Running,
    scenario: Scenario,
) -> anyhow::Result<Requests> {
    let new = |scenario, cookies| {
        let path = contender.path(scenario);
        Requests::new(running.address, scenario, path, cookies)
    };
    let mut connection = Connection::new(running.address);
    let exchange = new(Scenario::Exchange, Vec::new());
    let users = if contender.is_ours() && scenario != Scenario::Exchange {
        USERS
    } else {
        1
    };
    let mut cookies = Vec::new();
    for user in 0..users {
        let number = FIRST_CODE + user;
        let (body, cookie) = ask(&mut connection, &exchange, number).await?;
        if contender != Contender::Nginx {
            let openid = format!("\"o{}\"", requests::code(number));
            ensure!(
                body.contains(&openid) && body.contains("山茶花开的小明"),
                "the exchange gave no session of the code's user: {body}"
            );
        }
        // Nobody is signed in at nginx.
        let is_wanted = contender != Contender::Nginx;
        ensure!(cookie.is_some() || !is_wanted, "the exchange set no cookie");
        cookies.extend(cookie);
    }
    if scenario == Scenario::Exchange {
        return Ok(exchange);
    }
    // Every user with every record.
    if scenario == Scenario::Put || scenario == Scenario::List {
        let put = new(Scenario::Put, cookies.clone());
        for number in 0..users * requests::RECORDS_OF_A_USER {
            ask(&mut connection, &put, number).await?;
        }
    }
    let measured = new(scenario, cookies);
    let (body, _) = ask(&mut connection, &measured, 0).await?;
    if scenario == Scenario::List {
        let records = body.matches("\"state\":\"paid\"").count() as u64;
        ensure!(
            records == requests::RECORDS_OF_A_USER,
            "a list of {records} records"
        );
    }
    Ok(measured)
}

/// The body of the answer, and the cookie it sets.
async fn ask(
    connection: &mut Connection,
    requests: &Requests,
    number: u64,
) -> anyhow::Result<(String, Option<String>)> {
    let mut request = Vec::new();
    requests.write(number, &mut request);
    let answer = connection.ask(&request).await?;
    let body = std::str::from_utf8(connection.body(answer)).context("not UTF-8")?;
    ensure!(
        requests.expects(answer.status),
        "status {}: {body}",
        answer.status
    );
    Ok((body.to_owned(), connection.cookie(answer)))
}
