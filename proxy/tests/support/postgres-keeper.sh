# A PostgreSQL server of our own, on a socket in a temporary folder, until standard input ends.
# Arguments: the folder of PostgreSQL's programs, then options of the server. Says its own folder once the server
# answers. At the end the server is told to drop everything (SIGQUIT): nobody will read its files again.
set -eu
programs=$1
shift
folder=$(mktemp -d)
cd "$folder"
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
"$programs/initdb" -D data -A trust -U postgres -E UTF8 --no-locale --no-sync >log 2>&1 || { cat log >&2; exit 1; }
"$programs/postgres" -D data -k "$folder" -c listen_addresses= "$@" >>log 2>&1 &
server=$!
tries=0
until "$programs/pg_isready" -q -h "$folder"; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server; then
        cat log >&2
        kill -QUIT $server
        exit 1
    fi
    sleep 0.05
done
echo "$folder"
cat >/dev/null || true
kill -QUIT $server
wait $server || true
