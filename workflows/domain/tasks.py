"""What somebody has to do about an account: a call, a look at a plan, an answer to a letter."""

from __future__ import annotations

from datetime import date, datetime

from workflows.domain.ids import ItemId, TaskId, UserId
from workflows.domain.values import value


@value
class Task:
    """`key` is unique for ever: `task:ITEM:STEP:OCCURRENCE` of a policy's step, else one of its own. Without `owner` it is anybody's."""

    id: TaskId
    key: str
    item: ItemId
    what: str
    at: datetime
    owner: UserId | None = None
    due_on: date | None = None
    by: UserId | None = None
    done_at: datetime | None = None
    done_by: UserId | None = None
