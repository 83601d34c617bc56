#!/bin/sh
# Makes .tools: a small environment that holds uv, which makes the real one. Any python3 with venv will do.
set -eu

for python in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .tools
        exec .tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
    fi
done

echo "No python3 with venv was found. On Debian or Ubuntu: apt-get install python3-venv; on macOS: xcode-select --install" >&2
exit 1
