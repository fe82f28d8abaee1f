#!/bin/bash
# pgpool-II 4.3.5 (Debian 12's package) before one PostgreSQL 16 server, with backend_clustering_mode = 'raw', the mode for
# one server or several without replication; everything else at its default.
#
# pgbench inserts ten rows, a transaction each, by the simple protocol and then by the extended one, which most drivers use
# for statements with parameters. No statement is in a transaction block of the client's.
#
# Expected: ten transactions and ten rows each time, as without pgpool and as with 'streaming_replication' in its place.
# Seen:     by the simple protocol that is so. By the extended one pgpool sends a BEGIN of its own before the first INSERT,
#           which the server's log shows, and no COMMIT. The INSERT is acknowledged; the state that comes with it says "in a
#           transaction", at which pgbench stops after one of ten. Once it has left, no row is there. A driver that does not
#           look at that state goes on, and what it was told is written is lost with the session.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Debian 12 on x86-64 with apt's and pip's registries.
set -u
folder=$(mktemp -d) && cd "$folder" && chmod 755 . || exit 2
server= pooler=
end() {
    [ -z "$pooler" ] || { kill -INT "$pooler"; wait "$pooler"; } 2>/dev/null
    [ -z "$server" ] || { kill -INT "$server"; wait "$server"; } 2>/dev/null
    rm -rf "$folder"
}
trap end EXIT
python3 -m venv v && v/bin/pip install --quiet --disable-pip-version-check pgserver==0.1.4 || exit 2
apt-get -qq download pgpool2=4.3.5-1+deb12u1 libpgpool2=4.3.5-1+deb12u1 libmemcached11=1.1.4-1 libhashkit2=1.1.4-1 2>/dev/null || exit 2
for package in *.deb; do dpkg -x "$package" p || exit 2; done
export LD_LIBRARY_PATH=$folder/p/usr/lib/x86_64-linux-gnu
bin=$(echo "$folder"/v/lib/python3*/site-packages/pgserver/pginstall/bin)
# PostgreSQL does not run as root.
mkdir d && { [ "$(id -u)" != 0 ] || chown nobody d; } && cd d || exit 2
as_user() { if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else exec "$@"; fi; }
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
direct=$(port) pooled=$(port) control=$(port)
(as_user "$bin/initdb" -D data -U postgres --auth=trust --locale=C >/dev/null) || exit 2
(as_user "$bin/postgres" -D data -h 127.0.0.1 -p "$direct" -k '' -c log_statement=all) >>server.log 2>&1 &
server=$!
up() { for _ in $(seq 100); do "$bin/pg_isready" -q -U postgres -h 127.0.0.1 -p "$1" && return; sleep 0.2; done; cat ./*.log; exit 2; }
ask() { "$bin/psql" -h 127.0.0.1 -p "$direct" -U postgres -qAtc "$1" postgres; }
up "$direct"
ask 'CREATE TABLE t (n int)' || exit 2
echo 'INSERT INTO t VALUES (1);' >insert.sql

# Prints how many of ten rows are there afterwards, and how many BEGIN the server saw.
ten_rows() {
    printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $pooled" "pcp_port = $control" "socket_dir = '$PWD'" \
        "pcp_socket_dir = '$PWD'" "pid_file_name = '$PWD/pgpool.pid'" "logdir = '$PWD'" "backend_clustering_mode = '$1'" \
        "backend_hostname0 = '127.0.0.1'" "backend_port0 = $direct" "backend_data_directory0 = '$PWD/data'" \
        "sr_check_period = 0" "num_init_children = 4" >pgpool.conf
    : >pool_hba.conf && : >pcp.conf && chmod 644 ./*.conf
    (as_user "$folder/p/usr/sbin/pgpool" -n -f pgpool.conf -F pcp.conf -a pool_hba.conf) >pgpool.log 2>&1 &
    pooler=$!
    up "$pooled"
    ask 'TRUNCATE t' && : >server.log
    "$bin/pgbench" -n -h 127.0.0.1 -p "$pooled" -U postgres -f insert.sql -t 10 -M "$2" postgres 2>&1 |
        sed -n "s|^number of transactions actually processed: |$1, $2: transactions |p"
    kill -INT "$pooler" && wait "$pooler"
    pooler=
    rows=$(ask 'SELECT count(*) FROM t') begins=$(grep -c 'LOG: .*: BEGIN$' server.log)
    echo "$1, $2: $rows rows, $begins BEGIN by pgpool"
}
ten_rows streaming_replication extended && right=$rows
ten_rows raw simple && simple=$rows
ten_rows raw extended
[ "$right" = 10 ] && [ "$simple" = 10 ] && [ "$rows" = 0 ] && [ "$begins" -gt 0 ]
