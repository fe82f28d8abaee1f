//! How the program ends, and what that means for those who use it: real processes, real signals.

mod durability;
mod end;
mod gated_wechat;
mod key_rotation;
mod restart;
pub(crate) mod site;
