#!/bin/sh
# venv.sh PYTHON FOLDER: a virtual environment where Python came without the venv module (Debian splits it off).
set -eu
python=$1 folder=$2
rm -rf "$folder"
if "$python" -m venv "$folder" 2>/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    echo "installing $version"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$version"
    exec "$python" -m venv "$folder"
fi
echo "Python has no venv module here: install your system's python3-venv package, then run make again" >&2
exit 1
