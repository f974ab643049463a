# shellcheck shell=bash
# The sub-commands of `peer`.

readonly PEER_ANSWER_SECONDS=60

command_install() {
    [[ $# -eq 1 && $1 != -* ]] || usage_error "install takes one NAME."
    local name instance run
    require_root
    parse_instance "$1"
    ensure_installed "$name"
}

command_up() {
    local name='' instance run seconds=3600 tls='' network='' storage='' product
    while (($#)); do
        case $1 in
            --for) seconds=${2:-}; shift "$(($# > 1 ? 2 : 1))" ;;
            --for=*) seconds=${1#*=}; shift ;;
            --tls) tls=1; shift ;;
            --network) network=${2:-}; shift "$(($# > 1 ? 2 : 1))" ;;
            --storage) storage=${2:-}; shift "$(($# > 1 ? 2 : 1))" ;;
            -*) usage_error "up knows no option '$1'." ;;
            *) [[ -z $name ]] || usage_error "up takes one NAME."; parse_instance "$1"; shift ;;
        esac
    done
    [[ -n $name ]] || usage_error "up takes a NAME."
    [[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] ||
        usage_error "--for takes a number of seconds from 1 to 9999999, not '$seconds'."
    [[ -z $network || -e $network ]] || usage_error "--network takes a namespace's file, as in /run/netns, not '$network'."
    [[ -z $network || -z $tls ]] || usage_error "--tls is for TCP, which a peer in another's network does not serve."
    [[ -z $storage || -d $storage ]] || usage_error "--storage takes a folder, not '$storage'."
    require_root
    require_tools curl flock nsenter setpriv unshare
    ensure_installed "$name"
    describe_peer "$name"
    [[ -z $tls || -n $product_tls ]] || usage_error "$product serves no TLS here: --tls is for docker."
    [[ -z $tls ]] || require_tools openssl
    lock "$PEER_RUN/.$instance.lock" 120 "brings up or takes down $instance"
    if instance_up "$run" && [[ -e $run/ready ]]; then
        [[ -z $tls || -d $run/tls ]] || die "$instance is up without TLS: \`peer down $instance\` first."
        [[ $network == "$(cat "$run/network" 2>/dev/null)" ]] ||
            die "$instance is up in another network: \`peer down $instance\` first."
        extend "$seconds"
    else
        stop_instance "$run"
        start "$seconds" "$tls" "$network" "$storage"
    fi
    unlock
    print_env "$run" ''
}

extend() {
    local deadline=$((EPOCHSECONDS + $1)) supervisor
    if ((deadline > $(<"$run/deadline"))); then
        printf '%s\n' "$deadline" >"$run/deadline"
        supervisor=$(<"$run/supervisor")
        kill -HUP "${supervisor% *}"
    fi
    note "$instance is up already, until $(date --date "@$(<"$run/deadline")" +%T)"
}

start() {
    local seconds=$1 tls=$2 network=$3 data supervisor began=$SECONDS
    data=$(make_data_folder "${4:+$4/drydock-peers}")
    # Whoever reaches the socket is root on this host.
    mkdir -m 0700 "$run"
    printf '%s\n' "$data" >"$run/data"
    printf '%s\n' "$((EPOCHSECONDS + seconds))" >"$run/deadline"
    cat /proc/sys/kernel/random/uuid >"$run/token"
    [[ -z $network ]] || printf '%s\n' "$network" >"$run/network"
    [[ -z $tls ]] || make_certificates "$run/tls" "$((seconds / 86400 + 2))"
    note "starting $instance ($(installed_field "$name" version))"
    trap 'give_up "it was interrupted"' INT TERM
    # An ignored signal is inherited: under nohup every container would be born deaf to HUP, and so would the supervisor.
    setsid env --default-signal bash "$PEER_HOME/lib/supervise.sh" "$run" "$data" "$PEER_CACHE/roots/$name/fs" "$product" \
        "${instance//[^A-Za-z0-9-]/-}" </dev/null >"$data/log" 2>&1 9>&- &
    supervisor=$!
    await "$PEER_ANSWER_SECONDS" answers_or_ended "$run" "$supervisor" ||
        give_up "it did not answer on $(instance_url "$run") $(tcp_url "$run") within $PEER_ANSWER_SECONDS s"
    kill -0 "$supervisor" 2>/dev/null || give_up "it ended by itself after $((SECONDS - began)) s"
    : >"$run/ready"
    trap - INT TERM
    note "$instance answers after $((SECONDS - began)) s, ends by itself in $seconds s"
}

# give_up REASON: shows why $instance is not up, and removes what there is of it.
give_up() {
    trap - INT TERM
    note "the last lines of the log of $instance:"
    tail -n 20 "$(<"$run/data")/log" >&2
    stop_instance "$run"
    forget_lock "$run"
    die "$instance is not up: $1."
}

