#!/bin/sh
# Compile the locks: universal, with hashes, without any address. The dev and lab locks follow the batch lock.
set -eu
compile() { .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header "$@"; }
compile pyproject.toml -o requirements.lock
compile pyproject.toml --extra dev --extra stats -c requirements.lock -o requirements/dev.lock
compile pyproject.toml --extra lab -c requirements.lock -o requirements/lab.lock
compile requirements/bootstrap.in -o requirements/bootstrap.lock

# Each lock can be installed from wheels, on the machine that compiles, by every Python that pyproject.toml names;
# odfpy, for tests only, comes as pure Python in a source archive.
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
for python in $(sed -n 's/.*"Programming Language :: Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml); do
    for lock in requirements.lock requirements/dev.lock requirements/lab.lock requirements/bootstrap.lock; do
        .venv/bin/python -m uv pip install --quiet --dry-run --no-deps --only-binary :all: --no-binary odfpy \
            --require-hashes --python-version "$python" --target "$empty" -r "$lock"
        echo "Python $python: $lock can be installed"
    done
done
