//! An order system, as far as the login is concerned: it binds what people bought to their openids.
//!
//! `make dev` runs it once, so that the order page has something to show. A real one does the same two requests when
//! WeChat tells it of a payment: note the user, put the order. Both may be repeated at will.
//!
//! ```sh
//! cargo run -p order-system -- --key <service key>
//! ```

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use clap::Parser;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

/// Binds three orders on two official accounts to every person of the simulator.
#[derive(Parser)]
struct Arguments {
    /// Where the proxy answers.
    #[arg(long, default_value = "http://127.0.0.1:8081")]
    proxy: String,
    /// Where the simulated WeChat answers; it plays the payment notices.
    #[arg(long, default_value = "http://127.0.0.1:8082")]
    simulator: String,
    /// One of the proxy's service_keys.
    #[arg(long, env = "ORDER_SYSTEM_KEY", hide_env_values = true)]
    key: String,
}

/// Configured name of the account, its appid, and what people bought there: number, title, price in fen, state.
type Shop = (&'static str, &'static str, &'static [Order]);
type Order = (&'static str, &'static str, u32, &'static str);

const SHOPS: [Shop; 2] = [
    (
        "shop",
        "wx00000000000000a1",
        &[
            ("20261103-0001", "《山茶文具店》", 4500, "已签收"),
            ("20261118-0007", "手账本 × 2", 6800, "已发货"),
        ],
    ),
    (
        "cafe",
        "wx00000000000000a2",
        &[("20261120-0042", "桂花拿铁（大杯）", 3200, "待取餐")],
    ),
];

#[derive(Deserialize)]
struct Person {
    id: String,
}

/// Who somebody is under one account, as a payment notice says it.
#[derive(Deserialize)]
struct Ids {
    openid: String,
    unionid: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // Fails only if a provider is installed already, which is as good. Compiled together with the proxy, reqwest has the
    // proxy's TLS and asks for one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().no_proxy().build()?;

    let personas = format!("{}/_simulator/personas", arguments.simulator);
    let people: Vec<Person> = http.get(&personas).send().await?.json().await?;
    // New ones come last.
    if let Some(last) = people.last()
        && has_orders(&http, &arguments, &personas, last).await?
    {
        println!("the orders of {} people are there already", people.len());
        return Ok(());
    }
    for person in &people {
        let address = format!("{personas}/{}/ids", person.id);
        let ids: BTreeMap<String, Ids> = http.get(address).send().await?.json().await?;
        for (account, appid, orders) in SHOPS {
            let buyer = ids
                .get(appid)
                .context("the simulator has no such account")?;
            let user = format!(
                "{}/service/accounts/{account}/users/{}",
                arguments.proxy, buyer.openid
            );
            // With the unionid the orders of both accounts are one list from the first silent login on.
            let note = match &buyer.unionid {
                Some(unionid) => json!({ "unionid": unionid }),
                None => json!({}),
            };
            put(&http, &arguments.key, &user, &note).await?;
            for (number, title, amount, status) in orders {
                let order = json!({ "title": title, "amount": amount, "currency": "CNY", "status": status });
                put(
                    &http,
                    &arguments.key,
                    &format!("{user}/records/order/{number}"),
                    &order,
                )
                .await?;
            }
        }
    }
    println!(
        "three orders on two accounts for each of {} people",
        people.len()
    );
    Ok(())
}

/// Whether the last of a person's orders is there: everybody's are, then.
async fn has_orders(
    http: &Client,
    arguments: &Arguments,
    personas: &str,
    person: &Person,
) -> anyhow::Result<bool> {
    let address = format!("{personas}/{}/ids", person.id);
    let ids: BTreeMap<String, Ids> = http.get(address).send().await?.json().await?;
    let [_, (account, appid, orders)] = SHOPS;
    let buyer = ids.get(appid).zip(orders.last());
    let (buyer, (number, ..)) = buyer.context("the simulator has no such account")?;
    let order = format!(
        "{}/service/accounts/{account}/users/{}/records/order/{number}",
        arguments.proxy, buyer.openid
    );
    let answer = http.get(order).bearer_auth(&arguments.key).send().await;
    Ok(answer
        .map_err(|error| error.without_url())?
        .status()
        .is_success())
}

async fn put(http: &Client, key: &str, address: &str, body: &Value) -> anyhow::Result<()> {
    let answer = http.put(address).bearer_auth(key).json(body).send().await;
    // Neither the address nor the body: both tell who bought what.
    let answer = answer.map_err(|error| error.without_url())?;
    ensure!(
        answer.status().is_success(),
        "the proxy refused: {}",
        answer.text().await.unwrap_or_default()
    );
    Ok(())
}
