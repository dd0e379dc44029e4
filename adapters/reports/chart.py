"""Bars as a picture, legible on a phone: a PNG on a light ground, every bar with its words, its description inside the file.

matplotlib takes half a second and some 45 MB to load, so this module is loaded only where a picture is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cards.clean import bare, shorten
from cards.elements import Bars

_WIDE, _DPI = 780, 100  # pixels, two for each of a phone's 390, and how many make an inch
_ROW, _LINE, _MARGIN, _HEAD = 46, 34, 24, 76  # pixels: a bar, a line of words, the edge, the picture's title
_LABELS, _LETTER = 196, 14  # pixels: where bars begin, and the width of a figure's letter
_LETTERS, _TITLE = 17, 20  # points: 12 and 14 pixels on the phone
_INK, _GROUND = "#1b1f24", "#ffffff"
# One hue growing darker, told apart by lightness alone, at every kind of colour vision and in print; each 3 : 1 against the ground.
_SHADES = ("#5797cf", "#3f80ba", "#2e68a0", "#1e5083", "#0f3864")
_MOST_PANELS = 12


def png(title: str, panels: Sequence[Bars]) -> bytes:
    """One panel per set of bars, below one another, each with a scale of its own."""
    shown = panels[:_MOST_PANELS]
    heights = [len(_title(bars)) * _LINE + _ROW * len(bars.bars) + _MARGIN for bars in shown]
    high = _HEAD + max(sum(heights), _MARGIN)
    figure = Figure(figsize=(_WIDE / _DPI, high / _DPI), dpi=_DPI, facecolor=_GROUND)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDE), ylim=(high, 0))  # pixels from the top left
    axes.set_axis_off()
    _write(axes, _MARGIN, _HEAD / 2, _safe(title, 46), size=_TITLE, weight="bold")
    top = _HEAD
    for bars, height in zip(shown, heights, strict=True):
        _panel(axes, bars, top)
        top += height
    return _saved(figure, title, panels)


def _title(bars: Bars) -> list[str]:
    return wrap(_safe(bars.title, 150), 52)


def _panel(axes: Axes, bars: Bars, top: int) -> None:
    for line in _title(bars):
        _write(axes, _MARGIN, top + _LINE / 2, line)
        top += _LINE
    longest = max((len(bar.words) for bar in bars.bars), default=0)
    room = max(_WIDE - _LABELS - 2 * _MARGIN - _LETTER * longest, 80)
    shades = _SHADES if len(bars.bars) == len(_SHADES) else _SHADES[1:2] * len(bars.bars)
    for nth, (bar, shade) in enumerate(zip(bars.bars, shades, strict=True)):
        at = top + _ROW * (nth + 0.5)
        axes.barh(at, bar.share * room / 1000, left=_LABELS, height=_ROW - 12, color=shade)
        _write(axes, _MARGIN, at, _safe(bar.label, 16))
        _write(axes, _WIDE - _MARGIN, at, _safe(bar.words, 32), align="right")


def _write(axes: Axes, x: float, y: float, words: str, *, align: str = "left", size: int = _LETTERS, weight: str = "normal") -> None:
    """What stands between dollar signs is no formula."""
    axes.text(x, y, words, ha=align, va="center", fontsize=size, fontweight=weight, color=_INK, parse_math=False)


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
