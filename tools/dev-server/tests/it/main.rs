//! The server on a free port, before programs that are made up here. What it does for back ends of a team is in the proxy's
//! tests, `forward_auth`, which hold it and nginx to the same.

mod app;
mod events;
mod forwarding;
mod hosts;
mod missing;
mod support;
