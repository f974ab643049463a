# shellcheck shell=bash
# Messages, paths, locks and process identities shared by every part of `peer`.

PEER_CACHE=${DRYDOCK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/drydock}/peers
# Sockets live in a short path of their own: sun_path holds 108 bytes, a cache folder may be longer.
PEER_RUN=/run/drydock-peers
# shellcheck disable=SC2034 # used by the files that source this one
readonly PEER_CACHE PEER_RUN PEER_TCP=tcp://127.0.0.1:2375 PEER_TLS=tcp://127.0.0.1:2376

note() { printf 'peer: %s\n' "$*" >&2; }

die() {
    note "$*"
    exit 1
}

usage_error() {
    note "$* See \`peer --help\`."
    exit 2
}

require_root() {
    [[ $EUID -eq 0 ]] || die "namespaces, mounts and debootstrap need root: run it as root, e.g. with sudo."
}

require_tools() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || die "this host lacks '$tool': install the package that has it."
    done
}

# lock FILE SECONDS WHAT: hold FILE's lock on descriptor 9 until the process ends or `unlock`.
lock() {
    local waited=
    until try_lock "$1"; do
        [[ -n $waited ]] || note "waiting for another peer command that $3"
        waited=1
        flock --wait "$2" 9 || die "another peer command still $3 after $2 seconds (lock: $1)."
    done
}

# Whoever takes a peer down also deletes its lock file, so the lock counts only while it is on the file of that name.
try_lock() {
    mkdir -p "$(dirname "$1")"
    exec 9>>"$1"
    flock --nonblock 9 && [[ /proc/self/fd/9 -ef $1 ]]
}

unlock() { exec 9>&-; }

# process_identity PID: "PID STARTTIME", which a reused process id cannot match (proc_pid_stat(5), field 22).
process_identity() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # The command name in parentheses may hold blanks, so fields are counted after its end.
    local -a fields
    read -ra fields <<<"${stat##*) }"
    [[ ${fields[0]} != [ZX] ]] || return 1
    printf '%s %s\n' "$1" "${fields[19]}"
}

# process_alive FILE: whether the process whose identity FILE holds is still that process.
process_alive() {
    local identity
    [[ -s $1 ]] && identity=$(<"$1") && [[ $(process_identity "${identity% *}") == "$identity" ]]
}

# await SECONDS CONDITION...: look ten times a second until CONDITION holds.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}
