#!/bin/sh
# Whether crates can be published together, build with the oldest Rust they promise, and run where no checkout is:
# `tools/check-publishable.sh wechat-oauth wechat-simulator`. Those that need one another go into one call.
#
# Before a release, not in `make test`: it downloads toolchains, and the versions of the dependencies that they can
# build. Publishes nothing.
set -eu

packages=$(printf -- '--package %s ' "$@")
# shellcheck disable=SC2086 # several words
cargo publish --dry-run --locked $packages
published=$(mktemp -d)
for crate in "$@"; do
    cp -r target/package/"$crate"-[0-9]*[0-9] "$published/$crate"
    # The lock file is of the newest dependencies; whoever has an old Rust gets older ones.
    rm -f "$published/$crate/Cargo.lock"
done

for crate in "$@"; do
    # What the registry does not have yet.
    others=$(for other in "$@"; do
        test "$other" = "$crate" || printf -- '--config patch.crates-io.%s.path="%s" ' "$other" "$published/$other"
    done)
    oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$published/$crate/Cargo.toml")
    rustup toolchain install --profile minimal "$oldest"
    (
        cd "$published/$crate"
        # shellcheck disable=SC2086
        cargo "+$oldest" check $others
        # shellcheck disable=SC2086
        cargo "+$oldest" check --all-features $others
        test ! -f src/main.rs ||
            # shellcheck disable=SC2086
            cargo "+$oldest" install --debug --path . --root "$published/installed" $others
    )
done

# Programs read nothing of their sources when they run.
for crate in "$@"; do
    rm -r "${published:?}/$crate"
done
for program in "$published"/installed/bin/*; do
    test ! -x "$program" || (cd / && "$program" --version)
done
rm -r "$published"
