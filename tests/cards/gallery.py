"""Every card and form there is a sample of, by the name of its golden files."""

from __future__ import annotations

from collections.abc import Mapping

from cards.elements import Card, FileRef, Form
from tests.cards import home_samples, reply_samples, request_samples, samples

ERRORS: Mapping[str, Mapping[str, str]] = {
    **samples.ERRORS,
    "form_write_off_again": request_samples.WRITE_OFF_ERRORS,
    **reply_samples.REPLY_ERRORS,
    **home_samples.HOME_ERRORS,
}


def cards() -> dict[str, Card]:
    return samples.cards() | request_samples.request_cards() | reply_samples.reply_cards() | home_samples.home_cards()


def linked(file: FileRef) -> str:
    """Where a chat is told that file is."""
    return f"https://due.example.com/f/{file.kind}-of-{file.of.hex}"


def make_forms() -> dict[str, Form]:
    return samples.make_forms() | request_samples.request_form_samples() | reply_samples.reply_form_samples() | home_samples.home_forms()
