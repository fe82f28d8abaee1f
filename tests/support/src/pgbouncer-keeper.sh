# A PgBouncer of our own, on a socket in a temporary folder, until standard input ends.
# Arguments: PgBouncer, the folder of PostgreSQL's socket, and lines for its configuration. Says its own folder once it
# answers.
set -eu
folder=$(mktemp -d)
cd "$folder"
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
cat >pgbouncer.ini <<END
[databases]
* = host=$2
[pgbouncer]
listen_port = 6432
listen_addr =
unix_socket_dir = $folder
auth_type = trust
auth_file = users.txt
$3
END
printf '"postgres" ""\n"visitor" ""\n' >users.txt
"$1" pgbouncer.ini >log 2>&1 &
pooler=$!
tries=0
until [ -S .s.PGSQL.6432 ]; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $pooler 2>/dev/null; then
        cat log >&2
        exit 1
    fi
    sleep 0.02
done
echo "$folder"
cat >/dev/null || true
# Newer ones would wait for all clients to leave, at any other signal.
kill -KILL $pooler
{ wait $pooler || true; } 2>/dev/null
