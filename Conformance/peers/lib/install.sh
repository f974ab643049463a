# shellcheck shell=bash
# shellcheck disable=SC2154 # product and suite come from describe_peer, product_* from the product
# Unpacks a daemon and what it needs from Debian packages into a folder of the cache; the host gets debootstrap at most.

readonly PEER_INSTALL_SECONDS=1200
readonly PEER_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# ensure_installed NAME: returns once the peer's root is there, whoever made it.
ensure_installed() {
    local name=$1 product suite
    describe_peer "$name"
    ! is_current "$name" || return 0
    # One at a time: they share the package cache, and each keeps a processor and the disk busy.
    lock "$PEER_CACHE/install.lock" "$PEER_INSTALL_SECONDS" "installs"
    if ! is_current "$name"; then
        refuse_known_mismatch "$name"
        ensure_debootstrap
        install_root "$name"
    fi
    unlock
}

# is_current NAME: whether its root is there with the packages that the product names today.
is_current() {
    [[ -e $PEER_CACHE/roots/$1/installed && $(installed_field "$1" packages) == "${product_packages[*]}" ]]
}

# refuse_known_mismatch NAME: spares a second download once the suite turned out to have moved on to another version.
refuse_known_mismatch() {
    local installed other
    for installed in "$PEER_CACHE"/roots/*/installed; do
        other=$(basename "$(dirname "$installed")")
        [[ $other != "$1" ]] || continue
        [[ $(installed_field "$other" product) != "$product" || $(installed_field "$other" suite) != "$suite" ]] ||
            die "Debian $suite had $product_package $(installed_field "$other" version), not ${1#*-}:" \
                "use the name '$other', or delete ${installed%/*} to look again."
    done
}

ensure_debootstrap() {
    if ! command -v debootstrap >/dev/null; then
        command -v apt-get >/dev/null ||
            die "debootstrap is missing and there is no apt-get to install it with: install debootstrap."
        note "installing debootstrap with apt-get"
        apt_install debootstrap || { apt-get -q update >&2 && apt_install debootstrap; } ||
            die "apt-get could not install debootstrap: install it by hand."
    fi
    # Without the keyring debootstrap would only warn and install unverified packages.
    [[ -s $PEER_KEYRING ]] ||
        die "$PEER_KEYRING is missing, so packages cannot be verified: install debian-archive-keyring."
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get -q -y --no-install-recommends install "$@" >&2
}

# debian_mirror: the archive that this host's apt fetches Debian from; empty when it uses none.
debian_mirror() {
    if [[ -n ${DRYDOCK_PEER_MIRROR:-} ]]; then
        printf '%s\n' "$DRYDOCK_PEER_MIRROR"
    elif command -v apt-get >/dev/null; then
        # shellcheck disable=SC2016 # $(REPO_URI) is apt's own placeholder
        apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n -E '\#^https?:.*/debian/*$#{p;q}'
    fi
}

install_root() {
    local name=$1 partial=$PEER_CACHE/partial began=$SECONDS mirror include version found
    local log=$PEER_CACHE/install.log
    mirror=$(debian_mirror)
    include=$(IFS=,; printf '%s' "${product_packages[*]}")
    # A build that was cut short starts again from the packages it had already fetched.
    rm -rf --one-file-system "$partial"
    mkdir -p "$partial/fs" "$PEER_CACHE/roots" "$PEER_CACHE/debs/$suite"
    note "installing $name from Debian $suite into $PEER_CACHE/roots/$name (log: $log)"
    # The folder becomes visible only when complete, so dpkg need not flush each file. The mount namespace takes along
    # what debootstrap mounts, should it be cut short.
    DPKG_FORCE=unsafe-io timeout --foreground --kill-after=10 "$PEER_INSTALL_SECONDS" \
        unshare --mount --propagation private debootstrap --variant=minbase --force-check-gpg \
        --keyring="$PEER_KEYRING" --cache-dir="$PEER_CACHE/debs/$suite" --include="$include" \
        "$suite" "$partial/fs" ${mirror:+"$mirror"} >"$log" 2>&1 9>&- ||
        installation_failed "$name" "$log"
    rm -f "$partial"/fs/var/cache/apt/archives/*.deb
    version=$(dpkg-query --admindir="$partial/fs/var/lib/dpkg" -W -f '${Version}' "$product_package")
    printf 'product=%s\nsuite=%s\nversion=%s\npackages=%s\n' \
        "$product" "$suite" "$version" "${product_packages[*]}" >"$partial/installed"
    found=$product-$(sed -E 's/^([0-9]+:)?([0-9]+\.[0-9]+).*/\2/' <<<"$version")
    if [[ $found == "$name" || ! -e $PEER_CACHE/roots/$found/installed ]]; then
        rm -rf --one-file-system "$PEER_CACHE/roots/$found"
        mv -T "$partial" "$PEER_CACHE/roots/$found"
    fi
    [[ $found == "$name" ]] ||
        die "Debian $suite now has $product_package $version, not ${name#*-}: it is installed as '$found'."
    note "installed $name ($product_package $version) in $((SECONDS - began)) s"
}

installation_failed() {
    tail -n 20 "$2" >&2
    die "installing $1 failed (whole log: $2). If it names an unknown key, upgrade debian-archive-keyring."
}
