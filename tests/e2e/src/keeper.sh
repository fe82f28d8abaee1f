# A browser or its driver, until standard input ends: then the browsers of a driver are ended first, and nothing is left of
# either. Says what it says. What it leaves in $TMPDIR goes with it.
set -eu
command -v "$1" >/dev/null
folder=$(mktemp -d)
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
# Browsers leave files behind when they are stopped in the middle of something.
TMPDIR=$folder "$@" 2>&1 &
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
# One that hangs at its end is ended all the same.
{ sleep 2 && kill -9 $driver $(browsers); } 2>/dev/null &
last=$!
wait $driver || true
kill $last 2>/dev/null || true
kill -9 $(browsers) 2>/dev/null || true
