"""What waits for a person: fees that were charged and may be waived, approvals, tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workflows.domain.approvals import Approval, ApprovalEnd
from workflows.domain.charges import Fee
from workflows.domain.ids import ApprovalId, BookId, CustomerId, ItemId, TaskId, UserId
from workflows.domain.tasks import Task


class RequestWork(Protocol):
    """Part of `workflows.ports.UnitOfWork`."""

    async def add_fee(self, fee: Fee) -> bool:
        """False when the step charged the item before."""
        ...

    async def waive_fee(self, item: ItemId, step: str, at: datetime) -> None: ...
    async def add_approval(self, approval: Approval) -> None: ...
    async def approval(self, approval: ApprovalId) -> tuple[Approval, CustomerId]: ...
    async def give_approval(self, approval: ApprovalId, by: UserId, at: datetime) -> bool:
        """False when that person has approved it before."""
        ...

    async def end_approval(self, approval: ApprovalId, how: ApprovalEnd, at: datetime) -> None: ...
    async def open_approvals(self, book: BookId) -> Sequence[tuple[CustomerId, Approval]]:
        """Those that have not ended, the oldest first."""
        ...

    async def add_task(self, task: Task) -> bool:
        """False when a task of that key is there."""
        ...

    async def finish_task(self, task: TaskId, by: UserId, at: datetime) -> bool:
        """False when it was done before."""
        ...

    async def task(self, task: TaskId) -> tuple[Task, CustomerId]: ...
    async def open_tasks(self, book: BookId) -> Sequence[tuple[CustomerId, Task]]:
        """The soonest due first, those without a day last."""
        ...
