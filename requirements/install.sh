#!/bin/sh
# install.sh FOLDER LOCK PYTHON: make FOLDER a virtual environment that holds exactly LOCK and this project, editable.
set -eu
folder=$1 lock=$2 python=$3
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
unset PYTHONDONTWRITEBYTECODE PYTHONPATH
here() { "$folder/bin/python" -m "$@"; }

here pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock || {
    echo "install.sh: uv could not be installed; going on with pip alone" >&2
    sed '/^uv==/,/^[a-z]/{/^[a-z]/!d;/^uv==/d}' requirements/bootstrap.lock >"$folder/backend.lock"
    here pip install --quiet --disable-pip-version-check --require-hashes -r "$folder/backend.lock"
}
if here uv --version >/dev/null 2>&1; then
    here uv pip install --quiet --python "$folder/bin/python" --require-hashes --compile-bytecode -r "$lock"
    here uv pip install --quiet --python "$folder/bin/python" --no-deps --no-build-isolation --editable .
else
    here pip install --quiet --disable-pip-version-check --require-hashes --compile -r "$lock"
    here pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
fi
"$folder/bin/python" -m compileall -q src || true
