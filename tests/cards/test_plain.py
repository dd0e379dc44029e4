"""Text for terminals: nothing that moves the cursor, lines that fit, columns that stand under one another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings

from cards.elements import Card, Facts, Heading, Row, Rows, Text, Tone
from cards.plain.render import render, width
from tests.cards import any_card
from tests.cards.gallery import cards

CARDS = cards()


@given(any_card.cards)
@settings(max_examples=60, deadline=None)
def test_no_card_controls_the_terminal_or_runs_over_the_line(card: Card) -> None:
    drawn = render(card)
    assert not [char for char in drawn if unicodedata.category(char) in {"Cc", "Cs"} and char != "\n"]
    assert all(width(line) <= 100 for line in drawn.splitlines())


@pytest.mark.parametrize("name", CARDS)
def test_every_card_fits_into_a_terminal(name: str) -> None:
    assert all(width(line) <= 100 for line in render(CARDS[name]).splitlines())


def test_figures_stand_under_one_another() -> None:
    rows = Rows(("Who", "Open"), (Row(("a", "€1.00")), Row(("工事", "€1,000.00"))), frozenset({1}))
    assert render(Card("s", (rows,))) == "Who        Open\na         €1.00\n工事  €1,000.00\n"


def test_a_sign_says_what_a_colour_would() -> None:
    assert [render(Card("s", (Heading("x", tone=tone),))) for tone in Tone] == ["! x\n", "~ x\n", "✓ x\n", "x\n"]


def test_a_long_value_wraps_under_itself() -> None:
    drawn = render(Card("s", (Facts((("Why", "word " * 30),)),))).splitlines()
    assert drawn[0].startswith("Why:  word")
    assert drawn[1].startswith("      word")


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert render(Card("s", (Text("x" * 250),))).splitlines() == ["x" * 100, "x" * 100, "x" * 50]
