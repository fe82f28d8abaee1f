//! Pieces that several pages are made of.

pub mod avatar;
pub mod loading;
pub mod message;
