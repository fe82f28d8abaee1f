//! libFuzzer around one target, the one that `WECHAT_LOGIN_FUZZ_TARGET` names. Started by `cargo xtask fuzz`.

#![no_main]

use std::sync::OnceLock;

use fuzz::{Target, targets};

static TARGET: OnceLock<Target> = OnceLock::new();

fn target() -> Target {
    let name = std::env::var("WECHAT_LOGIN_FUZZ_TARGET").unwrap_or_default();
    match targets::named(&name) {
        Some(target) => target,
        None => panic!("WECHAT_LOGIN_FUZZ_TARGET is {name:?}, which is no target"),
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    (TARGET.get_or_init(target).run)(input);
});
