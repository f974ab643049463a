# shellcheck shell=bash
# shellcheck disable=SC2034 # variables set here are read by the files that source this one
# Which peers there are, where they come from, and what is installed.

# Name, product (lib/products/PRODUCT.sh), Debian suite; the name carries MAJOR.MINOR of the version in that suite.
readonly PEER_CATALOGUE='
docker-20.10  docker  bookworm
docker-26.1   docker  trixie
docker-28.5   docker  sid
podman-4.3    podman  bookworm
podman-5.4    podman  trixie
podman-5.8    podman  sid
'

# catalogue_row NAME: sets `product` and `suite`; fails when the catalogue does not know NAME.
catalogue_row() {
    local name
    while read -r name product suite; do
        [[ $name == "$1" ]] && return
    done <<<"$PEER_CATALOGUE"
    return 1
}

catalogue_names() {
    local name
    {
        while read -r name _; do
            [[ -z $name ]] || printf '%s\n' "$name"
        done <<<"$PEER_CATALOGUE"
        for name in "$PEER_CACHE"/roots/*/installed; do
            basename "$(dirname "$name")"
        done
    } | sort -u
}

require_known() {
    catalogue_names | grep --quiet --fixed-strings --line-regexp -e "$1" ||
        usage_error "there is no peer '$1'. Known: $(catalogue_names | paste -sd ' ')."
}

installed_field() { sed -n "s/^$2=//p" "$PEER_CACHE/roots/$1/installed"; }

# describe_peer NAME: sets `product` and `suite` from what is installed, else from the catalogue.
describe_peer() {
    if [[ -e $PEER_CACHE/roots/$1/installed ]]; then
        product=$(installed_field "$1" product)
        suite=$(installed_field "$1" suite)
    else
        require_known "$1"
        catalogue_row "$1"
    fi
    load_product "$product"
}

# Set by a product: the package whose version names a peer, what to install, where the daemon keeps its data, and
# whether it can serve TLS.
product_package='' product_packages=() product_data='' product_tls=''

# load_product PRODUCT: sets these and defines product_configure ROOT and product_start UNIX_URL
# TCP_URL TLS_FOLDER; TCP_URL is empty where none is to be served, TLS_FOLDER where it is to be served without TLS.
load_product() {
    # shellcheck source=/dev/null
    source "$PEER_HOME/lib/products/$1.sh"
}
