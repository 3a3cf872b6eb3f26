"""Links between notebooks: to the notebook where it is written, to its run where it is kept, to its page on the site.

A notebook that makes several pages is linked to with the parameter that tells them apart: what is written
`07_level.ipynb#level=commune`, which JupyterLab opens, is `07_level-commune.ipynb` among the executed notebooks and
`07_level-commune.html` on the site.
"""

from __future__ import annotations

import re

ADDRESS = r"(?P<name>[\w.-]+)\.ipynb"
ONE_PAGE = re.compile(rf"\]\({ADDRESS}#\w+=(?P<value>[\w-]+)\)")
NEIGHBOUR = re.compile(rf"{ADDRESS}(?P<anchor>#.*)?")


def to_runs(prose: str) -> str:
    """Return Markdown with links to notebooks made links to their executed ones, which are named as their runs are.

    >>> to_runs("See [Communes](07_level.ipynb#level=commune) and [totals](03_funding.ipynb#Totals).")
    'See [Communes](07_level-commune.ipynb) and [totals](03_funding.ipynb#Totals).'
    """
    return ONE_PAGE.sub(r"](\g<name>-\g<value>.ipynb)", prose)


def to_page(address: str) -> str:
    """Return the page of a notebook of the same folder; any other address as it is.

    >>> to_page("03_funding.ipynb#Totals"), to_page("https://example.org/a.ipynb")
    ('03_funding.html#Totals', 'https://example.org/a.ipynb')
    """
    found = NEIGHBOUR.fullmatch(address)
    return f"{found['name']}.html{found['anchor'] or ''}" if found else address
