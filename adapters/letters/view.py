"""What a letter's templates see: plain strings in the reader's language, cleaned of everything that could reorder or break a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.lists import format_list

from adapters.letters.locales import language_of, long_day
from adapters.letters.view_lines import NUMBER_WIDTH, Sum, line_of, money_of, promise_of
from cards.clean import bare, clean, isolated
from cards.format import money, name
from workflows.domain.account import Book
from workflows.domain.messages import Letter, LetterLine
from workflows.domain.money import Money, totals

STOP_WORD = "UNSUBSCRIBE"
OF_UPCOMING = frozenset(["upcoming", "instalment_upcoming"])
STATEMENT = "statement"


def view_of(letter: Letter, step: str, locale: str) -> dict[str, Any]:
    """The names a template may use, for every step the same; those of what a letter is not about are empty."""
    overdue = [line_of(line, locale) for line in letter.overdue]
    upcoming = [line_of(line, locale) for line in letter.upcoming]
    # The one whose turn it is leads; a person may have chosen one that is not the oldest.
    led_by, led = (letter.upcoming, upcoming) if step in OF_UPCOMING or not overdue else (letter.overdue, overdue)
    part_paid = [line for line in (*letter.overdue, *letter.upcoming) if line.paid.minor > 0]
    asked = letter.amounts or totals(line.open for line in letter.overdue)
    soon = totals(line.open for line in letter.upcoming)
    deducted = () if step == STATEMENT else letter.on_account
    return {
        "language": language_of(locale),
        "seller": name(letter.book.name),
        "customer": name(bare(letter.customer.name) or letter.customer.number),
        "today": long_day(letter.day, locale),
        "lead": led[0] if led else None,
        "earliest": min(zip(led_by, led, strict=True), key=lambda pair: pair[0].due_on)[1] if led else None,
        "overdue": overdue,
        "upcoming": upcoming,
        "count": len(overdue) or len(upcoming),
        "ordinal": letter.ordinal,
        "listed": len(overdue) + len(upcoming),
        "asked": _sums_in_words(asked, locale),
        "currencies": len(asked),
        "soon": _sums_in_words(soon, locale),
        "soon_currencies": len(soon),
        "part_paid": [line_of(line, locale) for line in part_paid],
        "paid": _sums_in_words(totals(line.paid for line in part_paid), locale),
        "overdue_sums": _sums(letter.overdue, deducted, locale),
        "upcoming_sums": _sums(letter.upcoming, (), locale),
        **_everything(letter, locale),
        **_happened(letter, locale),
        **_seller(letter.book),
    }


def _everything(letter: Letter, locale: str) -> dict[str, Any]:
    """For a statement and for what is left after a payment: sums over all that is listed."""
    rest = totals(line.open for line in (*letter.overdue, *letter.upcoming))
    credit = {amount.currency: amount for amount in letter.on_account}
    net = [max(gross - credit.get(gross.currency, Money.zero(gross.currency)), Money.zero(gross.currency)) for gross in rest]
    return {
        "everything": _sums_in_words(net, locale),
        "late": _sums_in_words(totals(line.open for line in letter.overdue), locale),
        "on_account": _sums_in_words(letter.on_account, locale),
        "rest": _sums_in_words(rest, locale),
        "rest_currencies": len(rest),
    }


def _happened(letter: Letter, locale: str) -> dict[str, Any]:
    """What a letter is about that is no demand: money that came, a plan, a promise."""
    came, plan = letter.received, letter.plan
    schedule = plan.schedule if plan else ()
    spare = totals(one.amount for one in came if one.number is None)
    return {
        "received": [money_of(one, locale) for one in came],
        "received_sum": _sums_in_words(totals(one.amount for one in came), locale),
        "received_for": _numbers([one.number for one in came if one.number is not None], locale),
        "on_credit": _sums_in_words(spare, locale),
        "on_credit_currencies": len(spare),
        "settled": _numbers(letter.settled, locale),
        "settled_count": len(letter.settled),
        "crossed_on": long_day(letter.crossed_on, locale) if letter.crossed_on else "",
        "schedule": [line_of(line, locale) for line in schedule],
        "schedule_sum": _sums_in_words(totals(line.open for line in schedule), locale),
        "schedule_sums": _sums(schedule, (), locale),
        "covers": _numbers(plan.covers if plan else (), locale),
        "covered": len(plan.covers) if plan else 0,
        "answer_by": long_day(plan.answer_by, locale) if plan and plan.answer_by else "",
        "promised": promise_of(letter.promised, letter.day, _numbers(letter.promised.numbers, locale), locale) if letter.promised else None,
        "asks": bool(letter.overdue or letter.upcoming or schedule),
    }


def _sums(lines: Sequence[LetterLine], on_account: Iterable[Money], locale: str) -> list[Sum]:
    """Nothing for a single line with nothing deducted: its own amount says it all."""
    deducted = {amount.currency: amount for amount in on_account}
    if len(lines) < 2 and not deducted:
        return []
    return [_sum(gross, deducted, locale) for gross in totals(line.open for line in lines)]


def _sum(gross: Money, deducted: Mapping[str, Money], locale: str) -> Sum:
    less = deducted.get(gross.currency)
    asked = gross - less if less else gross
    return Sum(gross.currency, money(gross, locale), money(less, locale) if less else "", money(asked, locale))


def _seller(book: Book) -> dict[str, Any]:
    email, phone = bare(book.seller_email or ""), bare(book.seller_phone or "")
    lines = clean(book.payment_instructions or "", lines=True).split("\n")
    return {
        "contacts": [name(way) for way in (email, phone) if way],
        "mailto": f"mailto:{quote(email, safe='@')}" if email else "",
        "unsubscribe": name(email) if email else "",
        "unsubscribe_mailto": f"mailto:{quote(email, safe='@')}?subject={STOP_WORD}&body={STOP_WORD}" if email else "",
        "instructions": [isolated(line) for line in map(bare, lines) if line],
    }


def _sums_in_words(sums: Iterable[Money], locale: str) -> str:
    return _listed([money(amount, locale) for amount in sums], locale)


def _numbers(numbers: Iterable[str], locale: str) -> str:
    return _listed([name(number, NUMBER_WIDTH) for number in dict.fromkeys(numbers)], locale)


def _listed(words: Sequence[str], locale: str) -> str:
    return format_list(words, locale=Locale.parse(locale)) if words else ""
