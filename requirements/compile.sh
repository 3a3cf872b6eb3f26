#!/bin/sh
# Compile the locks: universal, with hashes, without any address. The dev and lab locks follow the batch lock.
set -eu
compile() { .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header "$@"; }
compile pyproject.toml -o requirements.lock
compile pyproject.toml --extra dev -c requirements.lock -o requirements/dev.lock
compile pyproject.toml --extra lab -c requirements.lock -o requirements/lab.lock
compile requirements/bootstrap.in -o requirements/bootstrap.lock
