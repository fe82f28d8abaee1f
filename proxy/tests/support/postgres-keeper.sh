# A PostgreSQL server for tests, on a socket in a temporary folder of its own, until standard input ends.
# Argument: the folder of PostgreSQL's programs. Says its own folder once the server answers.
# Nothing is written through to the disk: what tests prove does not depend on it.
set -eu
programs=$1
folder=$(mktemp -d)
cd "$folder"
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
"$programs/initdb" -D data -A trust -U postgres -E UTF8 --no-locale --no-sync >log 2>&1 || { cat log >&2; exit 1; }
"$programs/postgres" -D data -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=400 >>log 2>&1 &
server=$!
tries=0
until "$programs/pg_isready" -q -h "$folder"; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server; then
        cat log >&2
        kill -INT $server
        exit 1
    fi
    sleep 0.05
done
echo "$folder"
cat >/dev/null || true
kill -INT $server
wait $server || true
