"""A move to another policy: as a card, as figures, and carried out batch by batch."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from adapters.store.unit_of_work import SqlStore
from bot.app import App
from bot.policies import PolicyBook, PolicyVersion
from cards.elements import Card
from cards.format import day, locale_of, money
from cards.policy import PolicyChange, PolicyMove, policy_move
from workflows.compare_policies import AccountImpact, Impact, ItemImpact, compare_policies, would_move
from workflows.domain.decision import NextStep
from workflows.domain.ids import BookId, CustomerId
from workflows.domain.money import Money
from workflows.move_policy import MovePolicy, move_policy

AT_ONCE = 200


async def impact_of(name: str, text: str, app: App, book: BookId | None, most: int) -> tuple[Impact, PolicyBook]:
    """What moving to that policy would change, and the policies as they would be then. Nothing is stored; raises as `read_policy` does."""
    after = app.policies.with_current(PolicyVersion(name, await next_version(app.store, name, text), text))
    async with app.store.reading() as work:
        return await compare_policies(name, app.clock.now(), work, app.policies, after, book, most), after


async def next_version(store: SqlStore, name: str, text: str) -> int:
    """The version the text has, or would get."""
    kept = [(version, known) for one, version, known in await store.policy_versions() if one == name]
    return next((version for version, known in kept if known == text), max((version for version, _ in kept), default=0) + 1)


async def move_everyone(name: str, app: App, after: PolicyBook, book: BookId | None) -> int:
    """Every running account that the policy concerns; each batch is a unit of its own."""
    async with app.store.reading() as work:
        found = [one.customer.id async for one in work.all_accounts(book) if would_move(name, one, app.policies, after) is not None]
    moved = 0
    for some in range(0, len(found), AT_ONCE):
        moved += await _move(name, app, after, found[some : some + AT_ONCE])
    return moved


async def _move(name: str, app: App, after: PolicyBook, some: list[CustomerId]) -> int:
    async with app.store() as work:
        done = await move_policy(MovePolicy(name, some), work, app.policies, after, app.clock)
    return done.accounts


def move_card(impact: Impact, now: datetime) -> Card:
    """For people: one line per item that changes."""
    lines = [_change(one, item, now) for one in impact.shown for item in one.items if item.changes]
    locale = locale_of(impact.shown[0].account.book) if impact.shown else "en"
    return policy_move(
        PolicyMove(impact.policy, impact.running, impact.changed, impact.items, impact.was_today, impact.becomes_today, lines, locale)
    )


def _change(one: AccountImpact, item: ItemImpact, now: datetime) -> PolicyChange:
    book = one.account.book
    today, locale = book.place.day(now), locale_of(book)
    return PolicyChange(
        one.account.customer.name,
        item.item.number,
        money(item.open, locale),
        (item.level[0] or "–", item.level[1] or "–"),
        (_ahead(item.next[0], today, locale), _ahead(item.next[1], today, locale)),
        (item.today[0] or "–", item.today[1] or "–"),
    )


def _ahead(step: NextStep | None, today: date, locale: str) -> str:
    return f"{step.step}, {day(step.day, today, locale)}" if step else "–"


def impact_json(impact: Impact, now: datetime) -> dict[str, Any]:
    """`accounts` are the first of those that change; `more` is how many are left out."""
    return {
        "policy": impact.policy,
        "at": now.isoformat(),
        "running": impact.running,
        "changed": impact.changed,
        "items": impact.items,
        "today": {"was": _sums(impact.was_today), "becomes": _sums(impact.becomes_today)},
        "accounts": [_account(one) for one in impact.shown],
        "more": impact.changed - len(impact.shown),
    }


def _sums(sums: tuple[Money, ...]) -> list[dict[str, str]]:
    return [{"amount": one.plain, "currency": one.currency} for one in sums]


def _account(one: AccountImpact) -> dict[str, Any]:
    customer = one.account.customer
    return {
        "book": one.account.book.slug,
        "customer": customer.number,
        "name": customer.name,
        "from": _version(one.was),
        "to": _version(one.becomes),
        "items": [_item(item) for item in one.items],
    }


def _version(version: tuple[str, int]) -> dict[str, str | int]:
    return {"name": version[0], "version": version[1]}


def _item(item: ItemImpact) -> dict[str, Any]:
    return {
        "invoice": item.item.number,
        "open": item.open.plain,
        "currency": item.open.currency,
        "changes": item.changes,
        "level": {"was": item.level[0], "becomes": item.level[1]},
        "next": {"was": _next(item.next[0]), "becomes": _next(item.next[1])},
        "today": {"was": item.today[0], "becomes": item.today[1]},
    }


def _next(ahead: NextStep | None) -> dict[str, Any] | None:
    return (
        None if ahead is None else {"step": ahead.step, "day": ahead.day.isoformat(), "at": ahead.at.isoformat(), "reminds": ahead.reminds}
    )
