# shellcheck shell=bash
# Removes every trace of one peer; used by its supervisor, and by `peer` when the supervisor was killed.

# clean_instance RUN: idempotent; RUN goes last, so that a clean-up cut short can be repeated.
clean_instance() {
    local run=$1 data
    end_instance "$run"
    if [[ -s $run/data ]]; then
        data=$(<"$run/data")
        rm -rf --one-file-system "$data"
        rmdir --ignore-fail-on-non-empty "$(dirname "$data")"
    fi
    rm -rf --one-file-system "$run"
}

# end_instance RUN: ends its processes and frees what they held; the log and the state files stay.
end_instance() {
    local run=$1 init entry
    if process_alive "$run/init"; then
        init=$(<"$run/init")
        # The kernel ends the whole PID namespace with its init (pid_namespaces(7)).
        kill -KILL "${init% *}" || true
        await 20 not process_alive "$run/init" || die "process ${init% *} of $(basename "$run") does not end."
    fi
    [[ ! -s $run/token ]] || end_guests "$(<"$run/token")"
    [[ ! -s $run/cgroups ]] || remove_cgroups "$run/cgroups"
    [[ -s $run/data ]] || return 0
    for entry in "$(<"$run/data")"/{root,upper,work,storage}; do
        rm -rf --one-file-system "$entry"
    done
}

# forget_lock RUN: removes its lock file, and the folder of all peers with the last of them.
forget_lock() {
    rm -f "$PEER_RUN/.$(basename "$1").lock"
    # Another peer may come or go at this very moment, which is no failure of this one.
    rmdir --ignore-fail-on-non-empty "$PEER_RUN" 2>/dev/null || true
}

not() { ! "$@"; }

# guests TOKEN: processes that `peer exec` started in this peer and that are still there.
guests() {
    local environ variable=DRYDOCK_PEER_TOKEN=$1
    for environ in /proc/[0-9]*/environ; do
        if grep --quiet --null-data --text --fixed-strings --line-regexp "$variable" "$environ" 2>/dev/null; then
            environ=${environ#/proc/}
            printf '%s\n' "${environ%/environ}"
        fi
    done
}

no_guests() { [[ -z $(guests "$1") ]]; }

end_guests() {
    local pids
    mapfile -t pids < <(guests "$1")
    ((${#pids[@]})) || return 0
    kill -TERM "${pids[@]}" 2>/dev/null || true
    await 3 no_guests "$1" && return
    mapfile -t pids < <(guests "$1")
    kill -KILL "${pids[@]}" 2>/dev/null || true
    await 5 no_guests "$1" || die "processes started by \`peer exec\` do not end: $(guests "$1" | paste -sd ' ')."
}

remove_cgroups() {
    local cgroup
    while read -r cgroup; do
        # A cgroup stays busy until the kernel has reaped the last task.
        await 10 remove_cgroup "$cgroup" || note "cgroup $cgroup is still busy and stays"
    done <"$1"
}

remove_cgroup() {
    [[ -d $1 ]] || return 0
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
    [[ ! -d $1 ]]
}
