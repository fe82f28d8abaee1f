#!/bin/sh
# trunk 0.21.14: `trunk serve` with a `[[proxy]]` whose back end is not running answers 500 with an empty body, where a
# gateway that cannot reach its server answers 502 (RFC 9110, 15.6.3). A page that asks its API through it cannot tell a
# back end that was not started from one that broke.
# Needs cargo, a C compiler and curl. Exits 0 as long as it is so, and 1 once it answers otherwise.
set -eu

version=0.21.14
folder=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

CARGO_PROFILE_DEV_DEBUG=0 cargo install trunk --version "=$version" --locked --no-default-features --debug --quiet \
    --root "$folder/tools" --target-dir "$folder/target"

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
port=$(free_port)
nobody=$(free_port)

mkdir "$folder/site"
cd "$folder/site"
echo '<!DOCTYPE html><html><head><title>A page</title></head><body></body></html>' > index.html
cat > Trunk.toml <<TOML
[serve]
port = $port
addresses = ["127.0.0.1"]
disable_address_lookup = true

[[proxy]]
backend = "http://127.0.0.1:$nobody/api"
no_system_proxy = true
TOML

env -u NO_COLOR -u RUST_BACKTRACE "$folder/tools/bin/trunk" serve > "$folder/log" 2>&1 &
server=$!
tries=0
until curl --silent --fail --noproxy '*' --header 'Accept: text/html' "http://127.0.0.1:$port/" > /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$folder/log"; exit 1; }
    sleep 0.2
done

echo "trunk $version, GET /api/anything, nothing listening where the back end should be"
echo "expected: 502, and a word about what is missing"
seen=$(curl --silent --noproxy '*' --output "$folder/body" --write-out '%{http_code}, %{size_download} bytes' \
    "http://127.0.0.1:$port/api/anything")
echo "seen:     $seen"
[ "$seen" = "500, 0 bytes" ]
