#!/bin/sh
# Installs what some tests need (PostgreSQL with PostGIS, Chromium) where apt and root or sudo are at hand.
# Where they are not, says in one line what will be skipped and how to get it. The tests start the server themselves.
# With the word `qgis` it installs QGIS too (a hundred megabytes), which only the tests with other people's programs need.
set -eu
wanted=${1:-}

has_postgis() {
    [ -n "${GIS_CE_TEST_POSTGIS:-}" ] && return 0
    for folder in /usr/share/postgresql/*/extension "$(pg_config --sharedir 2>/dev/null || true)/extension"; do
        [ -f "$folder/postgis.control" ] && return 0
    done
    return 1
}

has_chromium() {
    [ -n "${GIS_CE_TEST_CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return 0
    done
    for app in "Google Chrome" Chromium; do
        [ -x "/Applications/$app.app/Contents/MacOS/$app" ] && return 0
    done
    return 1
}

has_qgis() {
    [ "$wanted" != qgis ] || [ -n "${GIS_CE_TEST_QGIS_PYTHON:-}" ] || /usr/bin/python3 -c "import qgis.core" 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install() {
    echo "Installing for the tests: $*"
    as_root apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

has_postgis && has_chromium && has_qgis && exit 0

if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq || true
    # postgresql-NN-postgis-3 carries the server's side; NN is whatever this release ships.
    server=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d ' ' -f 1 | sort -V | tail -n 1)
    has_postgis || install postgresql "${server:-postgis}" || true
    has_chromium || install chromium || true
    has_qgis || install python3-qgis qgis-providers || true
fi

has_postgis || echo "Skipped: tests against PostGIS. To run them: apt-get install postgresql postgis (as root), or brew install postgis."
has_chromium || echo "Skipped: tests in a browser. To run them: apt-get install chromium (as root), or brew install --cask chromium."
has_qgis || echo "Skipped: tests with QGIS. To run them: apt-get install python3-qgis (as root), or name its Python in GIS_CE_TEST_QGIS_PYTHON."
