"""Links between notebooks: to the notebook where it is written, to its run where it is kept, to its page on the site.

A notebook that makes several pages is linked to with the parameter that tells them apart: what is written
`07_level.ipynb#level=commune`, which JupyterLab opens, is `07_level-commune.ipynb` among the executed notebooks and
`07_level-commune.html` on the site.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

ADDRESS = r"(?P<name>[\w.-]+)\.ipynb"
ONE_PAGE = re.compile(rf"\]\({ADDRESS}#\w+=(?P<value>[\w-]+)\)")
NEIGHBOUR = re.compile(rf"{ADDRESS}(?:#\w+=(?P<value>[\w-]+)|(?P<anchor>#.*))?")


class SitePage(NamedTuple):
    """A page of the site: its run, its address in the folder of its language, its name in the menu, its level."""

    name: str
    address: str
    menu: str = ""
    level: str = ""


class Whereabouts(NamedTuple):
    """The pages of a language's site, and the address of the one that is being written."""

    pages: Sequence[SitePage]
    here: str

    def to(self, address: str) -> str:
        """Return the way from this page to another address of the language's folder.

        >>> Whereabouts((), "demonstration/index.html").to("03_funding.html")
        '../03_funding.html'
        """
        return posixpath.relpath(address, posixpath.dirname(self.here) or ".")


def to_runs(prose: str) -> str:
    """Return Markdown with links to notebooks made links to their executed ones, which are named as their runs are.

    >>> to_runs("See [Communes](07_level.ipynb#level=commune) and [totals](03_funding.ipynb#totals).")
    'See [Communes](07_level-commune.ipynb) and [totals](03_funding.ipynb#totals).'
    """
    return ONE_PAGE.sub(r"](\g<name>-\g<value>.ipynb)", prose)


def to_page(address: str, site: Whereabouts) -> str:
    """Return the way to the page of a notebook of the same folder; any other address as it is.

    >>> site = Whereabouts((SitePage("03_funding", "03_funding.html"),), "index.html")
    >>> to_page("03_funding.ipynb#totals", site), to_page("https://example.org/a.ipynb", site)
    ('03_funding.html#totals', 'https://example.org/a.ipynb')
    """
    found = NEIGHBOUR.fullmatch(address)
    if not found:
        return address
    name = "-".join(filter(None, (found["name"], found["value"])))
    addresses = {page.name: page.address for page in site.pages}
    return site.to(addresses.get(name, f"{name}.html")) + (found["anchor"] or "")
