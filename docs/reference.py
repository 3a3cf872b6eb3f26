"""Write the reference of the library from its docstrings: `python docs/reference.py FOLDER` (`make docs`)."""

import pkgutil
import sys
from pathlib import Path

import papermill  # noqa: F401 (loads this library's engine by its entry point: the engine cannot be loaded before)
import pdoc
import pdoc.render

import ptce_analysis


def main(folder: Path) -> None:
    """Write one page per module, with its source; nothing in them asks for the network."""
    version = f"ptce-analysis {ptce_analysis.__version__}"
    pdoc.render.configure(docformat="markdown", footer_text=version, include_undocumented=False)
    below = pkgutil.walk_packages(ptce_analysis.__path__, "ptce_analysis.")
    names = [module.name for module in below if not module.name.endswith("__main__")]
    # Named one by one: a package that lists what it exports would hide its modules.
    pdoc.pdoc("ptce_analysis", *names, output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
