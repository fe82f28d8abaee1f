//! Three replicas of the real program on one PostgreSQL, behind a real nginx with the documented configuration, while
//! people log in and replicas come and go.
//!
//! `make test` runs what comes to the same every time; the kills are part of `make fuzz` for some seconds, and of
//! `make replicas` for as long as it is told, with figures.

mod disturbance;
mod doubled;
mod figures;
pub(crate) mod load;
pub(crate) mod site;
