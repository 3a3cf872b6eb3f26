"""The comparison of two waves as a design: its two groups, what it can detect, what common respondents would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis import proportions
from ptce_analysis.analysis.emergence import overlap as emergence_overlap
from ptce_analysis.analysis.proportions import Rate
from ptce_analysis.analysis.proportions import power as proportion_power

STEPS = 50


@dataclass(frozen=True)
class Design:
    """One pair of readings of the two waves, `(count, base)` each."""

    first: Rate
    second: Rate

    @property
    def shares(self) -> tuple[float, float]:
        """The two shares."""
        return self.first[0] / self.first[1], self.second[0] / self.second[1]

    @property
    def sizes(self) -> tuple[int, int]:
        """The two numbers of respondents."""
        return self.first[1], self.second[1]

    def rates(self, confidence: float) -> dict[str, Any]:
        """Return every comparison of the pair (`proportions.rates`)."""
        return proportions.rates(self.first, self.second, confidence)

    def overlap(self, confidence: float) -> pd.DataFrame:
        """Return what common respondents would change (`emergence.overlap.overlap`)."""
        return emergence_overlap.overlap(self.first, self.second, confidence=confidence)

    def mcnemar(self) -> pd.DataFrame:
        """Return what exact McNemar tests of the common respondents could give (`emergence.overlap.mcnemar_range`)."""
        return emergence_overlap.mcnemar_range(self.first, self.second)

    def power_curve(self) -> pd.DataFrame:
        """Return the power for every second share from 0 to 1 by two hundredths, from the share of the first wave."""
        others = [step / STEPS for step in range(STEPS + 1)]
        return proportion_power.power_curve(self.shares[0], others, self.sizes)

    def detectable(self) -> proportion_power.Detectable:
        """Return the smallest change from the share of the first wave that the two waves could detect."""
        return proportion_power.detectable(self.shares[0], self.sizes)

    def sample_size(self) -> proportion_power.SampleSize:
        """Return the size two waves would need to tell these two shares apart."""
        return proportion_power.sample_size(self.shares)


def design_of(readings: pd.DataFrame) -> Design:
    """Return the design of the first pair of readings (the printed base first)."""
    row = readings.iloc[0]
    pairs = [(int(row[f"count_{side}"]), int(row[f"base_{side}"])) for side in ("first", "second")]
    return Design(pairs[0], pairs[1])
