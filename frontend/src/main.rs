//! Entry of the WASM.

fn main() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    wechat_login_frontend::app::mount();
}
