//! What the measurements share: how they end, and how they tell their figures.

pub mod disk;
pub mod interruption;
pub mod report;
