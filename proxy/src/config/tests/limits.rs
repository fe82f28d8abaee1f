//! `[limits]` and the two settings about the end.

use std::time::Duration;

use super::samples::SECRETS;
use super::{parse, sample};

#[test]
fn limits_have_defaults_and_each_can_be_set() {
    let limits = parse(&sample()).unwrap().limits;
    let per_minute = [
        limits.exchanges_per_client,
        limits.exchanges,
        limits.writes_per_user,
    ];
    assert_eq!(
        per_minute.map(std::num::NonZeroU32::get),
        [600, 12_000, 300]
    );
    assert_eq!((limits.requests_at_once, limits.connections), (4000, 8000));

    let own = "[limits]\nexchanges_per_client_per_minute = 1\nexchanges_per_minute = 2\nwrites_per_user_per_minute = 3\n\
         requests_at_once = 4\nconnections = 8\n";
    let limits = parse(&format!("{}\n{own}", sample())).unwrap().limits;
    assert_eq!(limits.exchanges_per_client.get(), 1);
    assert_eq!(limits.exchanges.get(), 2);
    assert_eq!(limits.writes_per_user.get(), 3);
    assert_eq!(limits.requests_at_once, 4);
    assert_eq!(limits.connections, 8);
}

#[test]
fn the_end_takes_as_long_as_it_is_given() {
    let with = |lines: &str| format!("{lines}\n{}", sample());
    let shutdown = |toml: &str| parse(toml).unwrap().shutdown;
    let usual = shutdown(&sample());
    assert_eq!(usual.delay, Duration::from_secs(5));
    assert_eq!(usual.limit, Duration::from_secs(20));
    let short = shutdown(&with(
        "shutdown_delay_seconds = 2\nshutdown_limit_seconds = 3",
    ));
    assert_eq!(short.delay, Duration::from_secs(2));
    assert_eq!(short.limit, Duration::from_secs(3));
}

#[test]
fn with_a_simulator_nobody_is_waited_for_unless_asked() {
    let with = |lines: &str| format!("{lines}\nsimulator = true\n{}", sample());
    assert_eq!(parse(&with("")).unwrap().shutdown.delay, Duration::ZERO);
    let asked = parse(&with("shutdown_delay_seconds = 1")).unwrap();
    assert_eq!(asked.shutdown.delay, Duration::from_secs(1));
}

#[test]
fn the_example_shows_the_defaults() {
    let example = include_str!("../../../proxy.example.toml");
    let keys = [
        "shutdown_",
        "[limits]",
        "exchanges_per_",
        "writes_per_user",
        "requests_at_once",
        "connections",
    ];
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if keys.iter().any(|key| rest.starts_with(key)) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let example: String = example.lines().map(uncommented).collect();
    let shown = super::parse_with(&example, &SECRETS).unwrap();
    let usual = parse(&sample()).unwrap();
    assert_eq!(format!("{:?}", shown.limits), format!("{:?}", usual.limits));
    assert_eq!(shown.shutdown, usual.shutdown);
    assert!(
        example.contains("\nconnections = 8000\n") && example.contains("\nshutdown_limit_seconds")
    );
}
