"""The one question asked of every account: what is each item, what is to be done now, and when to look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TypeVar

from workflows.domain.account import Account, Item
from workflows.domain.acts import acts
from workflows.domain.choosing import parts
from workflows.domain.decision import Action, ActionKind, Decision, ItemDecision, State
from workflows.domain.ids import ItemId
from workflows.domain.joining import joined
from workflows.domain.lateness import turns, with_turns
from workflows.domain.outlook import decided, next_change, next_look
from workflows.domain.policy import Mode, Policy
from workflows.domain.standing import Owed, Standing, leads_first
from workflows.domain.telling import escalations, to_tell
from workflows.domain.view import View
from workflows.domain.writing import notices

T = TypeVar("T", bound=Owed)


def decide(policy: Policy, account: Account, now: datetime) -> Decision:
    """What every open item of the account is, what to do about it now, and when to look again.

    Pure: the same facts and instant give the same decision, however often and however late it is asked.
    """
    views, decision = _ask(policy, account, now)
    standing = {seen.item.id: decided(view, seen) for view in views for seen in view.seen}
    return replace(decision, items=tuple(standing[item.id] for item in views[0].account.all_items))


def to_do(policy: Policy, account: Account, now: datetime) -> Decision:
    """As `decide`, with no word on how the items stand: who acts, and shows nobody the account, does not pay for that."""
    return _ask(policy, account, now)[1]


def views_of(policy: Policy, account: Account, now: datetime) -> Sequence[View]:
    """What `decide` reads, for who shows some of the items: they do not pay for the others, nor for what is to be done."""
    return _views(policy, with_turns(account, turns(policy, account, now)), now)


def by_item(views: Sequence[View]) -> Callable[[ItemId], ItemDecision]:
    """What `decide` says of an item. Raises `KeyError` for another account's."""
    standing = {seen.item.id: (view, seen) for view in views for seen in view.seen}
    return cache(lambda item: decided(*standing[item]))


def open_items(views: Sequence[View]) -> tuple[Standing, ...]:
    """The items that are not settled, as they stand, but not why, nor what comes next."""
    return _in_order(views, [view.unsettled for view in views])


def owed_items(views: Sequence[View]) -> tuple[Owed, ...]:
    """The same, without how they stand: the sums of a long list do not pay for that."""
    return _in_order(views, [view.owed for view in views])


def _in_order(views: Sequence[View], found: Sequence[Sequence[T]]) -> tuple[T, ...]:
    if len(found) == 1:
        return tuple(found[0])
    found_by = {one.item.id: one for each in found for one in each}
    return tuple(found_by[item.id] for item in views[0].account.all_items if item.id in found_by)


def silence(views: Sequence[View], item: Item) -> State:
    """What keeps one of `owed_items` silent; open where nothing does, whatever step it has reached."""
    return next(view for view in views if view.has(item.id)).silenced(item)[0]


def _ask(policy: Policy, account: Account, now: datetime) -> tuple[list[View], Decision]:
    found = turns(policy, account, now)
    views = _views(policy, with_turns(account, found), now)
    decision = joined([_decide(view) for view in views], views[0].balances.open_of)
    oldest = min((day for view in views if (day := view.oldest_due_on) is not None), default=None)
    return views, replace(decision, turns=found, oldest_due_on=oldest)


def _views(policy: Policy, account: Account, now: datetime) -> list[View]:
    return [View(mine, account, now, items) for mine, items in parts(policy, account)]


def _decide(view: View) -> Decision:
    """What one policy does about the items it has."""
    to_write = () if view.waits_for_release else notices(view)
    done = () if view.waits_for_release else acts(view, to_write)
    to_staff = () if view.waits_for_release else tuple(_to_staff(view, to_write, done))
    actions = () if view.policy.mode is Mode.OFF else tuple(_now(view, to_write, done, to_staff))
    actions = tuple(replace(action, policy=(view.policy.name, view.policy.version)) for action in actions)
    change = next_change(view)
    return Decision((), actions, next_look(view, actions, change, to_tell=bool(to_staff)), change)


def _to_staff(view: View, to_write: tuple[Action, ...], done: tuple[Action, ...]) -> Iterator[Action]:
    yield from to_tell(view)
    yield from (action for action in done if action.kind not in _AT_ONCE and action.kind not in _LEAVE)
    yield from escalations(view, to_write)
    yield from (notice for notice in to_write if notice.kind in {ActionKind.REVIEW, ActionKind.TASK})


_AT_ONCE = frozenset({ActionKind.FEE})
_LEAVE = frozenset({ActionKind.REMIND, ActionKind.RECEIPT, ActionKind.NONE})


def _now(view: View, to_write: tuple[Action, ...], done: tuple[Action, ...], to_staff: tuple[Action, ...]) -> Iterator[Action]:
    """What is charged, or handed to a person, changes what may be asked for, so a message waits for the look after it."""
    if view.waits_for_release:
        yield from _first_contact(view)
    charged = [action for action in done if action.kind in _AT_ONCE]
    yield from charged
    told = to_staff if view.telling_from <= view.now else ()
    yield from told
    is_held = bool(charged) or any(action.kind in {ActionKind.ESCALATE, ActionKind.HAND_OVER} for action in told)
    leaving = [action for action in (*to_write, *done) if action.kind in _LEAVE]
    if not is_held:
        yield from leaving


def _first_contact(view: View) -> Iterator[Action]:
    late = sorted((seen for seen in view.chased if seen.overdue), key=leads_first)
    if late:
        listed = tuple(seen.listed(leads=False) for seen in late)
        because = "It was already overdue when first read; nothing is sent before a manager releases it."
        yield Action(ActionKind.REVIEW, "", listed, f"review:{view.account.customer.id}", because, amounts=view.asked(late))
