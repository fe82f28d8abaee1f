//! A backend behind a real nginx, configured as documented: whom it trusts, and what never reaches it.
fn main() {}
