#!/bin/sh
# Runs before anything else of the cluster profile: everything that is missing in one line, and the start ends.
# (Compose's own ${NAME:?} would stop the plain start as well, which needs none of these.)
set -eu

missing=
need() { missing="${missing:+$missing, }$1"; }

# NAME LENGTH: the value, or a file below /config named by NAME_FILE, which the program checks itself.
secret() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    if [ -z "$file" ] && [ ${#value} -lt "$2" ]; then
        need "$1 ($2 characters or more)"
    fi
}

secret CLUSTER_SECRET 32
secret GATEWAY_ADMIN_KEY 32

case ${POSTGRES_PASSWORD:-} in
    '' | *[!A-Za-z0-9._~-]*) need 'POSTGRES_PASSWORD (letters, digits and ._~- only: it becomes part of an address)' ;;
    ????????????????*) ;;
    *) need 'POSTGRES_PASSWORD (16 characters or more)' ;;
esac

GRAFANA_ADMIN_PASSWORD=${GRAFANA_ADMIN_PASSWORD:-}
[ ${#GRAFANA_ADMIN_PASSWORD} -ge 12 ] || need 'GRAFANA_ADMIN_PASSWORD (12 characters or more)'

if [ -n "$missing" ]; then
    echo "error: the cluster profile needs these in .env: $missing" >&2
    exit 1
fi
