#!/bin/sh
# sign.sh FILE: signs a program or an MSI for Windows (Authenticode) in place, by
#   KONSEKI_SIGNING_CERTIFICATE  certificate and its chain, PEM
#   KONSEKI_SIGNING_KEY          its key: a PEM file, or a PKCS#11 URI of a token together with
#   KONSEKI_PKCS11_MODULE        the token's module
#   KONSEKI_TIMESTAMP_URL        time stamp server; without one the signature ends with the certificate
# Sign konseki.exe before packages and kits are made of it, since these hold its digest.
set -eu
command -v osslsigncode >/dev/null || { echo "error: osslsigncode is not installed" >&2; exit 77; }
set -- "$1" -certs "$KONSEKI_SIGNING_CERTIFICATE" -key "$KONSEKI_SIGNING_KEY"
file=$1
shift
[ -z "${KONSEKI_PKCS11_MODULE:-}" ] || set -- "$@" -pkcs11module "$KONSEKI_PKCS11_MODULE"
[ -z "${KONSEKI_TIMESTAMP_URL:-}" ] || set -- "$@" -ts "$KONSEKI_TIMESTAMP_URL"
signed=$(mktemp "$file.XXXXXX")
rm -f "$signed" # it never writes over a file
osslsigncode sign -h sha256 -n Konseki "$@" -in "$file" -out "$signed"
mv "$signed" "$file"
