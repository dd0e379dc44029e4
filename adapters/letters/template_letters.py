"""Writing letters from templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.letters.locales import language_of, locale_of
from adapters.letters.phrases import Phrases, laid_out, languages, sandbox
from adapters.letters.view import view_of
from workflows.domain.messages import Letter, Message
from workflows.errors import Refused

# Words for what is overdue make no sense where nothing is, and the other way round: the letter that is written in their place.
_WHEN_NOTHING_IS_OVERDUE = {"first": "upcoming", "second": "upcoming", "final": "upcoming", "instalment_late": "instalment_upcoming"}
_WHEN_NOTHING_IS_UPCOMING = {"upcoming": "first", "instalment_upcoming": "instalment_late"}


class TemplateLetters:
    """`folder` may hold templates of the same names as the shipped ones, which then go before them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._templates = sandbox(folder)
        self._languages = languages(self._templates)

    def write(self, letter: Letter) -> Message:
        """Raises `Refused` when there is nothing to write about, no template of that name, or one that cannot be filled in."""
        locale = locale_of((letter.language, letter.book.language), self._languages, letter.customer.place.country)
        step, language = _words(letter), language_of(locale)
        view = view_of(letter, step, locale)
        say = Phrases(self._templates, language, step, view)
        subject = say("subject")
        parts = {**view, "say": say, "subject": subject, "paragraphs": _paragraphs(say, view), "instructions": _payment(say, view)}
        return Message(
            to=letter.customer.emails,
            subject=subject,
            text=laid_out(self._templates, "layout.txt", parts),
            html=laid_out(self._templates, "layout.html", parts),
            sender_name=view["seller"],
            reply_to=letter.book.seller_email,
            language=language,
        )


def _words(letter: Letter) -> str:
    """The template whose words fit what there is to say."""
    _must_say_something(letter)
    if not letter.overdue:
        return _WHEN_NOTHING_IS_OVERDUE.get(letter.template, letter.template)
    return letter.template if letter.upcoming else _WHEN_NOTHING_IS_UPCOMING.get(letter.template, letter.template)


def _must_say_something(letter: Letter) -> None:
    match letter.template:
        case "plan_offered" | "plan_confirmed":
            lacks = None if letter.plan and letter.plan.schedule else "there is no payment plan"
        case "receipt" | "correction":
            lacks = None if letter.received else "no money was received"
        case "promise_noted":
            lacks = None if letter.promised else "no promise stands"
        case _:
            lacks = None if letter.overdue or letter.upcoming else "no invoice is listed"
    if lacks:
        raise Refused(f"There is nothing to write about: {lacks}.")


def _paragraphs(say: Phrases, view: dict[str, Any]) -> list[str]:
    """What is open, thanks for what was paid, what else the step says, and a word on the second section."""
    first, *rest = say.paragraphs("opening") or [""]
    thanks = say("thanks") if view["part_paid"] else ""
    more = say("also_upcoming") if view["upcoming"] else ""
    return [line for line in (first, thanks, *rest, more) if line]


def _payment(say: Phrases, view: dict[str, Any]) -> list[str]:
    return view["instructions"] or [say("pay_as_printed")]
