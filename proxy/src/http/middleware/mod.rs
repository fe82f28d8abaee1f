//! What every request passes, from the outside to the inside: `prefix` (the path of `public_url`, taken off), `observe`
//! (request id, log, metrics, the envelope around errors, the headers of every response), `cors`, `admit` (is there room, and a plain path), then by scope
//! `cross_site` or `service_key`.

pub(crate) mod admit;
pub(crate) mod cors;
pub(crate) mod cross_site;
pub(crate) mod hold_body;
pub(crate) mod observe;
mod prefix;
pub(crate) mod request_id;
pub mod security_headers;
pub(crate) mod service_key;
