#!/usr/bin/env bash
# Holds one peer: starts its init in new namespaces, ends it on TERM or at its deadline, removes what it left.
# Arguments: run folder, data folder, package root, product, host name. HUP makes it read the deadline again.
set -euo pipefail
shopt -s inherit_errexit nullglob

PEER_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly PEER_HOME
source "$PEER_HOME/lib/common.sh"
source "$PEER_HOME/lib/cgroups.sh"
source "$PEER_HOME/lib/cleanup.sh"

# setpriv's death signal and unshare's --kill-child take everything along if this process is killed.
start_init() {
    local -a network=(--net) enter=()
    if [[ -e $run/network ]]; then
        network=()
        enter=(nsenter --net="$(<"$run/network")" --)
    fi
    join_cgroups "$run/cgroups"
    exec "${enter[@]}" setpriv --pdeathsig KILL env --ignore-environment PATH="$PATH" HOME=/root LANG=C.UTF-8 \
        unshare --mount --propagation private --pid --fork --kill-child "${network[@]}" --uts --ipc --cgroup \
        bash "$PEER_HOME/lib/inside.sh" "$@"
}

# wait_for_end PID: returns when the process ended, the deadline has come, or TERM arrived.
wait_for_end() {
    local sleeper
    while [[ -z $ending ]] && kill -0 "$1" 2>/dev/null && ! expired; do
        setpriv --pdeathsig KILL sleep "$(($(<"$run/deadline") - EPOCHSECONDS))" &
        sleeper=$!
        wait -n "$1" "$sleeper" || true
        kill "$sleeper" 2>/dev/null || true
    done
}

expired() { (($(<"$run/deadline") <= EPOCHSECONDS)); }

# wait_for_lock: keeps `peer up` from extending a peer that is ending; `peer down` has the lock itself and sends TERM.
wait_for_lock() {
    local waiter
    until [[ -n $ending ]] || try_lock "$PEER_RUN/.$(basename "$run").lock"; do
        setpriv --pdeathsig KILL flock 9 &
        waiter=$!
        wait "$waiter" || true
        kill "$waiter" 2>/dev/null || true
    done
}

# Descriptors of the caller would keep its pipes open for as long as the peer is up.
close_inherited() {
    local descriptor
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        ((descriptor <= 2 || descriptor == 255)) || exec {descriptor}>&-
    done
}

run=$1
ending=
cd /
close_inherited
trap 'ending=1' TERM INT
trap ':' HUP
process_identity "$$" >"$run/supervisor.new"
mv "$run/supervisor.new" "$run/supervisor"
create_cgroups "$(basename "$run")" "$run/cgroups"
start_init "$@" &
init=$!
while wait_for_end "$init" && [[ -z $ending && -e $run/ready ]]; do
    wait_for_lock
    if [[ -n $ending ]] || expired || ! kill -0 "$init" 2>/dev/null; then
        break
    fi
    unlock
done
kill -KILL "$init" 2>/dev/null || true
wait "$init" || true
if [[ -z $ending && -e $run/ready ]] && expired; then
    clean_instance "$run"
    forget_lock "$run"
else
    # `peer up` or `peer down` waits for this; or the daemon ended by itself, and `peer logs` shall tell why.
    end_instance "$run"
fi
