"""The one error a user can cause, so that every door reports it the same way."""

from collections.abc import Iterable
from contextvars import ContextVar
from difflib import get_close_matches

# Whether messages may show what an export holds: `--show-values` of the command line says so.
SHOW_VALUES = ContextVar("SHOW_VALUES", default=False)


class InputError(ValueError):
    """Something supplied to the library cannot be used; the message says what, where and what to do."""


def nearest(value: object, legal: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest legal value, or an empty string when none is near.

    >>> nearest("regon", ["commune", "region"])
    " Did you mean 'region'?"
    """
    found = get_close_matches(str(value), list(legal), n=1, cutoff=0.5)
    return f" Did you mean {found[0]!r}?" if found else ""


def if_shown(passage: str) -> str:
    """Return a passage of a message that repeats an answer, "" unless values may be shown: messages end in logs."""
    return passage if SHOW_VALUES.get() else ""
