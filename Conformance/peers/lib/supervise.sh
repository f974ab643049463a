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
    join_cgroups "$run/cgroups"
    exec setpriv --pdeathsig KILL env --ignore-environment PATH="$PATH" HOME=/root LANG=C.UTF-8 \
        unshare --mount --propagation private --pid --fork --kill-child --net --uts --ipc --cgroup \
        bash "$PEER_HOME/lib/inside.sh" "$@"
}

# wait_for_end PID: returns when the process ended, the deadline has come, or TERM arrived.
wait_for_end() {
    local remaining sleeper
    while [[ -z $ending ]] && kill -0 "$1" 2>/dev/null; do
        remaining=$(($(<"$run/deadline") - EPOCHSECONDS))
        ((remaining > 0)) || break
        setpriv --pdeathsig KILL sleep "$remaining" &
        sleeper=$!
        wait -n "$1" "$sleeper" || true
        kill "$sleeper" 2>/dev/null || true
    done
}

run=$1
ending=
trap 'ending=1' TERM INT
trap ':' HUP
process_identity "$$" >"$run/supervisor.new"
mv "$run/supervisor.new" "$run/supervisor"
create_cgroups "$(basename "$run")" "$run/cgroups"
start_init "$@" &
init=$!
wait_for_end "$init"
kill -KILL "$init" 2>/dev/null || true
wait "$init" || true
# A peer that failed before it answered keeps its log until `peer up` has shown it.
[[ -n $ending || -e $run/ready ]] || exit 1
clean_instance "$run"
