//! What the tests of several crates stand on. Everything a test starts ends with it, however it ends. Whatever does not
//! go as it must is a panic: these are parts of tests.

pub mod addresses;
pub mod certificate;
pub mod dice;
pub mod document;
pub mod front;
mod jweixin;
pub mod kept;
pub mod machine;
pub mod made_up;
pub mod nginx;
pub mod pgbouncer;
pub mod postgres;
pub mod program;
pub mod qr;
pub mod replica;
pub mod suite_log;
pub mod text;
pub mod tinyproxy;
pub mod wire;

pub use jweixin::jweixin;
