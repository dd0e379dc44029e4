"""Every card and form there is a sample of, by the name of its golden files."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from cards.elements import Card, FileRef, Form
from tests.cards import home_samples, reply_samples, request_samples
from tests.cards.alert_samples import alert_cards
from tests.cards.answer_samples import answer_cards
from tests.cards.digest_samples import digest_cards
from tests.cards.form_samples import ERRORS as FORM_ERRORS
from tests.cards.form_samples import form_samples
from tests.cards.hostile_samples import hostile_cards
from tests.cards.outcome_samples import outcome_cards
from tests.cards.report_samples import report_cards
from tests.cards.samples import BOOK, HOSTILE, ITEM, NOW

ERRORS: Mapping[str, Mapping[str, str]] = {
    **FORM_ERRORS,
    "form_write_off_again": request_samples.WRITE_OFF_ERRORS,
    **reply_samples.REPLY_ERRORS,
    **home_samples.HOME_ERRORS,
}


def cards() -> dict[str, Card]:
    of_items = alert_cards() | outcome_cards() | answer_cards() | request_samples.request_cards() | reply_samples.reply_cards()
    of_books = digest_cards() | report_cards(BOOK, ITEM.id, NOW, HOSTILE) | home_samples.home_cards()
    return hostile_cards() | of_items | of_books


def linked(file: FileRef) -> str:
    """Where a chat is told that file is."""
    return f"https://due.example.com/f/{file.kind}-of-{file.of.hex}"


def way(item: UUID | None) -> str:
    """Where who cannot press is led."""
    return f"https://due.example.com/inbox?item={item}" if item else "https://due.example.com/inbox"


def make_forms() -> dict[str, Form]:
    return form_samples() | request_samples.request_form_samples() | reply_samples.reply_form_samples() | home_samples.home_forms()
