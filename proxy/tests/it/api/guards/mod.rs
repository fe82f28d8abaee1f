//! Guards in their order: what the first refuses costs nothing at the second, reaches nothing behind it, and who is
//! refused by both is told what the first says.

mod ask;
mod lines;
mod table;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use crate::support::*;
use ask::document;
use table::{Guard, OPERATIONS, Operation};
use world::World;

#[actix_web::test]
async fn every_pair_of_guards_on_every_route_keeps_its_order() {
    // Those that wait for bodies wait at the same time.
    let (slow, quick): (Vec<_>, Vec<_>) = OPERATIONS
        .iter()
        .partition(|operation| operation.has(Guard::TooSlow));
    let groups = slow.chunks(1).chain([&quick[..]]);
    let at_the_root = groups.map(|group| walk(group, ""));
    // The same in front of them.
    let has_prefix = |it: &&Operation| !it.has(Guard::ServiceKey);
    let below: Vec<_> = quick.iter().copied().filter(has_prefix).collect();
    join(join_all(at_the_root), walk(&below, "/h5")).await;
}

async fn walk(operations: &[&Operation], prefix: &'static str) {
    let mut world = World::start_with(|config| {
        let public_url = format!("http://127.0.0.1:8080{prefix}");
        config.public_url = config_with(NO_WECHAT, &[("PUBLIC_URL", &public_url)]).public_url;
    })
    .await;
    world.prefix = prefix;
    for operation in operations {
        walk_in(&world, operation).await;
    }
}

async fn walk_in(world: &World, operation: &Operation) {
    assert!(operation.own.is_sorted(), "{}", operation.id);
    let guards = operation.guards();
    for (index, first) in guards.iter().enumerate() {
        let alone = world.refused(operation, &[*first]).await;
        if first.is_before_counters() {
            // Limits are one a minute, and this is the same minute.
            world.assert_passes(operation, &format!("{first:?}")).await;
        }
        for second in &guards[index + 1..] {
            let both = world.refused(operation, &[*first, *second]).await;
            // `HEAD` is told no more than the status.
            if !alone.message.is_empty() {
                assert_eq!(both, alone, "{} {first:?} and {second:?}", operation.id);
            }
        }
    }
}

/// What is asked before all guards of routes: whether there is room.
#[actix_web::test]
async fn who_comes_while_there_is_too_much_is_told_only_that_and_nothing_is_counted() {
    let world = World::start_with(|config| {
        config.limits.requests_at_once = 1;
        // For the one that is held.
        config.limits.timeouts.body = Duration::from_secs(60);
    })
    .await;
    let report = operation("post_report");
    let is_probe = |id: &str| id.ends_with("_health") || id.ends_with("_readiness");
    for operation in OPERATIONS.iter().filter(|it| !is_probe(&it.id)) {
        world.as_in_the_beginning().await;
        world.under_way(0).await;
        let half = world.honest(report).half();
        let held = Wire::send(&world.proxy, half).await;
        world.under_way(1).await;
        for guard in operation.guards() {
            let mut ask = world.honest(operation);
            ask.spoil(guard);
            let said = world.send(&ask).await;
            assert_eq!(said.status, 503, "{} {guard:?}: {said:?}", operation.id);
        }
        drop(held);
        world.under_way(0).await;
        world.assert_passes(operation, "too much at once").await;
    }
}

fn operation(id: &str) -> &'static Operation {
    OPERATIONS.iter().find(|it| it.id == id).unwrap()
}

/// The log takes sixty reports a minute of all phones together.
#[actix_web::test]
async fn a_refused_report_takes_no_other_ones_place_in_the_log() {
    let world = World::start().await;
    let report = operation("post_report");
    for guard in report.guards() {
        world.refused(report, &[guard]).await;
    }
    let phone = "PhoneBehindTheGuards";
    for _ in 0..61 {
        let mut ask = world.honest(report);
        ask.set("User-Agent", phone);
        assert_eq!(world.send(&ask).await.status, 204);
    }
    assert_eq!(captured_log().matches(phone).count(), 60);
}

/// Statuses of refusals by operation, as the description has them.
fn described() -> BTreeMap<String, (String, BTreeSet<u16>)> {
    let document = document();
    let mut described = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap().keys();
            let statuses = statuses.map(|status| status.parse().unwrap());
            // 414 is a web server's in front.
            let refusals = statuses.filter(|it| (400..500).contains(it) && *it != 414);
            described.insert(
                operation["operationId"].as_str().unwrap().to_owned(),
                (format!("{method} {path}"), refusals.collect()),
            );
        }
    }
    described
}

#[test]
fn every_operation_is_in_the_table_with_every_refusal_it_is_described_with() {
    let described = described();
    let table: BTreeMap<String, BTreeSet<u16>> = OPERATIONS
        .iter()
        .map(|operation| {
            let guards = operation.own.iter().map(|guard| guard.status());
            let statuses = guards.chain(operation.of_work.iter().copied());
            (operation.id.clone(), statuses.collect())
        })
        .collect();
    let statuses = described.iter();
    let statuses = statuses.map(|(id, (_, statuses))| (id.clone(), statuses.clone()));
    assert_eq!(table, statuses.collect());
    for operation in OPERATIONS.iter() {
        let (route, _) = &described[&operation.id];
        let is_service = route.contains(" /service/");
        assert_eq!(operation.has(Guard::ServiceKey), is_service, "{route}");
        let changes = ["post ", "put ", "delete "];
        let changes = changes.iter().any(|method| route.starts_with(method));
        let is_ours = changes && !is_service;
        assert_eq!(operation.has(Guard::CrossSite), is_ours, "{route}");
    }
}
