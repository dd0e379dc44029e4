"""What the command line's options and arguments take, each refused with a sentence that says what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from babel import Locale

from adapters.outreach.mime import mailbox
from workflows.domain.access import Role
from workflows.domain.calendar import UnknownZone, zone
from workflows.domain.money import UnknownCurrency, exponent

Word = TypeVar("Word", bound=StrEnum)

ROLES = ", ".join(role.word for role in Role)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CHANNEL = re.compile(r"(T[A-Z0-9]{6,}/)?[CG][A-Z0-9]{6,}|teams:(19:[\w.@-]+|workflow:[\w-]+)")
_HOOK = re.compile(r"https://hooks\.slack(-gov)?\.com/services/[A-Za-z0-9/_-]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
_BETWEEN_DIGITS = re.compile(r"[ ().\-/]")
_DAY_LENGTH = len("2026-11-24")


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a day; write it like 2026-11-24.") from None


def an_instant(text: str) -> datetime:
    """An RFC 3339 time in UTC; of a day alone its 09:00, and without an offset as if it were UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a time; write it like 2026-11-24 or 2026-11-24T10:00+01:00.") from None
    if len(text) <= _DAY_LENGTH:
        at = datetime.combine(at, time(9))
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def a_currency(text: str) -> str:
    try:
        exponent(text.upper())
    except UnknownCurrency:
        raise typer.BadParameter(f"“{text}” is no ISO currency code; give one such as EUR.") from None
    return text.upper()


def a_mailbox(text: str) -> str:
    if mailbox(text) is None:
        raise typer.BadParameter(f"“{text}” is no e-mail address.")
    return text.strip()


def a_phone(text: str) -> str:
    """As it is written, for people read it so; its digits are what a telephone takes."""
    if _PHONE.fullmatch(_BETWEEN_DIGITS.sub("", text)) is None:
        raise typer.BadParameter(f"“{text}” is no telephone number; write it as it is dialled from abroad, like +49 30 5550 0177.")
    return " ".join(text.split())


def one_of(words: type[Word]) -> Callable[[str | Word], Word]:
    """Takes one of the words."""

    def chosen(text: str | Word) -> Word:
        try:
            return words(text)
        except ValueError:
            raise typer.BadParameter(f"“{text}” is not among {', '.join(words)}.") from None

    return chosen


def a_role(text: str | Role) -> Role:
    if isinstance(text, Role):  # a default comes as it is
        return text
    try:
        return Role[text.upper()]
    except KeyError:
        raise typer.BadParameter(f"“{text}” is no role; choose one of {ROLES}.") from None


def a_slug(text: str) -> str:
    if _SLUG.fullmatch(text) is None:
        raise typer.BadParameter(f"“{text}” is no short name; use small letters, digits and hyphens, like main.")
    return text


def a_zone(text: str) -> str:
    try:
        return zone(text).key
    except UnknownZone as unknown:
        raise typer.BadParameter(f"{unknown}.") from None


def a_country(text: str) -> str:
    code = text.upper()
    if not (code.isalpha() and len(code) == 2 and code in Locale("en").territories):
        raise typer.BadParameter(f"“{text}” is no country code; use two letters, like DE.")
    return code


def a_channel(text: str) -> str:
    if _HOOK.fullmatch(text) is not None:
        return text
    if _CHANNEL.fullmatch(text) is None:
        raise typer.BadParameter(
            f"“{text}” is no channel id; in Slack it stands at the end of the channel's details, like C0123456789; in Teams in its link, like teams:19:abc@thread.tacv2."
        )
    return text


JSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Book = Annotated[str, typer.Option(metavar="BOOK", help="The book's short name.")]
OnlyBook = Annotated[str | None, typer.Option(metavar="BOOK", help="Only in this book.")]
Day = Annotated[date | None, typer.Option(parser=a_day, metavar="DATE", help="As of this day instead of today, like 2026-11-24.")]
