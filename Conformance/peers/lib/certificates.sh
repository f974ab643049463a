# shellcheck shell=bash
# An authority of the peer's own, a certificate for its daemon and one for its clients, named as docker's CLI names them.

# make_certificates FOLDER DAYS: ca.pem, server-cert.pem and server-key.pem, cert.pem and key.pem (the client's).
make_certificates() {
    local folder=$1 days=$2
    mkdir -m 0700 "$folder"
    openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$days" \
        -subj '/CN=drydock peer authority' -keyout "$folder/ca-key.pem" -out "$folder/ca.pem"
    sign "$folder" "$days" server-cert server-key 'drydock peer' \
        'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost' 'extendedKeyUsage=serverAuth'
    sign "$folder" "$days" cert key 'drydock client' 'extendedKeyUsage=clientAuth'
    # Nothing more is signed with it.
    rm "$folder/ca-key.pem"
}

# sign FOLDER DAYS CERTIFICATE KEY NAME EXTENSION...
sign() {
    local folder=$1 days=$2 certificate=$3 key=$4 name=$5 extension
    local -a extensions=()
    shift 5
    for extension in "$@"; do
        extensions+=(-addext "$extension")
    done
    openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$days" \
        -CA "$folder/ca.pem" -CAkey "$folder/ca-key.pem" -subj "/CN=$name" \
        -addext 'basicConstraints=critical,CA:FALSE' "${extensions[@]}" \
        -keyout "$folder/$key.pem" -out "$folder/$certificate.pem"
}

# openssl_quietly ARGUMENT...: its progress is shown only where it fails.
openssl_quietly() {
    local output
    output=$(openssl "$@" 2>&1) || { note "openssl $1 failed: $output"; return 1; }
}
