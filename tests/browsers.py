"""The browser of the tests: Debian's Chromium, and what happens where it, or another tool of theirs, is missing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

OPTIONS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
OPTIONS += " --disable-component-update --disable-sync"


def missing(what: str) -> NoReturn:
    """Skip a test saying what it needs; in CI, where nothing may be missing, fail it."""
    explain = pytest.fail if os.environ.get("CI") else pytest.skip
    explain(what)
    raise AssertionError(what)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, where there is one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("no Chromium was found: install the package `chromium` to run the tests in a browser")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=OPTIONS.split(), timeout=0)
        yield started
        started.close()
