"""A task is done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.acting import note_act, require, when
from workflows.create_task import TaskSet
from workflows.domain.access import Right, User
from workflows.domain.ids import TaskId
from workflows.errors import AlreadyDone, NotKnown
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """Whoever did it may say so, whosever it was."""

    task: TaskId
    by: User


async def complete_task(ask: CompleteTask, work: UnitOfWork, clock: Clock) -> TaskSet:
    """Raises `AlreadyDone` naming who did it and when."""
    require(ask.by, Right.CHASE)
    task, customer = await work.task(ask.task)
    account = await work.account(customer)
    task, _ = await work.task(ask.task)
    if task.done_at is not None:
        who = (await work.user(task.done_by)).name if task.done_by else "The policy"
        raise AlreadyDone(f"{who} has done this, {when(account.book.place, task.done_at)}.")
    item = next((one for one in (*account.all_items, *account.items) if one.id == task.item), None)
    if item is None:
        raise NotKnown("That task belongs to an instalment of a plan that no longer runs.")
    now = clock.now()
    await work.finish_task(task.id, ask.by.id, now)
    await note_act(work, account, item, ask.by, "task.done", f"{ask.by.name} has done: {task.what}", now, task=str(task.id))
    return TaskSet(account, item, replace(task, done_at=now, done_by=ask.by.id))
