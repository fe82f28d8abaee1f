//! Figures as documents tell them: medians, tables, a picture, and where, when and of what they are.

pub mod chart;
pub mod document;
pub mod latency;
pub mod machine;
pub mod provenance;
pub mod spread;
pub mod table;
