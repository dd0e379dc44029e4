"""Forgetting a person: what names them is emptied, row by row kind; what the law keeps is sealed apart until its day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update

from adapters.store import tables as t
from adapters.store.folded import folded
from adapters.store.inbound import EMPTY
from adapters.store.unit import Part
from workflows.domain.contact import NOTED_BY_COLLEAGUE
from workflows.domain.ids import BookId, CustomerId, ItemId, UserId, new_id
from workflows.records import CardKind

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What colleagues wrote about the customer, by table.
_WORDS: tuple[tuple[Table, Mapping[str, str]], ...] = (
    (t.flags, {"note": ""}),
    (t.escalations, {"why": ""}),
    (t.disputes, {"reason": "", "outcome": ""}),
    (t.holds, {"why": ""}),
    (t.tasks, {"what": ""}),
    (t.plans, {"accepted_how": ""}),
    (t.approvals, {"terms": "{}"}),
    (t.acts, {"words": ""}),
)

_TOLD = frozenset({"because", "said", "words", "address"})  # of a card's data


class Erasing(Part):
    async def keep_snapshots(self, customer: CustomerId, copies: Sequence[tuple[ItemId, date, str]]) -> None:
        for item, until, words in copies:
            row = new_id()
            sealed = self._vault.seal(words, "snapshots", "body", row)
            await self._add_new(t.snapshots, id=row, customer_id=customer, item_id=item, keep_until=until, body=sealed)

    async def snapshots_of(self, customer: CustomerId) -> Sequence[tuple[date, str]]:
        found = await self._all(
            select(t.snapshots).where(t.snapshots.c.customer_id == customer).order_by(t.snapshots.c.keep_until, t.snapshots.c.id)
        )
        return [(row.keep_until, self._vault.open(row.body, "snapshots", "body", row.id)) for row in found]

    async def anonymise(self, customer: CustomerId, alias: str, at: datetime, by: UserId | None, contact_until: date | None) -> bool:
        """False when it was done before."""
        await self._wake(customer, at)
        if not await self._add_new(t.erasures, id=new_id(), customer_id=customer, alias=alias, at=at, by=by, contact_until=contact_until):
            return False
        named = update(t.customers).where(t.customers.c.id == customer)
        await self._connection.execute(named.values(name=alias, folded=folded(alias)))
        await self._connection.execute(delete(t.contacts).where(t.contacts.c.customer_id == customer))
        return True

    async def forget_words(self, customer: CustomerId) -> int:
        """What colleagues wrote; returns how many acts lost their words."""
        count = 0
        for table, empty in _WORDS:
            done = await self._connection.execute(update(table).where(table.c.customer_id == customer).values(dict(empty)))
            count += done.rowcount if table is t.acts else 0
        o = t.opt_outs.c
        noted = update(t.opt_outs).where(o.customer_id == customer, o.how.startswith(NOTED_BY_COLLEAGUE))
        await self._connection.execute(noted.values(how=NOTED_BY_COLLEAGUE))
        await self._forget_cards(customer)
        await self._forget_typed(customer)
        return count

    async def forget_contact(self, customer: CustomerId, alias: str, address: str | None = None) -> tuple[int, int]:
        """Messages and answers are emptied: all, or those to and from one address. Returns how many of each."""
        mine = t.notices.c.customer_id == customer
        ids = await self._messages_to(customer, address)
        emptied = update(t.notices).where(mine, t.notices.c.id.in_(ids)).values(body=None, because="")
        await self._connection.execute(emptied)
        rows = [f"notice:{one}" for one in ids]
        said = t.outbox.c.key.in_(rows) & t.outbox.c.error.not_in([""])  # no others: a worker may hold those, and want the account
        await self._connection.execute(update(t.outbox).where(said).values(error=""))
        answers = update(t.replies).where(t.replies.c.customer_id == customer, _same(t.replies.c.sender, address))
        replies = await self._connection.execute(answers.values(body=None, sender=alias))
        await self._forget_opt_outs(customer, alias, address)
        if address is not None:
            contacts = t.contacts.c
            await self._connection.execute(delete(t.contacts).where(contacts.customer_id == customer, _same(contacts.address, address)))
        return len(ids), replies.rowcount

    async def erasure(self, customer: CustomerId) -> str | None:
        """Under which name the customer is known since they were erased; null: they were not."""
        found = await self._all(select(t.erasures.c.alias).where(t.erasures.c.customer_id == customer))
        return found[0].alias if found else None

    async def outdated(self, book: BookId, kept_from: date, after: CustomerId | None, limit: int) -> Sequence[CustomerId]:
        c, i, e = t.customers.c, t.items.c, t.erasures.c
        mine = select(i.id).where(i.customer_id == c.id)
        newer = mine.where(or_(i.issued_on >= kept_from, i.seen_at >= datetime.combine(kept_from, time(), UTC)))
        gone = select(e.id).where(e.customer_id == c.id)
        query = select(c.id).where(c.book_id == book, mine.exists(), ~newer.exists(), ~gone.exists()).order_by(c.id).limit(limit)
        return [CustomerId(row.id) for row in await self._all(query if after is None else query.where(c.id > after))]

    async def expired(self, day: date) -> Sequence[tuple[CustomerId, str]]:
        """Persons whose messages need not be kept any more; also removes copies of invoices whose time is over."""
        await self._connection.execute(delete(t.snapshots).where(t.snapshots.c.keep_until < day))
        due = await self._all(select(t.erasures).where(t.erasures.c.contact_until < day))
        await self._connection.execute(update(t.erasures).where(t.erasures.c.id.in_([row.id for row in due])).values(contact_until=None))
        return [(CustomerId(row.customer_id), row.alias) for row in due]

    async def _messages_to(self, customer: CustomerId, address: str | None) -> list[UUID]:
        n = t.notices.c
        found = await self._all(select(n.id, n.body).where(n.customer_id == customer))
        if address is None:
            return [row.id for row in found]
        return [row.id for row in found if row.body is not None and self._went_to(row.id, row.body, address)]

    def _went_to(self, notice: UUID, body: bytes, address: str) -> bool:
        kept = json.loads(self._vault.open(body, "notices", "body", notice))
        return address.casefold() in {to.casefold() for to in kept["to"]}

    async def _forget_opt_outs(self, customer: CustomerId, alias: str, address: str | None) -> None:
        """Each keeps an address of its own, for one that runs is unique."""
        o = t.opt_outs.c
        for number, row in enumerate(
            await self._all(select(o.id).where(o.customer_id == customer, _same(o.address, address), o.address != "*"))
        ):
            await self._connection.execute(update(t.opt_outs).where(o.id == row.id).values(address=f"{alias} {number}"))

    async def _forget_cards(self, customer: CustomerId) -> None:
        """Sentences and addresses that cards keep from the moment they were raised. What only tells is about a letter, and names the customer."""
        about = await self._ids_of(customer)
        c = t.cards.c
        for row in await self._all(select(c.id, c.subject, c.data).where(or_(c.subject.in_(about), c.kind == CardKind.PROBLEM.value))):
            mine = row.subject in about or row.data.get("customer") == str(customer)
            emptied = {name: "" if name in _TOLD else value for name, value in row.data.items()}
            if mine and emptied != row.data:
                await self._connection.execute(update(t.cards).where(c.id == row.id).values(data=emptied))

    async def _forget_typed(self, customer: CustomerId) -> None:
        """What colleagues typed about the customer, as it came in; the key stays, so that nothing is taken twice. What was left waits no more."""
        about = {str(one) for one in await self._ids_of(customer)}
        i = t.inbound.c
        for row in await self._all(select(i.id, i.payload)):
            if about.intersection(_UUID.findall(self._vault.open(row.payload, "inbound", "payload", row.id))):
                sealed = self._vault.seal(EMPTY, "inbound", "payload", row.id)
                ended = func.coalesce(i.handled_at, i.accepted_at)
                await self._connection.execute(update(t.inbound).where(i.id == row.id).values(payload=sealed, handled_at=ended))

    async def _ids_of(self, customer: CustomerId) -> list[UUID]:
        """The customer's own id, and those of everything that hangs on it and may be the subject of a card or a press."""
        found: list[UUID] = [customer]
        for table in (t.items, t.notices, t.replies, t.approvals, t.plans, t.tasks):
            found += [row.id for row in await self._all(select(table.c.id).where(table.c.customer_id == customer))]
        return found


def _same(column: ColumnElement[Any], address: str | None) -> ColumnElement[bool]:
    """In any case; null: every one."""
    return or_(column == address, column == address.casefold(), column == address.lower()) if address is not None else column.is_not(None)
