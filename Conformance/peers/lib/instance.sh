# shellcheck shell=bash
# One running peer: its folders, its state files, whether it is up.
#
# $PEER_RUN/INSTANCE holds docker.sock and, one value a file: supervisor and init ("PID STARTTIME"), deadline (seconds
# since the epoch), token (in the environment of everything `peer exec` runs), data (its folder on disk), cgroups, and
# network (the file of another's network namespace) where it has none of its own.

# parse_instance NAME[@INSTANCE]: sets `name` (in the catalogue), `instance` and `run`.
parse_instance() {
    instance=$1
    name=${1%%@*}
    [[ $instance =~ ^[A-Za-z0-9.+-]+(@[A-Za-z0-9._+-]{1,32})?$ && $name != .* ]] ||
        usage_error "'$1' is no peer's name: it is NAME or NAME@INSTANCE of letters, digits, dots and dashes."
    run=$PEER_RUN/$instance
}

instance_up() { process_alive "$1/supervisor" && process_alive "$1/init"; }

instance_url() { printf 'unix://%s/docker.sock\n' "$1"; }

# tcp_url RUN: nothing in a network that is shared, where the port may be somebody else's.
tcp_url() {
    if [[ -e $1/network ]]; then
        return
    elif [[ -d $1/tls ]]; then
        printf '%s\n' "$PEER_TLS"
    else
        printf '%s\n' "$PEER_TCP"
    fi
}

# endpoint_variables RUN TCP: one VARIABLE=VALUE a line, as docker's CLI reads them.
endpoint_variables() {
    if [[ -z $2 ]]; then
        printf 'DOCKER_HOST=%s\n' "$(instance_url "$1")"
        return
    fi
    printf 'DOCKER_HOST=%s\n' "$(tcp_url "$1")"
    [[ ! -d $1/tls ]] || printf '%s\n' DOCKER_TLS_VERIFY=1 "DOCKER_CERT_PATH=$1/tls"
}

require_up() {
    instance_up "$run" || die "$instance is not up: \`peer up $instance\` first."
}

running_instances() {
    local state
    for state in "$PEER_RUN"/*/token; do
        basename "$(dirname "$state")"
    done
}

# enter_network RUN COMMAND...: run COMMAND in the peer's network namespace and in every other respect on the host.
enter_network() {
    local init
    init=$(<"$1/init")
    shift
    nsenter --net="/proc/${init% *}/ns/net" -- "$@"
}

# answers RUN: whether the daemon answers /_ping on its endpoints.
answers() {
    local url
    local -a tls=()
    [[ -S $1/docker.sock ]] || return 1
    curl --silent --fail --max-time 5 --output /dev/null --unix-socket "$1/docker.sock" http://localhost/_ping ||
        return 1
    url=$(tcp_url "$1")
    [[ -n $url ]] || return 0
    url=http://${url#tcp://}/_ping
    if [[ -d $1/tls ]]; then
        url=https${url#http}
        tls=(--cacert "$1/tls/ca.pem" --cert "$1/tls/cert.pem" --key "$1/tls/key.pem")
    fi
    enter_network "$1" curl --silent --fail --max-time 5 --noproxy '*' --output /dev/null "${tls[@]}" "$url"
}
