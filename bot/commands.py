"""Typed text to what is asked: one small grammar for `/due`, `duebot query` and the inbox's search. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum

from cards.actions import Name
from cards.choices import LONGEST
from cards.clean import bare

NEAR = 0.7  # of 1, how alike a word must be to be meant
_MOST_DAYS = 4  # digits


class Listed(StrEnum):
    """Lists of every book, or of the one whose short name follows."""

    MINE = "mine"
    PROMISES = "promises"
    PLANS = "plans"
    DISPUTES = "disputes"
    TASKS = "tasks"


class Figure(StrEnum):
    """Figures of one book."""

    AGING = "aging"
    METRICS = "metrics"
    FORECAST = "forecast"
    REPORT = "report"


ACTS = {"remind": Name.SEND_REMINDER, "snooze": Name.SNOOZE, "flag": Name.FLAG, "escalate": Name.ESCALATE, "fee": Name.FEE}
_NEED_WORDS = ("balance", "customer", "invoice", "why", *ACTS)
VERBS = ("overdue", "home", *_NEED_WORDS, *Listed, *Figure, "settings", "share", "link", "help")


@dataclass(frozen=True, slots=True)
class AskBalance:
    customer: str


@dataclass(frozen=True, slots=True)
class AskCustomer:
    customer: str


@dataclass(frozen=True, slots=True)
class AskOverdue:
    """Those at least so many `days` late, at least `least` (an amount as typed, of `currency` or the book's), of one `customer`, or of the
    book that has these words for its short name.
    """

    days: int = 1
    customer: str = ""
    least: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class AskInvoice:
    number: str


@dataclass(frozen=True, slots=True)
class AskWhy:
    number: str


@dataclass(frozen=True, slots=True)
class AskList:
    """`book` is its short name; empty: all of them."""

    what: Listed
    book: str = ""


@dataclass(frozen=True, slots=True)
class AskFigures:
    """`book` is its short name; empty: the only one."""

    what: Figure
    book: str = ""


@dataclass(frozen=True, slots=True)
class AskAct:
    """`words` begin with an invoice's number, which may hold blanks; what follows it belongs to the act: `snooze INV 7 3d`."""

    act: Name
    words: str


@dataclass(frozen=True, slots=True)
class AskHome:
    """What waits for the one who asks."""


@dataclass(frozen=True, slots=True)
class AskSettings:
    pass


@dataclass(frozen=True, slots=True)
class AskShare:
    """The answer is for everybody in the channel."""

    ask: Question


@dataclass(frozen=True, slots=True)
class AskHelp:
    """`unknown` is what was typed and is no command, `near` what it may have been meant to be, `lacks` a verb without the word it needs.

    All empty when help was asked for.
    """

    unknown: str = ""
    near: tuple[str, ...] = ()
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class AskLink:
    """The code of an invitation, typed by somebody whose chat account is to be a colleague's."""

    code: str


Question = AskBalance | AskCustomer | AskOverdue | AskInvoice | AskWhy | AskList | AskFigures | AskHome | AskSettings | AskHelp
Ask = Question | AskAct | AskShare | AskLink


def parse(text: str) -> Ask:
    """Any text is something: what is not understood asks for help. Control characters and marks that reorder say nothing."""
    text = bare(text[:LONGEST])
    verb, rest = _first(text)
    match verb:
        case "" | "help":
            return AskHelp()
        case "share":
            return _share(rest)
        case "link":
            return AskLink(_unquoted(rest)) if rest else AskHelp(lacks="link")
        case "settings":
            return AskSettings()
        case "home":
            return AskHome()
        case "overdue":
            return _overdue(rest)
    if verb in set(Listed):
        return AskList(Listed(verb), _unquoted(rest))
    if verb in set(Figure):
        return AskFigures(Figure(verb), _unquoted(rest))
    if verb in _NEED_WORDS:
        return _about(verb, rest)
    return AskHelp(text, _near(verb, rest))


def _first(text: str) -> tuple[str, str]:
    """The first word in small letters, and what follows it."""
    verb, _, rest = text.partition(" ")
    return verb.casefold(), rest


def _share(rest: str) -> Ask:
    asked = parse(rest)
    if isinstance(asked, AskHelp | AskAct | AskHome | AskShare | AskLink):  # nothing that changes something, and nobody's own affairs
        return asked if isinstance(asked, AskHelp) and rest else AskHelp(lacks="share")
    return AskShare(asked)


def _about(verb: str, rest: str) -> Ask:
    words = _unquoted(rest)
    if not words:
        return AskHelp(lacks=verb)
    match verb:
        case "balance":
            return AskBalance(words)
        case "customer":
            return AskCustomer(words)
        case "invoice":
            return AskInvoice(words)
        case "why":
            return AskWhy(words)
        case _:
            return AskAct(ACTS[verb], rest)


_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’"}


def _unquoted(words: str) -> str:
    """A name in quotation marks, without them."""
    if len(words) > 1 and _QUOTES.get(words[0]) == words[-1]:
        return words[1:-1].strip()
    return words


def number_first(words: str) -> tuple[tuple[str, str], ...]:
    """How `words` may part into a number and what follows it, the longest number first; a quoted one parts in one way only."""
    close = _QUOTES.get(words[:1])
    if close is not None and (end := words.find(close, 1)) > 0:
        return ((words[1:end].strip(), words[end + 1 :].strip()),)
    parts = words.split()
    return tuple((" ".join(parts[:n]), " ".join(parts[n:])) for n in range(min(len(parts), 6), 0, -1))


_DAYS = re.compile(rf"(\d{{1,{_MOST_DAYS}}})\+?(?:d|days?)?", re.IGNORECASE)
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_AMOUNT = re.compile(
    r"(?P<over>>=?)?(?P<before>[€$£]|[A-Z]{3}(?=[\d ]))? ?(?P<figure>\d[\d.,']*)(?P<after> ?[€$£]| [A-Z]{3}(?= |$)|[A-Z]{3}(?= |$))?"
)


def _overdue(rest: str) -> AskOverdue:
    """Bounds come first, in either order; from the first word on that is none the rest is a customer."""
    days, least, currency = 1, "", ""
    while rest:
        if not least and (amount := _amount(rest)) is not None:
            least, currency, rest = amount
            continue
        word, _, after = rest.partition(" ")
        found = _DAYS.fullmatch(word)
        if found is None or days != 1:
            break
        days, rest = max(int(found[1]), 1), after.removeprefix("days ").removeprefix("d ").strip() if after not in {"days", "d"} else ""
    return AskOverdue(days, _unquoted(rest), least, currency)


def _amount(words: str) -> tuple[str, str, str] | None:
    """An amount at the start: its figure, its currency, what follows. A bare whole number is none: it counts days."""
    found = _AMOUNT.match(words)
    if found is None or (found.end() < len(words) and words[found.end()] != " "):
        return None
    sign = (found["before"] or found["after"] or "").strip()
    if not (sign or found["over"] or re.search(r"[.,']\d", found["figure"])):
        return None
    return found["figure"], _SIGNS.get(sign, sign), words[found.end() :].strip()


def _near(verb: str, rest: str) -> tuple[str, ...]:
    """Whole questions that may have been meant, the likeliest first. For an act it is the invoice, whose card has the button."""
    close = get_close_matches(verb, VERBS, n=3, cutoff=NEAR)
    return tuple(dict.fromkeys(asked for known in close if (asked := _asked(known, rest))))


def _asked(verb: str, rest: str) -> str:
    if verb in ACTS:
        return f"invoice {rest.split(maxsplit=1)[0]}" if rest else ""
    if verb in {*_NEED_WORDS, "share", "link"}:
        return f"{verb} {rest}" if rest else ""
    return f"{verb} {rest}".strip() if verb == "overdue" or verb in {*Listed, *Figure} else verb


_PERIOD = re.compile(r"(\d{1,3}) ?(d|days?|w|weeks?)", re.IGNORECASE)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def until(words: str, today: date) -> date | None:
    """`3d`, `2 weeks`, `until Friday`, `2026-12-01`: the day it means; null for what is no day."""
    said = words.casefold().removeprefix("until ").removeprefix("for ").strip()
    if (period := _PERIOD.fullmatch(said)) is not None:
        return today + timedelta(int(period[1]) * (7 if period[2].startswith("w") else 1))
    if said[:3] in _WEEKDAYS and said.isalpha():
        return today + timedelta((_WEEKDAYS.index(said[:3]) - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
