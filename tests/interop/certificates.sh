#!/usr/bin/env bash
# Makes throw-away certificates for one run of tests in the folder given: an authority (ca.pem); a server (server.pem, server.key) and another
# one for the same names (renewed.pem, renewed.key); a client (client.pem, client.key); a client that was revoked (revoked.pem, revoked.key, and
# crl.pem, which says so); a client of another authority (stranger.pem, stranger.key).
set -euo pipefail
mkdir -p "$1" && cd "$1"

authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=Interop $1" \
        -addext 'basicConstraints=critical,CA:true' -addext 'keyUsage=critical,keyCertSign,cRLSign' -keyout "$1.key" -out "$1.pem"
}

# The authority, the name, what it is for.
issue() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -keyout "$2.key" -out "$2.csr"
    openssl x509 -req -in "$2.csr" -CA "$1.pem" -CAkey "$1.key" -days 1 -out "$2.pem" -set_serial "0x$(openssl rand -hex 8)" -extfile <(
        echo "extendedKeyUsage=$3"
        echo 'subjectAltName=DNS:localhost,IP:127.0.0.1'
    )
}

{
    authority ca
    authority other
    issue ca server serverAuth
    issue ca renewed serverAuth
    issue ca client clientAuth
    issue ca revoked clientAuth
    issue other stranger clientAuth
    : >index.txt
    printf '[ca]\ndefault_ca=ca_default\n[ca_default]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=1\n' >ca.cnf
    openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke revoked.pem
    openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -out crl.pem
} >openssl.log 2>&1 || {
    cat openssl.log >&2
    exit 1
}
