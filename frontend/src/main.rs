//! Entry of the WASM.

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

fn main() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    wechat_login_frontend::app::mount();
}
