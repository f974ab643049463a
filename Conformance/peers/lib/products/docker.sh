# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the files that source this one
# Docker Engine as Debian packages it, in its default configuration but for the endpoints.

product_package=docker.io
# xz-utils unpacks xz-compressed layers; `docker top` runs ps; iproute2 raises the loopback interface.
product_packages=(docker.io iptables ca-certificates iproute2 procps xz-utils)
product_data=/var/lib/docker
product_tls=1

product_configure() { :; }

product_start() {
    local -a hosts=(--host "$1") tls=(--tls=false)
    [[ -z $2 ]] || hosts+=(--host "$2")
    # dockerd 28 announces that it will refuse to serve plain TCP unless told outright.
    [[ -z $3 ]] || tls=(--tlsverify --tlscacert "$3/ca.pem" --tlscert "$3/server-cert.pem" --tlskey "$3/server-key.pem")
    exec dockerd "${hosts[@]}" "${tls[@]}"
}
