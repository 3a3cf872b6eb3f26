"""A plugin of pytest: names of tests stay the same however often one process collects them, as mutmut does.

pytest keeps the names that `ids` gives, letters with accents escaped, and escapes them again when it collects again.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Forget the names that were kept: they are made anew."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if mark._param_ids_from is not None:
            object.__setattr__(mark._param_ids_from, "_param_ids_generated", None)
