"""Identities, so that an item's id is never taken for a customer's."""

from __future__ import annotations

from typing import NewType
from uuid import UUID, uuid4

BookId = NewType("BookId", UUID)
CustomerId = NewType("CustomerId", UUID)
ItemId = NewType("ItemId", UUID)
PlanId = NewType("PlanId", UUID)
NoticeId = NewType("NoticeId", UUID)
UserId = NewType("UserId", UUID)
CardId = NewType("CardId", UUID)


def new_id() -> UUID:
    return uuid4()
