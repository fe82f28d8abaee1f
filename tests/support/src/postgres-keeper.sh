# A PostgreSQL server of our own, on a socket in a temporary folder, until standard input ends.
# Arguments: the folder of PostgreSQL's programs, then options of the server. Says its own folder once the server
# answers. At the end the server is told to drop everything (SIGQUIT): nobody will read its files again.
# Two words on standard input, for those who want to see it die: "kill" ends it and all its processes with SIGKILL,
# "start" starts it again on what it left.
set -eu
programs=$1
shift
folder=$(mktemp -d)
cd "$folder"
trap : INT TERM
trap 'rm -rf "$folder"' EXIT
"$programs/initdb" -D data -A trust -U postgres -E UTF8 --no-locale --no-sync >log 2>&1 || { cat log >&2; exit 1; }

# Starts it and waits until it answers.
start() {
    "$programs/postgres" -D data -k "$folder" -c listen_addresses= "$@" >>log 2>&1 &
    server=$!
    tries=0
    until "$programs/pg_isready" -q -h "$folder"; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
            kill -QUIT $server 2>/dev/null || true
            wait $server || true
            return 1
        fi
        sleep 0.05
    done
}

start "$@" || { cat log >&2; exit 1; }
echo "$folder"
while read -r word; do
    case $word in
    kill)
        # Stopped first, so that it cannot replace those of its processes that end before it.
        kill -STOP $server
        children=$(ps -A -o pid= -o ppid= | awk -v parent=$server '$2 == parent { print $1 }')
        kill -KILL $children $server 2>/dev/null || true
        # The shell would say "Killed".
        { wait $server || true; } 2>/dev/null
        ;;
    start)
        # As long as one of them is still dying, PostgreSQL refuses to start.
        again=0
        until start "$@" || [ $again -gt 50 ]; do
            again=$((again + 1))
            sleep 0.1
        done
        ;;
    esac
done
kill -QUIT $server 2>/dev/null || true
wait $server || true
