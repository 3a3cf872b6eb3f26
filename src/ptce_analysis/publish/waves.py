"""The waves a page reads: the fictitious ones of the project, or those that a survey team supplies."""

from __future__ import annotations

from ptce_analysis.errors import InputError
from ptce_analysis.publish.show import project_folder
from ptce_analysis.survey.clean import Cleaned
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
    folder = project / WAVES if waves == "fictitious" else supplied_folder(project)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of waves. Give one: make WAVES=DIR.")
    return read_waves(folder, ORIGIN_OF[waves])


def page_stem(stem: str, waves: str) -> str:
    """Return the name that starts those of a page's files: waves supplied by a reader never replace the collection's.

    >>> page_stem("06_survey", "fictitious"), page_stem("06_survey", "supplied")
    ('06_survey', '06_survey_supplied')
    """
    return stem if waves == "fictitious" else f"{stem}_{waves}"
