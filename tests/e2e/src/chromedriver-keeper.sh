# chromedriver on a port of its own choice, until standard input ends: then its Chromium is ended first, and nothing is
# left of either. Says what chromedriver says.
set -eu
command -v chromedriver >/dev/null
folder=$(mktemp -d)
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
# Chromium leaves files behind when it is stopped in the middle of something.
TMPDIR=$folder chromedriver --port=0 &
driver=$!
# Only the driver writes there from now on, so that whoever reads learns of its end.
exec >/dev/null
while read -r _; do :; done
# By their profiles and not by their parents: Debian's headless shell is the child of a script, which the driver ends before
# it, and a Chromium with a service worker takes its time.
browsers() {
    ps -A -o pid= -o args= | awk -v folder="$folder" 'index($0, folder) && !/awk -v/ { print $1 }'
}
kill $(browsers) 2>/dev/null || true
tries=0
while [ $tries -lt 50 ] && [ -n "$(browsers)" ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill $driver 2>/dev/null || true
wait $driver || true
kill -9 $(browsers) 2>/dev/null || true
