#!/bin/sh
# Builds the first stage of the page for trunk, which has this as a hook: target/first-stage.base64.
set -e
cd "$(dirname "$0")/../.."
# Said on the command line, so that no configuration of the user's has another one.
folder=${CARGO_TARGET_DIR:-target}
cargo build --target-dir "$folder" --quiet --locked --package wechat-login-first-stage --lib --target wasm32-unknown-unknown --profile wasm-release
mkdir -p target
# Whoever builds at the same time never reads half of it.
new=target/first-stage.$$
base64 < "$folder/wasm32-unknown-unknown/wasm-release/first_stage.wasm" > $new.lines
tr -d '\n' < $new.lines > $new
rm $new.lines
mv $new target/first-stage.base64
