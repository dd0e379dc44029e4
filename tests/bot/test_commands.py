"""The grammar that `/due`, `duebot query` and the inbox's search share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Ask, AskBalance, AskHelp, AskInvoice, AskOverdue, parse


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("balance acme", AskBalance("acme")),
        ("  BALANCE   Acme GmbH ", AskBalance("Acme GmbH")),
        ("balance balance", AskBalance("balance")),
        ("invoice INV-2041", AskInvoice("INV-2041")),
        ("overdue", AskOverdue()),
        ("Overdue ", AskOverdue()),
        ("", AskHelp()),
        ("help", AskHelp()),
        ("help me", AskHelp()),
        ("balance", AskHelp(lacks="balance")),
        ("invoice ", AskHelp(lacks="invoice")),
        ("overdu", AskHelp("overdu", near="overdue")),
        ("balanse acme", AskHelp("balanse acme", near="balance acme")),
        ("invioce 7", AskHelp("invioce 7", near="invoice 7")),
        ("overdue acme", AskHelp("overdue acme", near="overdue")),
        ("acme", AskHelp("acme")),
    ],
)
def test_what_is_typed_means(text: str, ask: Ask) -> None:
    assert parse(text) == ask


@given(st.text())
def test_any_text_means_something(text: str) -> None:
    assert isinstance(parse(text), AskBalance | AskInvoice | AskOverdue | AskHelp)
