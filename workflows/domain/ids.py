"""Identities, so that an item's id is never taken for a customer's."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from time import time_ns
from typing import NewType
from uuid import UUID

BookId = NewType("BookId", UUID)
CustomerId = NewType("CustomerId", UUID)
ItemId = NewType("ItemId", UUID)
PlanId = NewType("PlanId", UUID)
NoticeId = NewType("NoticeId", UUID)
UserId = NewType("UserId", UUID)
CardId = NewType("CardId", UUID)
PromiseId = NewType("PromiseId", UUID)
HoldId = NewType("HoldId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
TaskId = NewType("TaskId", UUID)
ReplyId = NewType("ReplyId", UUID)

_VERSION_7, _VARIANT = 7 << 76, 2 << 62
_ROOM = 1 << 61  # to count up by in the random part


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): in order of creation, so that new rows lie side by side in an index.

    The twelve bits behind the milliseconds carry their fraction, which the RFC allows, and keep one process's ids in order.
    """
    return UUID(int=_number())


def new_keys(count: int) -> Sequence[str]:
    """The 32 hexadecimal digits of as many new ids, one after the other: for rows that nobody asks for by their id."""
    first = _number() & ~_ROOM
    return [f"{number:032x}" for number in range(first, first + count)]


def _number() -> int:
    milliseconds, rest = divmod(time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    return milliseconds << 80 | _VERSION_7 | fraction << 64 | _VARIANT | secrets.randbits(62)
