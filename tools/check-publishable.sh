#!/bin/sh
# Whether crates can be published and build with the oldest Rust they promise: `tools/check-publishable.sh wechat-oauth`.
#
# Before a release, not in `make test`: it downloads a toolchain, and the versions of the dependencies that this
# toolchain can build. Publishes nothing.
set -eu

for crate in "$@"; do
    cargo publish --dry-run --locked --package "$crate"
    oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "crates/$crate/Cargo.toml")
    folder=$(mktemp -d)
    cp -r target/package/"$crate"-[0-9]*/. "$folder"
    # The lock file is of the newest dependencies; whoever has an old Rust gets older ones.
    rm -f "$folder/Cargo.lock"
    rustup toolchain install --profile minimal "$oldest"
    cargo "+$oldest" check --manifest-path "$folder/Cargo.toml"
    cargo "+$oldest" check --manifest-path "$folder/Cargo.toml" --all-features
    rm -r "$folder"
done
