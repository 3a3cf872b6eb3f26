"""What JupyterLab opens and saves, in the reader's language and without outputs, and how it speaks to kernels."""

import json
import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ptce_analysis.pipeline.stale import made_by, publish
from ptce_analysis.publish.language import translated_notebook
from ptce_analysis.vocabulary import LANGUAGES

# The language in which notebooks are written.
SOURCE = "en"
# Where a terminal says its reader's language; as for other programs, the first that says something decides.
SAID_IN = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def reader_language(environment: Mapping[str, str]) -> str:
    """Return the language that the environment of a terminal asks for, where we speak it; English otherwise.

    >>> reader_language({"LANG": "fr_FR.UTF-8"}), reader_language({"LC_ALL": "C.UTF-8", "LANG": "fr"})
    ('fr', 'en')
    """
    said = next(filter(None, (environment.get(name) for name in SAID_IN)), "")
    wanted = re.split(r"[_.@:-]", said)[0].lower()
    return wanted if wanted in LANGUAGES else SOURCE


def reader_notebooks(project: Path, lang: str) -> Path:
    """Return the folder of the notebooks in a language: the project's own, or translated copies of them beside it.

    A copy that its reader has changed since is left as it is; the others follow the project's notebooks. Its cell of
    parameters asks for pages in that language.
    """
    sources, folder = project / "notebooks", project / f"notebooks-{lang}"
    if lang == SOURCE:
        return sources
    stamp, files = folder / ".copies.json", dict[Path, bytes]()
    ours = made_by(stamp, project)
    for path in sorted(sources.glob("*.ipynb")):
        notebook = translated_notebook(json.loads(path.read_text(encoding="utf-8")), lang)
        for cell in notebook["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = re.sub(rf'(?m)^lang = "{SOURCE}"', f'lang = "{lang}"', "".join(cell["source"]))
        if (copy := folder / path.name) in ours or not copy.exists():
            files[copy] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    publish(stamp, project, {}, files)
    return folder


def kernel_transport(folder: Path) -> str:
    """Return how to speak to kernels whose files are in a folder: `ipc`, where it can hold their sockets, or `tcp`.

    Another program can take a kernel's port before it starts, and its page then waits for ever; files have no rival.
    """
    trial = folder / f"kernel-{os.getpid():036}-ipc-1"  # as long as the name of a kernel's
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(trial))
        trial.unlink()
    except (OSError, AttributeError):
        return "tcp"
    return "ipc"


def committed_form(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook as git keeps it: no output, no count, nothing of the machine; tags and folds stay."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = []
    for cell in notebook["cells"]:
        kept = {name: value for name, value in cell["metadata"].items() if name in ("tags", "jupyter")}
        emptied: dict[str, Any] = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
        cells.append({**cell, "metadata": kept, **emptied})
    return {**notebook, "cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}}
