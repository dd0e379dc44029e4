"""Bars as a picture, legible on a phone: a PNG on a light ground, every bar with its words, its description inside the file.

matplotlib takes half a second and some 45 MB to load, so this module is loaded only where a picture is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cards.clean import bare, shorten
from cards.elements import Bars

_WIDE, _DPI = 7.8, 100  # 780 pixels, two for each of a phone's 390
_ROW, _AROUND, _TITLE = 0.46, 1.0, 0.9  # inches: a bar, the title and margin of its panel, the picture's own title
_INK, _GROUND = "#1b1f24", "#ffffff"
# One hue growing darker, told apart by lightness alone, at every kind of colour vision and in print.
_SHADES = ("#8fb8de", "#6b9fd1", "#4a82b8", "#2f6496", "#174469")
_MOST_PANELS = 12
_LETTERS = 17  # points: 12 pixels on the phone


def png(title: str, panels: Sequence[Bars]) -> bytes:
    """One panel per set of bars, below one another, each with a scale of its own."""
    shown = panels[:_MOST_PANELS]
    heights = [_ROW * max(len(bars.bars), 1) + _AROUND for bars in shown]
    figure = Figure(figsize=(_WIDE, _TITLE + sum(heights)), dpi=_DPI, facecolor=_GROUND)
    figure.suptitle(
        _safe(title, 48),
        x=0.03,
        y=1 - 0.3 / (_TITLE + sum(heights)),
        ha="left",
        fontsize=20,
        fontweight="bold",
        color=_INK,
        parse_math=False,
    )
    for nth, bars in enumerate(shown):
        below = sum(heights[nth + 1 :])
        room = _TITLE + sum(heights)
        axes = figure.add_axes((0.26, (below + 0.2) / room, 0.42, (heights[nth] - _AROUND + 0.1) / room))
        _panel(axes, bars)
    return _saved(figure, title, panels)


def _panel(axes: Axes, bars: Bars) -> None:
    places = range(len(bars.bars))
    shades = _SHADES if len(bars.bars) == len(_SHADES) else _SHADES[2:3] * len(bars.bars)
    axes.barh(places, [bar.share for bar in bars.bars], height=0.72, color=shades)
    axes.set_xlim(0, 1000)
    axes.set_ylim(len(bars.bars) - 0.4, -0.6)  # the first on top
    for at, bar in zip(places, bars.bars, strict=True):
        axes.text(-25, at, _safe(bar.label, 18), ha="right", va="center", fontsize=_LETTERS, color=_INK, parse_math=False)
        axes.text(1770, at, _safe(bar.words, 24), ha="right", va="center", fontsize=_LETTERS, color=_INK, parse_math=False)
    axes.text(-590, -0.85, _safe(bars.title, 66), ha="left", va="bottom", fontsize=_LETTERS, color=_INK, parse_math=False)
    axes.set_axis_off()


def _safe(words: str, width: int) -> str:
    return shorten(bare(words), width)


def _saved(figure: Figure, title: str, panels: Sequence[Bars]) -> bytes:
    left = len(panels) - _MOST_PANELS
    words = " ".join(bars.alt for bars in panels[:_MOST_PANELS]) + (f" And {left} more currencies." if left > 0 else "")
    into = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a letter the fonts lack is shown as a box; the description has it
        figure.savefig(into, format="png", metadata={"Title": bare(title), "Description": bare(words), "Software": None})
    return into.getvalue()
