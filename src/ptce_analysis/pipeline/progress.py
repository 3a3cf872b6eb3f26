"""A line for each run as it ends, with the time that is left; plain text when nobody watches a terminal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

ERASE = "\r\x1b[K"


@dataclass
class Progress:
    """How far a build has come."""

    total: int
    jobs: int
    stream: TextIO
    verbose: bool = False
    ended: int = 0
    spent_s: float = 0.0

    def start(self) -> None:
        """Say what is going to happen."""
        self._say(f"building {self.total} run{'s' * (self.total > 1)}, {min(self.jobs, self.total)} at a time")

    def end(self, run: str, reason: str, failed: bool, seconds: float) -> None:
        """Say that a run has ended."""
        self.ended += 1
        self.spent_s += seconds
        took = f", {seconds:.1f} s" if self.verbose else ""
        state = "FAILED" if failed else self._left()
        self._say(f"[{self.ended}/{self.total}] {run} ({reason}{took}): {state}")

    def stop(self) -> None:
        """Leave the terminal as a reader expects it."""
        if self._redraws:
            self._print(ERASE)

    def _left(self) -> str:
        if self.ended == self.total:
            return "done"
        return f"about {self._seconds_left():.0f} s left"

    def _seconds_left(self) -> float:
        """As if the runs to come took as long as those that ended; long ones come first, so that it is too much."""
        return self.spent_s / self.ended * (self.total - self.ended) / min(self.jobs, self.total)

    @property
    def _redraws(self) -> bool:
        """Whether a line can be replaced where it stands."""
        return self.stream.isatty() and os.environ.get("TERM") != "dumb"

    def _say(self, line: str) -> None:
        if self._redraws:
            left = f"; {self._left()}" if self.ended else ""
            self._print(f"{ERASE}{line}\n{self.ended}/{self.total} built{left}")
        else:
            self._print(f"{line}\n")

    def _print(self, text: str) -> None:
        """Print, as long as somebody reads: a reader who leaves (`make | head`) does not stop the build."""
        try:
            print(text, end="", file=self.stream, flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
