//! Acknowledged writes survive the sudden end of the process.
