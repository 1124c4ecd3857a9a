# Shared by the scripts of this folder: finds and installs the Debian packages that they need. To be sourced.

# nginx lives in sbin, which is not on every PATH.
have() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null 2>&1; }

# Debian keeps the server's programs off every PATH.
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || { have postgres && have initdb; }; }

# In a subshell: the file that keeps the packages' services from starting goes whatever happens.
install_packages() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
)

# Installs the packages, or ends the script where that is not allowed.
require_packages() {
    if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
        echo "Missing: $*. Install them first (eng/test.sh --no-install skips the tests that need them)." >&2
        exit 1
    fi
    printf '%s  %s\n' "$(date +%H:%M:%S)" "Installing $*"
    install_packages "$@"
}

# What a cluster on this machine is made of besides our own programs.
require_cluster_programs() {
    local missing=()
    have redis-server || missing+=(redis-server)
    have_postgres || missing+=(postgresql)
    have nginx || missing+=(nginx-light)
    [ ${#missing[@]} -eq 0 ] || require_packages "${missing[@]}"
}
