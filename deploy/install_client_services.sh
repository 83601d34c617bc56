#!/bin/sh
# Installs what the tests with other people's programs need beside the other tests: QGIS for the system's Python.
# Where apt and root or sudo are not at hand, says in one line what will be skipped and how to get it.
set -eu

"$(dirname "$0")/install_test_services.sh"

has_qgis() { /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

has_qgis && exit 0

if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq || true
    echo "Installing for the tests: python3-qgis"
    as_root apt-get install -qq -y --no-install-recommends python3-qgis >/dev/null || true
fi

has_qgis || echo "Skipped: tests with QGIS. To run them: apt-get install python3-qgis (as root)."
