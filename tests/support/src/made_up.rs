//! What tests make up: the same every time, or by `WECHAT_LOGIN_FUZZ_SEED`, which `make fuzz` sets to another each time.

use proptest::test_runner::{Config, RngSeed, TestRunner};

const SEED: &str = "WECHAT_LOGIN_FUZZ_SEED";

/// In place of proptest's own, which begins somewhere else at every start.
pub fn runner() -> TestRunner {
    let seed = std::env::var(SEED).ok().filter(|it| !it.is_empty());
    let seed = seed.map_or(20_261_123, |it| it.parse().expect(SEED));
    TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    })
}
