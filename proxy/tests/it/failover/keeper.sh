# The members of a cluster, each in a folder of its own below a temporary one, until standard input ends. Says the folder;
# each line of standard input then names a member, whose script `run` is started in its folder.
# At the end all processes that run in these folders end, and the folder goes.
set -eu
folder=$(mktemp -d)
cd "$folder"
# As /proc has it.
folder=$(pwd -P)
# HUP comes where one of those below is frozen when the test ends.
trap : HUP INT TERM
trap 'rm -rf "$folder"' EXIT
echo "$folder"
while read -r member; do
    (cd "$member" && HOME=$PWD exec sh ./run >>log 2>&1 </dev/null) &
done

# Sends a signal to all that run where this pattern leads. Fails when there are none.
signal() {
    processes=$(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$2" 2>/dev/null | tr -dc '0-9\n')
    [ -n "$processes" ] || return 1
    kill "-$1" $processes 2>/dev/null || true
}

# Whoever would start PostgreSQL again goes first. Told to drop everything, it gives its shared memory back.
for member in etcd haproxy 0 1 2; do
    signal KILL "$folder/$member" || true
done
signal QUIT "$folder/*" || true
tries=0
while signal CONT "$folder/*"; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || signal KILL "$folder/*" || true
    sleep 0.1
done
# What was killed did not.
for pid_file in */data/postmaster.pid; do
    [ -f "$pid_file" ] || continue
    segment=$(sed -n '7s/.* //p' "$pid_file")
    [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null || true
done
