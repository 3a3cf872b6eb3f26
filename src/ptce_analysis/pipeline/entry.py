"""What papermill finds by its entry point: the name of our engine; the engine is loaded once it is asked.

Papermill loads its entry points while it is being imported. This module imports nothing, so that any module of the
library may be the first to import papermill.
"""

from __future__ import annotations

from typing import Any


class _Door(type):
    """Hands on what is asked of a class that stands for the engine."""

    def __getattr__(cls, name: str) -> Any:
        from ptce_analysis.pipeline import engine

        return getattr(engine.ForkEngine, name)


class ForkEngine(metaclass=_Door):
    """The engine of `pipeline.engine`, for papermill's register of engines."""
