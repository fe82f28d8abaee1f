//! Text that must never be printed.

/// Defines a newtype over `String` without `Display` and with a `Debug` that hides the content.
///
/// What [`AppSecret`](crate::AppSecret) and the other identifiers here are made by, for secrets of your own:
/// everything that identifies a person or opens a door is such a type, so that no log line, error text or
/// assertion message can show it by accident; `expose` is the one way in and easy to search for.
#[macro_export]
macro_rules! redacted {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The content, for the one place that has to send, store or compare it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
