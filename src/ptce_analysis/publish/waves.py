"""The waves a page reads: the fictitious ones of the project, or those that a survey team supplies."""

from __future__ import annotations

from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.leaks import FICTITIOUS_ID
from ptce_analysis.publish.show import project_folder
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import WAVES, read_waves, supplied_folder

# The origin that the codebooks of each set of waves must state: two origins are never read together.
ORIGIN_OF = {"fictitious": "fictitious", "supplied": "survey"}


def open_waves(waves: str) -> tuple[Cleaned, ...]:
    """Return the clean waves of a set (`fictitious`, `supplied`), the oldest first.

    Raises
    ------
    InputError
        If there are none, or one cannot be cleaned.
    """
    project = project_folder()
    if waves == "fictitious":
        return fictitious_waves(project / WAVES)
    folder = supplied_folder(project)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of waves. Give one: make WAVES=DIR.")
    return read_waves(folder, ORIGIN_OF[waves])


def fictitious_waves(folder: Path) -> tuple[Cleaned, ...]:
    """Return the clean fictitious waves of a folder, the oldest first, each pole with an id that says so.

    Raises `InputError` as `open_waves` does.
    """
    found = read_waves(folder, ORIGIN_OF["fictitious"])
    _refuse_real_ids(found)
    return found


def _refuse_real_ids(waves: tuple[Cleaned, ...]) -> None:
    """Refuse waves said to be fictitious with a pole whose id does not say so; it is not repeated, it may be a name."""
    for wave in waves:
        ids = list(wave.poles["pole_id"])
        if real := sum(not FICTITIOUS_ID.fullmatch(str(one)) for one in ids):
            raise InputError(
                f"wave {wave.poles['wave'].iloc[0]}: {real} of {len(ids)} poles have no id such as FICTIF-2015-001,"
                " yet the codebook says `origin: fictitious`. If the answers are real, say `origin: survey` and keep"
                " them in a folder that git ignores; `ptce fictitious --out data/raw/waves` writes the fictitious ones."
            )


def page_stem(stem: str, waves: str) -> str:
    """Return the name that starts those of a page's files: waves supplied by a reader never replace the collection's.

    >>> page_stem("06_survey", "fictitious"), page_stem("06_survey", "supplied")
    ('06_survey', '06_survey_supplied')
    """
    return stem if waves == "fictitious" else f"{stem}_{waves}"
