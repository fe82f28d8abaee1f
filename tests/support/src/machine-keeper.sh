# Boots a Debian with systemd of its own until standard input ends. Runs as the first process of new mount and process
# namespaces, so that nothing stays mounted and nobody lives on, however it ends. Arguments: an empty folder, and a name
# of its own for control groups, which the caller removes.
#
# The machine's disk is this machine's, with a memory above it that takes what is written and forgets it.
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
cd "$1/root"
# What was installed here by hand is none of its business, and no service starts but those it is told to start.
# Nor is anything to be had of Debian's that is not installed already.
rm -rf usr/local/bin etc/systemd/system/*.wants etc/rc?.d/S* var/log/journal var/lib/private var/lib/apt/lists
mkdir -p usr/local/bin
# Its own branch of this machine's control groups: two machines at once would take each other's processes for theirs.
for hierarchy in $(findmnt --noheadings --output TARGET --types cgroup2) \
    $(findmnt --noheadings --output TARGET --types cgroup --options name=systemd); do
    branch="$hierarchy/$2"
    mkdir "$branch"
    echo $$ >"$branch/cgroup.procs"
done
# systemd-nspawn would read it.
exec 3<&0 </dev/null
systemd-nspawn --quiet --directory="$1/root" --private-network --register=no --keep-unit --boot --link-journal=no \
    --console=pipe --hostname=shop --tmpfs=/root --tmpfs=/tmp:mode=1777 systemd.unit=multi-user.target >&2 &
cat <&3 >/dev/null || true
