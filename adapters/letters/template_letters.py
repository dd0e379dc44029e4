"""Writing letters from templates."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.letters.documents import DocumentFolder
from adapters.letters.locales import TOGETHER, language_of, locale_of
from adapters.letters.phrases import Phrases, laid_out, languages, letter_names, sandbox
from adapters.letters.specimens import specimens
from adapters.letters.view import view_of
from cards.clean import CLOSE, OPEN, bare, clean
from workflows.domain.messages import Letter, Message, Wording
from workflows.domain.reach import EMAIL
from workflows.errors import Refused

# Words for what is overdue make no sense where nothing is, and the other way round: the letter that is written in their place.
_WHEN_NOTHING_IS_OVERDUE = {"first": "upcoming", "second": "upcoming", "final": "upcoming", "instalment_late": "instalment_upcoming"}
_WHEN_NOTHING_IS_UPCOMING = {"upcoming": "first", "instalment_upcoming": "instalment_late"}


class TemplateLetters:
    """`folder` may hold templates of the same names as the shipped ones, which then go before them, and others; `documents` holds invoices."""

    def __init__(self, folder: Path | None = None, documents: Path | None = None) -> None:
        """Raises `Refused` with every mistake in the folder's templates, each with its line."""
        self._templates = sandbox(folder)
        self.languages = languages(self._templates)
        self._documents = DocumentFolder(documents)
        self.names = letter_names(self._templates)
        if folder is not None and (wrong := self._mistakes(folder)):
            raise Refused("\n".join(wrong))

    def write(self, letter: Letter) -> Message:
        """Raises `Refused` when there is nothing to write about, no template of that name, or one that cannot be filled in.

        `DocumentMissing` when a document that goes along cannot be had.
        """
        locale = locale_of((letter.language, letter.book.language), self.languages, letter.customer.place.country)
        step, language = _words(letter), language_of(locale)
        view = view_of(letter, step, locale)
        say = Phrases(self._templates, language, step, view)
        subject = say("subject").replace(TOGETHER, " ")
        parts = {
            **view,
            "say": say,
            "subject": subject,
            "paragraphs": _paragraphs(say, view),
            "instructions": _payment(say, view),
            "blocks": [],
        }
        mail = letter.channel == EMAIL  # over the others its words go alone, and the channel knows the customer's address
        message = Message(
            to=letter.customer.emails if mail else (),
            subject=subject,
            text=laid_out(self._templates, "layout.txt", parts),
            html=laid_out(self._templates, "layout.html", parts) if mail else None,
            sender_name=view["seller"],
            reply_to=letter.book.seller_email,
            language=language,
            attachments=self._documents.of(letter.book, letter.documents) if mail else (),
        )
        return self._reworded(message, letter.wording) if letter.wording else message

    def _reworded(self, message: Message, own: Wording) -> Message:
        """In a person's own words; they are shown as they are, whatever they hold."""
        subject, text = bare(own.subject), bare_lines(own.text)
        blocks = [part.split("\n") for part in re.split(r"\n\n+", text)]
        parts = {"subject": subject, "language": message.language, "seller": message.sender_name, "blocks": blocks}
        html = laid_out(self._templates, "layout.html", parts) if message.html is not None else None
        return replace(message, subject=subject, text=f"{text}\n", html=html)

    def _mistakes(self, folder: Path) -> list[str]:
        """What is wrong with templates of one's own, found by writing made-up letters with them."""
        own = {str(file.relative_to(folder).as_posix()) for file in folder.rglob("*") if file.suffix in {".txt", ".html"}}
        mine = {language: {name for name in self.names if f"{language}/{name}.txt" in own} for language in self.languages}
        wrong = [f"{name}: there is no language {name.partition('/')[0]!r} with a words.txt." for name in sorted(own) if self._lost(name)]
        for language, names in mine.items():
            shared = own & {f"{language}/words.txt", "layout.txt", "layout.html"}
            for name in sorted(self.names if shared else names):
                wrong += self._faults(name, language)
        return list(dict.fromkeys(wrong))

    def _lost(self, name: str) -> bool:
        return "/" in name and name.partition("/")[0] not in self.languages

    def _faults(self, name: str, language: str) -> list[str]:
        found = []
        for specimen in specimens(name, language):
            try:
                self.write(specimen)
                self.write(replace(specimen, wording=Wording("Subject", "Text")))
            except Refused as refused:
                found.append(str(refused))
        return found


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


def bare_lines(text: str) -> str:
    """Outside text with its own lines, without direction marks and blanks at their ends."""
    plain = clean(text, lines=True).replace(OPEN, "").replace(CLOSE, "")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip()


def _payment(say: Phrases, view: dict[str, Any]) -> list[str]:
    return view["instructions"] or [say("pay_as_printed")]
