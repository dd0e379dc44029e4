"""Something a colleague is to do about an item: noted, and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Item
from workflows.domain.calendar import spoken
from workflows.domain.ids import ItemId, TaskId, UserId, new_id
from workflows.domain.tasks import Task
from workflows.errors import BadEntry
from workflows.ports import Clock, UnitOfWork

LONGEST = 300  # characters


@dataclass(frozen=True, slots=True)
class CreateTask:
    """Without `owner` it is anybody's."""

    item: ItemId
    what: str
    owner: UserId | None
    due_on: date | None
    by: User


@dataclass(frozen=True, slots=True)
class TaskSet:
    """A task that was made, or was done. `owner` is whose it is."""

    account: Account
    item: Item
    task: Task
    owner: User | None = None


async def create_task(ask: CreateTask, work: UnitOfWork, clock: Clock) -> TaskSet:
    """It changes nothing else, so it may be made whatever somebody did meanwhile. Raises `Refused` for one that cannot be."""
    account, item = await item_to_act_on(work, ask.item, ask.by, None)
    owner, what = (await work.user(ask.owner) if ask.owner else None), " ".join(ask.what.split())
    if not what or len(what) > LONGEST:
        raise BadEntry({"what": f"Say what is to be done, in at most {LONGEST} characters."})
    if owner is not None and owner.role < Role.COLLECTOR:
        raise BadEntry({"owner": f"{owner.name} is a {owner.role.word} and could do nothing about it; choose a collector or a manager."})
    if ask.due_on is not None and ask.due_on < account.book.place.day(clock.now()):
        raise BadEntry({"due_on": "That day is past; choose today or a later day."})
    now, id_ = clock.now(), TaskId(new_id())
    task = Task(id_, f"hand:{id_}", item.id, what, now, owner.id if owner else None, ask.due_on, ask.by.id)
    await work.add_task(task)
    whose = f" for {owner.name}" if owner and owner.id != ask.by.id else ""
    until = f" by {spoken(ask.due_on)}" if ask.due_on else ""
    facts = {"task": str(id_), "owner": str(owner.id) if owner else None}
    await note_act(work, account, item, ask.by, "task.created", f"{ask.by.name} made a task{whose}{until}: {what}", now, **facts)
    return TaskSet(account, item, task, owner)
