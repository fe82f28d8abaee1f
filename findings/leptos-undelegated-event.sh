#!/bin/sh
# leptos_macro 0.8.20 knows the modifier `:undelegated` of an event listener (src/view/mod.rs), and writes for it a
# path that tachys 0.2.19, the crate it is locked with, does not have: the smallest component that uses it does not compile.
# Versions: leptos 0.8.23 (leptos_macro 0.8.20, tachys 0.2.19). Needs cargo. Exits 0 as long as it is so, and 1 once it
# compiles, or fails otherwise.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "undelegated"
version = "0.0.0"
edition = "2021"

[dependencies]
leptos = { version = "=0.8.23", default-features = false, features = ["csr"] }
leptos_macro = "=0.8.20"
tachys = "=0.2.19"
TOML

component() {
    cat > src/lib.rs <<RUST
use leptos::prelude::*;

#[component]
pub fn Button() -> impl IntoView {
    view! { <button $1=move |_| ()>"Order"</button> }
}
RUST
}

component on:click
echo "on:click, expected to compile:"
cargo check --quiet
echo "  it does"

component on:click:undelegated
echo "on:click:undelegated, expected to compile, too:"
if cargo check --quiet --message-format short > output 2>&1; then
    echo "  it does now: this has been mended"
    exit 1
fi
grep -q undelegated output || { cat output; exit 1; }
sed -n 's/^src/  src/p' output | head -3
echo "  it does not"
