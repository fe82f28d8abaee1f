//! The single-page app: the pages of a company that signs its people in by `leptos-wechat-login`.

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![expect(
    unreachable_pub,
    reason = "what leptos makes of a component that is not public"
)]

mod app;
mod pages;
#[cfg(test)]
mod recipes;
mod text;

/// 1.9 KB (brotli) less than the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::mount();
}
