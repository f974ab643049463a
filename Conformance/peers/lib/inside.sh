#!/usr/bin/env bash
# The peer's init: process 1 of its namespaces. Builds the root, moves into it, starts the daemon, reaps orphans.
# Arguments: run folder, data folder, package root, product, host name.
set -euo pipefail
shopt -s inherit_errexit nullglob

PEER_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly PEER_HOME
source "$PEER_HOME/lib/common.sh"
source "$PEER_HOME/lib/catalogue.sh"
source "$PEER_HOME/lib/cgroups.sh"
source "$PEER_HOME/lib/instance.sh"

build_root() {
    mount -t overlay -o "lowerdir=$package_root,upperdir=$data/upper,workdir=$data/work" overlay "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -t sysfs -o nosuid,nodev,noexec sysfs "$root/sys"
    mount_cgroups "$root"
    mount --rbind /dev "$root/dev"
    # Podman keeps its locks in /dev/shm, so a shared one would tie peers to each other and to the host.
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5,nosuid,noexec devpts "$root/dev/pts"
    mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
    mkdir -p "$root/run/lock" "$root$run"
    mount --bind "$run" "$root$run"
    # Layers go to the disk itself: an overlay cannot be the upper layer of another.
    mkdir -p "$root$product_data"
    mount --bind "$data/storage" "$root$product_data"
}

write_configuration() {
    # No name resolves, and at once: the namespace has no way out and nothing listens here.
    printf 'nameserver 127.0.0.1\n' >"$root/etc/resolv.conf"
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 %s\n' "$host_name" >"$root/etc/hosts"
    printf '%s\n' "$host_name" >"$root/etc/hostname"
    product_configure "$root"
}

enter_root() {
    mkdir -p "$root/.host"
    cd "$root"
    pivot_root . .host
    hash -r
    umount --lazy /.host
    rmdir /.host
}

run=$1 data=$2 package_root=$3 product=$4 host_name=$5
root=$data/root
# The host's /proc is still mounted here, so this is the process id that the host knows.
read -r host_pid _ </proc/self/stat
process_identity "$host_pid" >"$run/init.new"
mv "$run/init.new" "$run/init"
load_product "$product"
build_root
write_configuration
enter_root
printf '%s\n' "$host_name" >/proc/sys/kernel/hostname
ip link set lo up
tls_folder=
[[ ! -d $run/tls ]] || tls_folder=$run/tls
(product_start "unix://$run/docker.sock" "$(tcp_url "$run")" "$tls_folder") &
wait "$!"
