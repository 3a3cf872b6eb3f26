"""Where things are in a project: every path of the build is written here once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.pipeline.run import Run

# The package itself: its folder, and its name in import lines.
LIBRARY = Path(__file__).parents[1]
PACKAGE = LIBRARY.name

# The stamps that are not a run's; no run has these names, since a run's begins with its language.
TABLES, SITE = "tables", "site"


@dataclass(frozen=True)
class Place:
    """A project's folder, and what a build makes in it."""

    project: Path

    @property
    def sources(self) -> Path:
        """The notebooks as written."""
        return self.project / "notebooks"

    @property
    def figures(self) -> Path:
        """Committed figures, one folder per language."""
        return self.project / "figures"

    @property
    def published(self) -> Path:
        """The figures typed from the sources."""
        return self.project / "data" / "raw" / "published"

    @property
    def processed(self) -> Path:
        """Committed tables."""
        return self.project / "data" / "processed"

    @property
    def build(self) -> Path:
        """Everything git does not keep."""
        return self.project / "build"

    @property
    def notebooks(self) -> Path:
        """Executed notebooks."""
        return self.build / "notebooks"

    @property
    def site(self) -> Path:
        """The HTML site."""
        return self.build / "site"

    def sources_in(self, lang: str) -> Path:
        """Copies of the notebooks in a reader's language, beside them: what a reader writes there outlives a build."""
        return self.project / f"notebooks-{lang}"

    @property
    def lock(self) -> Path:
        """What a working build holds."""
        return self.build / "lock"

    @property
    def scratch(self) -> Path:
        """What runs at work need for a while."""
        return self.build / "scratch"

    @property
    def made(self) -> tuple[Path, ...]:
        """The folders a build writes into."""
        return self.figures, self.processed, self.build

    def notebook(self, run: Run) -> Path:
        """The executed notebook of a run."""
        return self.notebooks / f"{run.id}.ipynb"

    def page(self, run: Run) -> Path:
        """The page of a run."""
        return self.site / run.lang / run.address

    def pictures(self, run: Run) -> Path:
        """The folder beside a run's page from which a reader downloads its figures."""
        return self.page(run).parent / "figures"

    def figures_of(self, run: Run) -> Path:
        """The folder of a run's figures: what is made from answers supplied by a reader is never committed."""
        supplied = dict(run.parameters).get("waves") == "supplied"
        return (self.build / "figures" if supplied else self.figures) / run.lang

    def failed(self, run: Run) -> Path:
        """The executed copy of a run that failed."""
        return self.build / "failed" / f"{run.id}.ipynb"

    def stamp(self, name: str) -> Path:
        """The record of what a result was made from: of a run, by its id, of the tables or of the site."""
        return self.build / "stamps" / f"{name}.json"

    def stamps(self) -> Iterator[tuple[str, Path]]:
        """Every stamp there is, by its name."""
        folder = self.build / "stamps"
        for path in sorted(folder.rglob("*.json")):
            yield path.relative_to(folder).with_suffix("").as_posix(), path
