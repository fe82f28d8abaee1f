#!/bin/sh
# rustc for our own crates, with a counter for every branch: what libFuzzer is guided by. The flags are those of LLVM's
# SanitizerCoverage and need no nightly compiler; there is no sanitizer, for none of our crates has unsafe code.
# A little optimisation is several times as many inputs; overflows and assertions are checked all the same.
exec "$@" -Copt-level=1 -Cdebug-assertions=on -Coverflow-checks=on \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
