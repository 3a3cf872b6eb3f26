"""The fictitious waves: exports invented so that the published figures hold, and the list of those that cannot.

Synthesised from printed margins, not learned from data: plausible at most. They exercise the whole chain until real
exports stand in their place, and say nothing about any real pole.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.fictitious import wave_2013, wave_2015


def wave_files() -> dict[str, bytes]:
    """Return every file of the fictitious waves by its name below the folder of waves: the same bytes each time."""
    texts = files("ptce_analysis.fictitious")
    return {
        "README.md": texts.joinpath("README.md").read_bytes(),
        f"2013/{wave_2013.NAME}": wave_2013.export_2013(),
        "2013/codebook.yml": texts.joinpath("codebooks", "2013.yml").read_bytes(),
        f"2015/{wave_2015.NAME}": wave_2015.export_2015(),
        "2015/codebook.yml": texts.joinpath("codebooks", "2015.yml").read_bytes(),
    }


def write_waves(out_dir: Path) -> list[Path]:
    """Write the fictitious waves below a folder and return their paths.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    written = {out_dir / name: data for name, data in wave_files().items()}
    try:
        for path, data in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.part")
            temporary.write_bytes(data)
            temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"{out_dir}: the waves cannot be written here ({error.strerror}). Give another --out."
        ) from error
    return list(written)
