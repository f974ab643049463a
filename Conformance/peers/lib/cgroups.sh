# shellcheck shell=bash
# A cgroup of the peer's own in every hierarchy; in version 1 below that of whoever starts it, whose limits then hold.

# cgroup_mounts: "TYPE MOUNTPOINT OPTIONS" for each cgroup hierarchy of this mount namespace (proc_pid_mountinfo(5)).
cgroup_mounts() {
    awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $(i + 1), $5, $(i + 3) }' \
        /proc/self/mountinfo
}

# parent_cgroup TYPE OPTIONS: where a new cgroup goes in the hierarchy with these super block options (cgroups(7)).
parent_cgroup() {
    local controllers path
    # In version 2 a cgroup that holds processes hands no controllers down, except the root.
    [[ $1 != cgroup2 ]] || return 0
    while IFS=: read -r _ controllers path; do
        if [[ -n $controllers && ,$2, == *,"$controllers",* ]]; then
            printf '%s\n' "${path%/}"
            return
        fi
    done </proc/self/cgroup
    return 1
}

# create_cgroups INSTANCE FILE: makes them and writes their paths to FILE, so that clean-up knows them from the start.
create_cgroups() {
    local type mountpoint options path cgroup
    while read -r type mountpoint options; do
        path=$(parent_cgroup "$type" "$options") || continue
        cgroup=$mountpoint$path/drydock-peer-$1
        printf '%s\n' "$cgroup" >>"$2"
        mkdir -p "$cgroup"
        [[ ! -e $cgroup/cpuset.cpus || $type == cgroup2 ]] || inherit_cpuset "$cgroup"
    done < <(cgroup_mounts)
}

# A new v1 cpuset is empty and takes no task until it is filled (cpuset(7)).
inherit_cpuset() {
    local file
    for file in cpuset.cpus cpuset.mems; do
        cat "$(dirname "$1")/$file" >"$1/$file"
    done
}

join_cgroups() {
    local cgroup
    while read -r cgroup; do
        printf '%s\n' "$BASHPID" >"$cgroup/cgroup.procs"
    done <"$1"
}

# mount_cgroups ROOT: the host's layout once more, each hierarchy rooted at the peer's own cgroup by its namespace.
mount_cgroups() {
    local type mountpoint options link
    if mountpoint --quiet /sys/fs/cgroup && [[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]]; then
        mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$1/sys/fs/cgroup"
        delegate_controllers "$1/sys/fs/cgroup"
        return
    fi
    mount -t tmpfs -o mode=755,nosuid,nodev,noexec tmpfs "$1/sys/fs/cgroup"
    while read -r type mountpoint options; do
        # A version 2 mount beside version 1 would put engines in a hybrid mode that few hosts have.
        [[ $type == cgroup ]] || continue
        mkdir -p "$1$mountpoint"
        mount -t cgroup -o "nosuid,nodev,noexec,$(hierarchy_options "$options")" cgroup "$1$mountpoint"
    done < <(cgroup_mounts)
    for link in /sys/fs/cgroup/*; do
        [[ ! -L $link ]] || cp --no-dereference "$link" "$1$link"
    done
}

# hierarchy_options OPTIONS: only what names the hierarchy; other flags belong to the super block and stay as they are.
hierarchy_options() {
    local option names=()
    local -a options
    IFS=, read -ra options <<<"$1"
    for option in "${options[@]}"; do
        case $option in
            rw | ro | xattr | clone_children | noprefix | release_agent=* | cpuset_v2_mode | favordynmods) ;;
            *) names+=("$option") ;;
        esac
    done
    (IFS=,; printf '%s\n' "${names[*]}")
}

# In version 2 a cgroup with tasks hands no controllers down, so the daemon moves into a leaf (cgroups(7)).
delegate_controllers() {
    local controller
    mkdir -p "$1/init"
    printf '0\n' >"$1/init/cgroup.procs"
    for controller in $(<"$1/cgroup.controllers"); do
        printf '+%s\n' "$controller" >"$1/cgroup.subtree_control"
    done
}
