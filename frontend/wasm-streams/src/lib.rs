//! Stands in for the crate `wasm-streams`, by `[patch.crates-io]` in the workspace's `Cargo.toml`.
//!
//! leptos always brings its server functions, and they bring that crate for bodies that are streams. This app has no
//! server functions; but the crate's callbacks are exported to JavaScript, so no linker can drop them, and every phone
//! would load 5 KB (brotli) that nothing calls. Whoever adds a server function with a stream removes the patch.
//!
//! What is here is what server_fn 0.8 names, and it fails at once instead of pretending.

use futures_util::stream::{self, Stream};
use js_sys::wasm_bindgen::JsValue;

const UNUSED: &str =
    "the app has no server functions; remove the patch of wasm-streams from Cargo.toml";

/// A stream of the browser that cannot be read or written from Rust here.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes a stream of the browser.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Gives the stream of the browser back.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Would make a stream of the browser.
    ///
    /// # Panics
    /// Always.
    pub fn from_stream<S>(_: S) -> Self
    where
        S: Stream<Item = Result<JsValue, JsValue>>,
    {
        panic!("{UNUSED}")
    }

    /// A stream with nothing in it but the reason.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::iter([Err(JsValue::from_str(UNUSED))])
    }
}
