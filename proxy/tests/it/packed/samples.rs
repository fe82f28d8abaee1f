//! That what is tested in the checkout is what is packed.
