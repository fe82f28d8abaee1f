//! The stack that the module has: a page of memory is more than it needs, and wasm-ld's default are sixteen.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size=16384");
    }
}
