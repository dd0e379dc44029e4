"""Everything that is known of one customer, gathered once: for the person who asks what is stored, and as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflows.domain.account import Account, Notice
from workflows.domain.contact import Reply
from workflows.domain.ids import CustomerId, UserId
from workflows.domain.messages import Message
from workflows.work.keeping import KeepingWork


@dataclass(frozen=True, slots=True)
class Dossier:
    """Messages and answers oldest first; a text is null, or empty, where none was kept. `people` are colleagues' names."""

    account: Account
    messages: tuple[tuple[Notice, Message | None], ...]
    answers: tuple[tuple[Reply, str], ...]
    people: Mapping[UserId, str]

    def person(self, user: UserId | None) -> str:
        return "the policy" if user is None else self.people.get(user, "a colleague")

    @property
    def ids(self) -> frozenset[str]:
        """What entries of the audit trail know the customer and all that is theirs by."""
        account = self.account
        found: set[UUID] = {account.customer.id}
        found.update(item.id for item in (*account.items, *(part for plan in account.plans for part in plan.instalments)))
        found.update(notice.id for notice in account.notices)
        found.update(plan.id for plan in account.plans)
        found.update(approval.id for approval in account.approvals)
        found.update(reply.id for reply in account.replies)
        found.update(task.id for task in account.tasks)
        return frozenset(map(str, found))


async def dossier_of(customer: CustomerId, work: KeepingWork) -> Dossier:
    """Raises `NotKnown`."""
    account = await work.account(customer)
    notices = sorted(account.notices, key=lambda one: (one.at, one.id))
    messages = tuple([(notice, await work.body(notice.id)) for notice in notices])
    answers = [await work.reply(reply.id) for reply in sorted(account.replies, key=lambda one: (one.at, one.id))]
    people = {user.id: user.name for user in await work.users()}
    return Dossier(account, messages, tuple((reply, words) for reply, _, words in answers), people)


def mentions(data: Mapping[str, Any], ids: frozenset[str]) -> bool:
    """Whether an entry of the trail is about one of them."""
    for value in data.values():
        if isinstance(value, str) and value in ids:
            return True
        if isinstance(value, list) and not ids.isdisjoint(one for one in value if isinstance(one, str)):
            return True
    return False
