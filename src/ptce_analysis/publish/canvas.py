"""What a figure is measured and written with: matplotlib's SVG renderer, which measures each text only once.

Matplotlib's own canvas makes a new renderer, and forgets what it measured, each time something asks how wide a text is;
laying a figure out asks hundreds of times. Here what is measured is also what is written.
"""

from __future__ import annotations

import io
from functools import cached_property, lru_cache
from typing import Any

from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

NOTHING_ABOUT_THE_FILE = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Pen(RendererSVG):
    """Writes SVG into `writer`; the extents of texts are shared by every pen of the process."""

    def __init__(self, figure: Figure, writer: io.StringIO) -> None:
        width, height = (72 * float(inches) for inches in figure.get_size_inches())
        super().__init__(width, height, writer, image_dpi=72, metadata=NOTHING_ABOUT_THE_FILE)  # type: ignore[no-untyped-call]

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return the extent of a text in points."""
        return extent(s, prop, ismath)


class Canvas(FigureCanvasBase):
    """The canvas of a figure that is measured with a pen."""

    def get_renderer(self) -> Pen:
        """Return the pen that measures; what it writes is thrown away."""
        return self._measuring

    @cached_property
    def _measuring(self) -> Pen:
        return Pen(self.figure, io.StringIO())


def measuring(figure: Figure) -> Pen:
    """Return the pen that measures a figure, whoever made it."""
    canvas = figure.canvas if isinstance(figure.canvas, Canvas) else Canvas(figure)
    return canvas.get_renderer()


def written(figure: Figure) -> str:
    """Return a figure as matplotlib's SVG, laid out and drawn once; a dot is a point."""
    figure.set_dpi(72)
    stream = io.StringIO()
    pen = Pen(figure, stream)
    figure.draw(pen)
    pen.finalize()  # type: ignore[no-untyped-call]
    return stream.getvalue()


def extent(text: str, font: FontProperties, ismath: Any = False) -> tuple[float, float, float]:
    """Return the width, the height and the depth below its line of one line of text, in points."""
    return _extent(text, font.copy(), ismath)  # a copy: the caller may change its own


@lru_cache(maxsize=4096)
def _extent(text: str, font: FontProperties, ismath: Any) -> tuple[float, float, float]:
    width, height, descent = text_to_path.get_text_width_height_descent(text, font, ismath)
    return float(width), float(height), float(descent)
