//! Pieces that several pages are made of.

pub mod avatar;
pub mod copy_button;
pub mod loading;
pub mod message;
pub mod title;
