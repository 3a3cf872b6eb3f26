"""What is installed, as far as a page states it."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version

# The packages whose versions a page states.
VERSIONS = ("matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy")


@cache
def versions() -> dict[str, str]:
    """Return the versions of the packages that make the numbers and the pages, and of Python."""
    return {"python": platform.python_version(), **{name: version(name) for name in VERSIONS}}
