"""The decisions of an account's several policies as one: what they would write at one time is one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from workflows.domain.account import ListedItem
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.ids import ItemId
from workflows.domain.money import Money, totals

Opens = Callable[[ItemId], Money]

_FIRST = {ActionKind.REMIND: 0, ActionKind.REVIEW: 1}


def joined(decisions: Sequence[Decision], opens: Opens) -> Decision:
    """What is done for all items of the account; `opens` says what is open on each."""
    if len(decisions) == 1:
        return decisions[0]
    return Decision(
        (),
        tuple(_actions((action for decision in decisions for action in decision.actions), opens)),
        _soonest(decision.next_look_at for decision in decisions),
        _soonest(decision.next_change_at for decision in decisions),
    )


def _soonest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _actions(actions: Iterable[Action], opens: Opens) -> Iterator[Action]:
    """Those of the same key are one thing: what may leave goes before what a person has to look at, and that before what is withheld."""
    by_key: dict[str, list[Action]] = {}
    for action in actions:
        by_key.setdefault(action.key, []).append(action)
    for same in by_key.values():
        kind = min((action.kind for action in same), key=lambda kind: _FIRST.get(kind, len(_FIRST)))
        yield _one([action for action in same if action.kind is kind], opens)


def _one(same: Sequence[Action], opens: Opens) -> Action:
    """In the words of the first: it leads, all others are listed by their due days after it."""
    first = same[0]
    if len(same) == 1:
        return first
    return replace(
        first,
        items=_listed(action.items for action in same),
        upcoming=_listed(action.upcoming for action in same),
        amounts=_asked(same, opens),
    )


def _listed(groups: Iterable[Sequence[ListedItem]]) -> tuple[ListedItem, ...]:
    return tuple(entry for group in groups for entry in group)


def _asked(same: Sequence[Action], opens: Opens) -> tuple[Money, ...]:
    """Money on account, which each has taken off its own sum, is taken off once."""
    gross = [_sums(action, opens) for action in same]
    netted = [[was - asked for was, asked in zip(sums, action.amounts, strict=True)] for sums, action in zip(gross, same, strict=True)]
    credit = {code: max(off.minor for off in group) for code, group in _by_currency(off for group in netted for off in group).items()}
    return tuple(whole - Money(credit[whole.currency], whole.currency) for whole in totals(one for sums in gross for one in sums))


def _sums(action: Action, opens: Opens) -> tuple[Money, ...]:
    return totals(opens(entry.item) for entry in action.items or action.upcoming)


def _by_currency(amounts: Iterable[Money]) -> dict[str, list[Money]]:
    found: dict[str, list[Money]] = {}
    for amount in amounts:
        found.setdefault(amount.currency, []).append(amount)
    return found
