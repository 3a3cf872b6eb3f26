#!/bin/sh
# install.sh FOLDER PYTHON LOCK [--editable .]: make FOLDER a virtual environment that holds LOCK, with checked hashes,
# and this project. Nothing is done when the same files were installed there before, whatever their dates.
set -eu
folder=$1 python=$2 lock=$3
shift 3
unset PYTHONDONTWRITEBYTECODE PYTHONPATH
here() { "$folder/bin/python" -m "$@"; }
with_pip() { here pip install --quiet --disable-pip-version-check "$@"; }
with_uv() { here uv pip install --quiet --compile-bytecode --python "$folder/bin/python" "$@"; }

# Two at once would write the same files: one waits. The lock ends with whoever holds it; without flock there is none.
mkdir -p build
exec 9>build/install.lock
if command -v flock >/dev/null; then
    flock -n 9 || { echo "install.sh: another installation is at work: waiting until it ends" >&2; flock 9; }
fi

done=$folder/.$(basename "$lock").sum
sum=$(cat "$lock" pyproject.toml requirements/bootstrap.lock requirements/install.sh | cksum)
if [ "$(cat "$done" 2>/dev/null)" = "$sum" ]; then exit 0; fi

if ! here pip --version >/dev/null 2>&1; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "install.sh: Python 3.11 or later is needed, as BASE_PYTHON; $python is not" >&2
        exit 1
    }
    echo "making the environment $folder (a minute or two, once)"
    "$python" -m venv --clear "$folder"
fi

# An entry of a lock starts in the first column, with its name.
with_pip --require-hashes -r requirements/bootstrap.lock || {
    echo "install.sh: uv could not be installed; going on with pip alone" >&2
    awk '/^[a-z]/ { kept = !/^uv==/ } kept' requirements/bootstrap.lock >"$folder/backend.lock"
    with_pip --require-hashes -r "$folder/backend.lock"
}
if here uv --version >/dev/null 2>&1; then install=with_uv; else install=with_pip; fi
$install --require-hashes -r "$lock"
if [ $# -gt 0 ]; then $install --no-deps --no-build-isolation "$@"; fi
here compileall -q src || true # slower without, not wrong
echo "$sum" >"$done"
