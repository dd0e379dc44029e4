"""Pictures: words in them and about them, shades that can be told apart, and no text from outside that draws or computes."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from adapters.reports.chart import _GROUND, _SHADES, png
from cards.elements import Bar, Bars
from tests.cards.samples import HOSTILE

AGES = Bars(
    "Open by age, EUR: €10.00",
    "Open by age, EUR: €10.00. Not due €10.00.",
    tuple(Bar(f"age {n}", f"€{n}.00", 200 * n) for n in range(1, 6)),
)


def opened(picture: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture))
    image.load()
    return image


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_a_picture_says_what_it_shows() -> None:
    image = opened(png("Week 47 · Northwind", [AGES]))
    assert image.info["Title"] == "Week 47 · Northwind"
    assert image.info["Description"] == AGES.alt
    assert image.width == 780


def test_shades_are_told_apart_by_lightness_and_stand_out_from_the_ground() -> None:
    assert min(contrast(shade, _GROUND) for shade in _SHADES) >= 3
    assert all(luminance(one) > luminance(other) for one, other in pairwise(_SHADES))
    counted = opened(png("x", [AGES])).convert("RGB").getcolors(1_000_000) or []
    assert {tuple(bytes.fromhex(shade[1:])) for shade in _SHADES} <= {colour for _, colour in counted}


def test_the_same_figures_are_the_same_picture() -> None:
    assert png("x", [AGES]) == png("x", [AGES])


@pytest.mark.parametrize("words", [*HOSTILE.values(), r"$\frac{1}{0}$ and $x^{", "€" * 500, "工事株式会社 🚀"])
def test_words_from_outside_are_drawn_as_they_are(words: str) -> None:
    hostile = Bars(words, words, (Bar(words, words, 1000), Bar("", "", 0)))
    assert opened(png(words, [hostile])).width == 780


def test_nothing_open_and_very_many_currencies_are_still_a_picture() -> None:
    assert opened(png("nothing", [])).height < 200
    many = opened(png("many", [AGES] * 40))
    assert many.height < 10_000
    assert "28 more" in many.info["Description"]
