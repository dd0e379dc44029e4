"""What a card says of a promise, a dispute or a hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cards.format import day, locale_of, money, name, remark, since
from cards.standing import person
from workflows.domain.account import Account
from workflows.domain.claims import HoldKind
from workflows.domain.decision import ItemDecision, PromiseNow
from workflows.domain.holds import dispute_on, holds_on
from workflows.domain.ids import UserId
from workflows.domain.promises import Fate


def promise_words(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """`Promised €400.00 for Thu 3 Dec (Ana, today 09:41). Reminders wait until Tue 8 Dec`."""
    if decided.promise is None:
        return remark(decided.because, 300)
    promise, today, locale = decided.promise.promise, account.book.place.day(now), locale_of(account.book)
    who = f"{name(person(people, promise.by))}, {_since(account, promise.at, now)}"
    kept = ", kept" if decided.promise.fate is Fate.KEPT else ""
    said = f"Promised {money(promise.amount, locale)} for {day(promise.until, today, locale)}{kept} ({who})"
    return f"{said}. Reminders wait until {day(decided.promise.ends_on, today, locale)}"


def unkept_words(account: Account, now: PromiseNow | None, today: datetime) -> str:
    """`promise of €400.00 for Fri 13 Mar not kept`; empty where the newest one stands or was kept."""
    if now is None or now.fate not in {Fate.BROKEN, Fate.PARTLY_KEPT}:
        return ""
    locale = locale_of(account.book)
    until = day(now.promise.until, account.book.place.day(today), locale)
    became = "not kept" if now.fate is Fate.BROKEN else "kept only in part"
    return f"promise of {money(now.promise.amount, locale)} for {until} {became}"


def dispute_words(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """`Disputed since Tue 24 Nov (Ana): wrong price. Reminders wait until it is settled`."""
    dispute = dispute_on(account, decided.item)
    if dispute is None:
        return remark(decided.because, 300)
    place = account.book.place
    began = day(place.day(dispute.at), place.day(now), locale_of(account.book))
    said = f"Disputed since {began} ({name(person(people, dispute.by))}): {remark(dispute.reason)}"
    return f"{said.rstrip('.')}. Reminders wait until it is settled"


def hold_words(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """`On hold until Mon 30 Nov (Ana, today 09:41): audit under way`."""
    holds = holds_on(account, decided.item, account.book.place.day(now))
    if not holds:
        return remark(decided.because, 300)
    hold = holds[0]
    if hold.kind is HoldKind.UNLISTED:
        return f"The file of {remark(hold.why)} no longer has it, so it may be paid. Reminders wait until a file has it again, or it is released"
    until = f" until {day(hold.until, account.book.place.day(now), locale_of(account.book))}" if hold.until else ""
    who = f"{name(person(people, hold.by))}, {_since(account, hold.at, now)}"
    if hold.kind is HoldKind.SAYS_PAID:
        return f"The customer says it is paid ({who}). Reminders wait for the money{until}"
    what = "On hold" if hold.item else "The whole customer is on hold"
    ends = "" if hold.until else ". Reminders wait until it is released"
    return f"{what}{until} ({who}): {remark(hold.why).rstrip('.')}{ends}"


def _since(account: Account, at: datetime, now: datetime) -> str:
    return since(at, now, account.book.place, locale_of(account.book))
