//! Caddy with the packed files.
