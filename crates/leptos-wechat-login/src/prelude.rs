//! `leptos::prelude`; with the feature `lean` with elements that weigh less.

pub use leptos::prelude::*;

#[cfg(feature = "lean")]
#[rustfmt::skip]
pub use crate::lean::{
    // Each name hides a trait of leptos that has the same methods.
    Attributes, Attributes as AriaAttributes, Attributes as ClassAttribute, Attributes as GlobalAttributes,
    Parts, Parts as CustomAttribute, Parts as ElementChild, Parts as NodeRefAttribute, Parts as OnAttribute,
};