# make_data_folder [FOLDER]: prints a new folder for what the daemon writes, where overlayfs can put its upper layers.
make_data_folder() {
    local folder=${1:-$PEER_CACHE/data} data
    mkdir -p "$folder"
    [[ $PEER_CACHE$folder != *[:,\\]* ]] ||
        die "overlayfs cannot use ':', ',' or '\\' in ${folder}: set DRYDOCK_CACHE to another folder."
    case $(stat --file-system --format %T "$folder") in
        overlayfs | nfs | fuseblk)
            die "overlayfs cannot write to the file system of $folder: set DRYDOCK_CACHE to a local disk." ;;
    esac
    data=$(mktemp -d "$folder/$instance.XXXXXX")
    mkdir -p "$data"/{root,upper,work,storage}
    printf '%s\n' "$data"
}

answers_or_ended() { ! kill -0 "$2" 2>/dev/null || { [[ -s $1/init ]] && answers "$1"; }; }

command_exec() {
    local tcp='' name='' instance run
    while (($#)); do
        case $1 in
            --tcp) tcp=1; shift ;;
            --) shift; break ;;
            -*) usage_error "exec knows no option '$1'." ;;
            *) [[ -z $name ]] || usage_error "exec takes one NAME before --."; parse_instance "$1"; shift ;;
        esac
    done
    [[ -n $name && $# -gt 0 ]] || usage_error "exec takes a NAME, then -- and a COMMAND."
    require_root
    require_up
    [[ -z $tcp || -n $(tcp_url "$run") ]] || die "$instance serves no TCP: it is in another's network."
    local init
    local -a variables
    init=$(<"$run/init")
    mapfile -t variables < <(endpoint_variables "$run" "$tcp")
    exec nsenter --net="/proc/${init% *}/ns/net" -- env --unset=DOCKER_CONTEXT --unset=DOCKER_TLS_VERIFY \
        --unset=DOCKER_CERT_PATH "${variables[@]}" DRYDOCK_PEER_TOKEN="$(<"$run/token")" "$@"
}

command_env() {
    local tcp='' name='' instance run
    while (($#)); do
        case $1 in
            --tcp) tcp=1 ;;
            -*) usage_error "env knows no option '$1'." ;;
            *) [[ -z $name ]] || usage_error "env takes one NAME."; parse_instance "$1" ;;
        esac
        shift
    done
    [[ -n $name ]] || usage_error "env takes a NAME."
    require_root
    require_up
    [[ -z $tcp || -n $(tcp_url "$run") ]] || die "$instance serves no TCP: it is in another's network."
    print_env "$run" "$tcp"
}

print_env() { endpoint_variables "$1" "$2" | sed 's/^/export /'; }

command_down() {
    [[ $# -eq 1 ]] || usage_error "down takes one NAME or --all."
    require_root
    local instances=("$1") each
    if [[ $1 == --all ]]; then
        mapfile -t instances < <(running_instances)
    elif [[ $1 == -* ]]; then
        usage_error "down knows no option '$1'."
    fi
    for each in "${instances[@]}"; do
        take_down "$each"
    done
}

take_down() {
    local name instance run
    parse_instance "$1"
    require_known "$name"
    [[ -d $run ]] || { note "$instance is not up"; return; }
    [[ -z ${DRYDOCK_PEER_TOKEN:-} || $DRYDOCK_PEER_TOKEN != "$(<"$run/token")" ]] ||
        die "this command itself runs in $instance by \`peer exec\` and would end with it: take it down from outside."
    lock "$PEER_RUN/.$instance.lock" 120 "brings up or takes down $instance"
    stop_instance "$run"
    forget_lock "$run"
    unlock
    note "$instance is down"
}

# stop_instance RUN: through its supervisor, or in its stead if it does not manage.
stop_instance() {
    local supervisor
    if process_alive "$1/supervisor"; then
        supervisor=$(<"$1/supervisor")
        kill -TERM "${supervisor% *}" || true
        await 45 not process_alive "$1/supervisor" || kill -KILL "${supervisor% *}" || true
    fi
    clean_instance "$1"
}

command_list() {
    [[ $# -eq 0 ]] || usage_error "list takes no argument."
    require_root
    local format='%-24s %-10s %-36s %s\n' each name instance run state version url
    # shellcheck disable=SC2059 # one format for the head and the rows
    printf "$format" NAME STATE VERSION DOCKER_HOST
    while read -r each; do
        parse_instance "$each"
        state=absent version=- url=-
        if [[ -e $PEER_CACHE/roots/$name/installed ]]; then
            state=installed
            version=$(installed_field "$name" version)
        fi
        if instance_up "$run"; then
            state=up
            url=$(instance_url "$run")
        elif [[ -d $run ]]; then
            state=dead
        fi
        # shellcheck disable=SC2059
        printf "$format" "$instance" "$state" "$version" "$url"
    done < <({ catalogue_names; running_instances; } | sort -u)
}

command_logs() {
    [[ $# -eq 1 && $1 != -* ]] || usage_error "logs takes one NAME."
    local name instance run
    require_root
    parse_instance "$1"
    [[ -s $run/data ]] || die "$instance is not up, and a peer's log goes with it."
    cat "$(<"$run/data")/log"
}
