# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the files that source this one
# Podman's service of the Docker API, rootful, as Debian packages it.

product_package=podman
# debootstrap installs no recommended packages: these are the ones that networks, `--init` and registries need.
product_packages=(podman crun conmon netavark aardvark-dns nftables iptables catatonit ca-certificates iproute2 procps)
product_data=/var/lib/containers

product_configure() {
    local folder=$1/etc/containers
    mkdir -p "$folder/registries.conf.d" "$folder/containers.conf.d"
    # What dockerd does unasked: short names are Docker Hub's, and registries on loopback need no TLS.
    cat >"$folder/registries.conf.d/000-drydock.conf" <<'REGISTRIES'
unqualified-search-registries = ["docker.io"]
short-name-mode = "permissive"

[[registry]]
location = "127.0.0.1"
insecure = true

[[registry]]
location = "localhost"
insecure = true
REGISTRIES
    # Podman asks for these limits in every container; where root may not raise a hard limit, none would start.
    if ! (ulimit -Hn 1048576 && ulimit -Hu 4194304) 2>/dev/null; then
        printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' \
            "$(ulimit -Sn)" "$(ulimit -Hn)" "$(ulimit -Su)" "$(ulimit -Hu)" \
            >"$folder/containers.conf.d/000-drydock.conf"
    fi
}

# One service listens on one endpoint, so there are two over the same storage; the peer ends with either.
product_start() {
    podman system service --time 0 "$1" &
    if [[ -n $2 ]]; then
        podman system service --time 0 "$2" &
    fi
    wait -n
}
