"""Did the share of emerging poles change? Every reading of the printed shares, compared in every way.

A share printed without its count can stand for several counts, and no count of the stated base may print as that share.
Each possibility is a reading; all are carried along, none is chosen. A change is the second wave less the first, as a
share between -1 and 1: a fall is negative.
"""

from __future__ import annotations

from ptce_analysis.analysis.emergence.comparison import (
    Conclusion,
    Reading,
    Verdict,
    by_method,
    conclusion,
    first_pair,
    readings,
    wave_readings,
)
from ptce_analysis.analysis.emergence.silent import non_response
from ptce_analysis.analysis.emergence.twice import frechet_limits, mcnemar_range, overlap

__all__ = [
    "Conclusion",
    "Reading",
    "Verdict",
    "by_method",
    "conclusion",
    "first_pair",
    "frechet_limits",
    "mcnemar_range",
    "non_response",
    "overlap",
    "readings",
    "wave_readings",
]
