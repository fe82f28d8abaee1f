# Runs a server until standard input ends. Arguments: the server and its own ones. The folder it runs in is its own. Says
# "ready" once it listens, which is when it writes its pid.
set -eu
trap : INT TERM
"$@" >>error.log 2>&1 &
server=$!
tries=0
until [ -s server.pid ]; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
        kill $server 2>/dev/null || true
        exit 1
    fi
    sleep 0.02
done
echo ready
cat >/dev/null || true
kill $server
wait $server || true
