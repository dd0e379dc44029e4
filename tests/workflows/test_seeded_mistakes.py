"""Mistakes of one word, put into the deciding on purpose: each must be caught by the tables of the decide tests."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.workflows.domain import (
    accounts,
    test_decide_claims,
    test_decide_days,
    test_decide_limits,
    test_decide_pauses,
    test_decide_peers,
)

DOMAIN = Path(__file__).parents[2] / "workflows" / "domain"
CHAIN = (
    "windows",
    "ladder",
    "lateness",
    "first_contact",
    "silences",
    "standing",
    "timing",
    "asking",
    "view",
    "telling",
    "writing",
    "outlook",
    "decide",
)  # in the order in which they import one another
TABLES = (test_decide_limits, test_decide_pauses, test_decide_days, test_decide_peers, test_decide_claims)


@dataclass(frozen=True)
class Mistake:
    """`old` stands exactly once in the module, and `new` in its place is wrong."""

    module: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.module}: {self.new.strip()}"


MISTAKES = [
    Mistake("windows", "local.time() >= policy.hours.end", "local.time() > policy.hours.end"),
    Mistake("windows", "max(now, place.at(day, policy.hours.start))", "now"),
    Mistake("windows", "earliest > day", "earliest >= day"),
    Mistake("windows", "not place.is_business_day(day)", "place.is_business_day(day)"),
    Mistake("windows", "day.weekday() in policy.weekdays", "day.weekday() not in policy.weekdays"),
    Mistake("windows", "return opens(policy, place, earliest)", "return opens(policy, place, earliest + _DAY)"),
    Mistake("ladder", "first is not None and first <= today", "first is not None and first < today"),
    Mistake("ladder", "return start - timedelta(days=days)", "return start + timedelta(days=days)"),
    Mistake("ladder", "sent = self.said.get((rank - 1, 0))  #", "sent = self.said.get((rank, 0))  #"),
    Mistake("ladder", "said >= (rung.rank, rung.occurrence)", "said > (rung.rank, rung.occurrence)"),
    Mistake("ladder", "any(said >=", "any(said =="),
    Mistake("ladder", "and day < self.paused_to", "and day <= self.paused_to"),
    Mistake("ladder", "reversed(range(len(self.policy.steps)))", "range(len(self.policy.steps))"),
    Mistake("ladder", "if notice.state.counts", "if True"),
    Mistake("ladder", "account.written_on(notice)", "notice.day"),
    Mistake("ladder", "min(s.until, day(s.ended_at))", "s.until"),
    Mistake("ladder", "if end > day(began_at)", "if end >= day(began_at)"),
    Mistake("ladder", "ends[item] = max(end, ends.get(item, end))", "ends[item] = min(end, ends.get(item, end))"),
    Mistake("ladder", "month_end(day) if anchor is Anchor.MONTH_END_AFTER_DUE else day", "day"),
    Mistake("ladder", "is (item.kind is ItemKind.INSTALMENT)", "is not (item.kind is ItemKind.INSTALMENT)"),
    Mistake("ladder", "age_from is AgeFrom.ISSUE", "age_from is AgeFrom.DUE"),
    Mistake("ladder", "if start is None or item.due_on is None", "if start is None"),
    Mistake("ladder", "if listed.leads or rung not in days:", "if True:"),
    Mistake("ladder", "days[rung] = max(day", "days[rung] = min(day"),
    Mistake("ladder", "first + timedelta(days=count * step.when.repeat_every)", "today"),
    Mistake("standing", "self.day = account.customer.place.day(now)", "self.day = account.book.place.day(now)"),
    Mistake("standing", "self.days_past_due > 0", "self.days_past_due >= 0"),
    Mistake("standing", "self.state is State.OPEN or", "self.state is State.SNOOZED or self.state is State.OPEN or"),
    Mistake("standing", "item.id in self._plans or", ""),
    Mistake("lateness", "left.minor <= 0", "left.minor < 0"),
    Mistake("lateness", "left.minor < least.minor", "left.minor <= least.minor"),
    Mistake("silences", "until > self.book_day", "until >= self.book_day"),
    Mistake("silences", "until <= self.book_day", "until < self.book_day"),
    Mistake("standing", "p.at > lapsed", "p.at >= lapsed"),
    Mistake("standing", "0 < self._credit(code).minor >= self._open_in(code)", "0 < self._credit(code).minor > self._open_in(code)"),
    Mistake("asking", "len(mine) < policy.minimum_count", "len(mine) <= policy.minimum_count"),
    Mistake("asking", "asked >= policy.minimum[currency]", "asked > policy.minimum[currency]"),
    Mistake("asking", "self._attempts(code) >= most", "self._attempts(code) > most"),
    Mistake("asking", "self.account.written_on(n) >= last", "self.account.written_on(n) > last"),
    Mistake("asking", "currency in n.currencies and", ""),
    Mistake("asking", "n.state.counts and n.step not in early", "n.state.counts"),
    Mistake("view", "seen.rung.day <= seen.item.due_on", "seen.rung.day < seen.item.due_on"),
    Mistake("view", "if seen.overdue and is_before_due(step)", "if is_before_due(step)"),
    Mistake("view", "seen.item.seen_at > last.at", "seen.item.seen_at <= last.at"),
    Mistake("view", "self.policy.steps[last + 1", "self.policy.steps[last"),
    Mistake("timing", "max(self.policy.gap_days, 1)", "self.policy.gap_days"),
    Mistake("timing", "notice.day + timedelta(days=1) for", "notice.day for"),
    Mistake("timing", "self.now < until", "self.now <= until"),
    Mistake("standing", "seen.item.due_on or date.max, -seen.open.minor", "seen.item.due_on or date.max, seen.open.minor"),
    Mistake("first_contact", "item.due_on < day]", "item.due_on <= day]"),
    Mistake("first_contact", "first = min(item.seen_at", "first = max(item.seen_at"),
    Mistake("first_contact", " or account.released_at is not None", ""),
    Mistake("ladder", "any(day < today for said", "any(day <= today for said"),
    Mistake(
        "ladder",
        "if first is None or first > today:\n                break",
        "if first is None or first > today:\n                continue",
    ),
    Mistake("ladder", "tomorrow.rank > above and", "False and"),
    Mistake("standing", "if self.policy.first_contact is FirstContact.REPLAY", "if False"),
    Mistake("view", "rank > said and", ""),
    Mistake("view", "OnNewLeader.KEEP and self._leader_settled(last)", "OnNewLeader.KEEP"),
    Mistake("view", "if last is None or not self._leader_settled(last)", "if last is None"),
    Mistake("first_contact", "balances(account, up_to=day)", "balances(account)"),
    Mistake("view", "self.day > place.day(next_allowed", "self.day >= place.day(next_allowed"),
    Mistake("standing", "found.minor > 0", "found.minor != 0"),
    Mistake("ladder", "promise.ended_at is None and is_kept(", "promise.ended_at is None or is_kept("),
    Mistake("ladder", "PromiseEnd.CANCELLED and", "PromiseEnd.REPLACED and"),
    Mistake("ladder", "d.ended_at is not None]", "d.ended_at is None and False]"),
    Mistake("ladder", "hold.until, money_came(hold, account)]", "hold.until]"),
    Mistake("silences", "self.book_day < promise.ends_on else", "self.book_day <= promise.ends_on else"),
    Mistake("silences", "in {Fate.BROKEN, Fate.PARTLY_KEPT}", "in {Fate.BROKEN}"),
    Mistake("silences", "if not self.book_day < one[1]", "if self.book_day > one[1]"),
    Mistake("view", ", ladder.broken_on or rung.day", ""),
    Mistake("outlook", ", view.promised_to(seen.item.id))]", ",)]"),
    Mistake("outlook", "view.book_day < hold.until]", "view.book_day > hold.until]"),
    Mistake("telling", "ended_on.toordinal()) not in view.raised", "0) not in view.raised"),
    Mistake("telling", "for seen in view.chased:\n        for name", "for seen in view.seen:\n        for name"),
    Mistake("writing", "view.asked_for[:1] if", "view.asked_for if"),
    Mistake("writing", "first = max(leaders", "first = min(leaders"),
    Mistake("writing", "else view.early_from) > view.now", "else view.early_from) >= view.now"),
    Mistake("writing", "if view.part_covered(listed)", "if False"),
    Mistake("writing", "if not view.is_fresh:", "if False:"),
    Mistake("writing", "listed = view.asked_for if leaders else []", "listed = view.asked_for"),
    Mistake("decide", "if view.telling_from <= view.now", "if True"),
    Mistake("telling", "return not view.raised or", "return True or"),
    Mistake("telling", "step.alerts and not step.escalates", "step.alerts"),
    Mistake("telling", ">= rung_of(seen).day", "> rung_of(seen).day"),
    Mistake("view", "if worth and not seen.ladder.let_go(seen.rung):", "if worth:"),
    Mistake("telling", "or is_handed or", "or"),
    Mistake("telling", "until.toordinal()) not in view.raised", "0) not in view.raised"),
    Mistake("telling", "for seen in view.chased:\n        until", "for seen in view.seen:\n        until"),
    Mistake("decide", "{ActionKind.ESCALATE, ActionKind.HAND_OVER} for action in told", "{ActionKind.HAND_OVER} for action in told"),
    Mistake("telling", "one.state is NoticeState.QUEUED", "False"),
    Mistake("outlook", "yield view.account.customer.place.start_of(reached)", "yield view.account.book.place.start_of(reached)"),
    Mistake("outlook", "yield view.account.book.place.start_of(end)", "yield view.account.customer.place.start_of(end)"),
    Mistake("outlook", "seen.item.due_on + _DAY for seen", "seen.item.due_on + 2 * _DAY for seen"),
    Mistake("outlook", "yield view.telling_from", "pass"),
    Mistake("outlook", "yield view.writing_from", "pass"),
    Mistake("outlook", "yield view.now + _MINUTE", "pass"),
    Mistake("outlook", "plan.at + timedelta(days=PLAN_OFFER_DAYS)", "plan.at + timedelta(days=PLAN_OFFER_DAYS + 1)"),
]


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mistake | None], None]:
    """Runs the chain of modules anew, one of them with its mistake, and lets the tables ask the new `decide`."""

    def load(mistake: Mistake | None) -> None:
        for name in CHAIN:
            source = (DOMAIN / f"{name}.py").read_text(encoding="utf-8")
            if mistake is not None and mistake.module == name:
                assert source.count(mistake.old) == 1, f"stands {source.count(mistake.old)} times: {mistake.old}"
                source = source.replace(mistake.old, mistake.new)
            full = f"workflows.domain.{name}"
            fresh = ModuleType(full)
            monkeypatch.setitem(sys.modules, full, fresh)
            exec(compile(source, f"{name}.py", "exec"), fresh.__dict__)
        monkeypatch.setattr(accounts, "decide", importlib.import_module("workflows.domain.decide").decide)

    return load


def cases() -> Iterator[Callable[[], None]]:
    """Every test of the tables, once per row."""
    for module in TABLES:
        for name, function in vars(module).items():
            if name.startswith("test_"):
                yield from _rows(function)


def _rows(function: Callable[..., None]) -> Iterator[Callable[[], None]]:
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield function
    for mark in marks:
        names = [mark.args[0]] if isinstance(mark.args[0], str) else mark.args[0]
        for row in mark.args[1]:
            yield _row(function, dict(zip(names, row if len(names) > 1 else [row], strict=True)))


def _row(function: Callable[..., None], values: dict[str, Any]) -> Callable[[], None]:
    return lambda: function(**values)


def survives() -> bool:
    """Whether every table is content."""
    for case in cases():
        try:
            case()
        except Exception:  # ruff: ignore[blind-except] - a mistake may break anything
            return False
    return True


def test_without_a_mistake_every_table_is_content(domain: Callable[[Mistake | None], None]) -> None:
    domain(None)
    assert survives()
    assert sum(1 for _ in cases()) > 100


def test_there_are_mistakes_in_every_module_and_none_twice() -> None:
    assert {mistake.module for mistake in MISTAKES} == set(CHAIN)
    assert len(set(MISTAKES)) == len(MISTAKES) >= 25


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_the_mistake_is_caught(mistake: Mistake, domain: Callable[[Mistake | None], None]) -> None:
    domain(mistake)
    assert not survives(), "no table notices it: write the case that does"
