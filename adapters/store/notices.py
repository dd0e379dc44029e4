"""Messages to customers: that a step is said once, whatever else happens, is held here by two unique indexes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.unit import Part, add_new
from workflows.domain.account import ListedItem, Notice, NoticeState
from workflows.domain.ids import BookId, CustomerId, NoticeId, new_id
from workflows.domain.messages import Message


class Notices(Part):
    async def add_notice(self, customer: CustomerId, notice: Notice, key: str) -> bool:
        await self._wake(customer, notice.at)
        async with self._connection.begin_nested() as attempt:
            if await self._add_new(t.notices, **_values(customer, notice, key)) and await self._list(notice):
                return True
            await attempt.rollback()
        return False

    async def _list(self, notice: Notice) -> bool:
        """False when another notice that counts led with the same step."""
        listed = _listed_values(notice.id, notice.items, counts=notice.state.counts)
        return not listed or len(await add_new(self._connection, t.notice_items, listed)) == len(listed)

    async def notice(self, notice: NoticeId) -> tuple[Notice, CustomerId]:
        row = await self._one(select(t.notices).where(t.notices.c.id == notice), "message")
        listed = await self._listed([notice])
        return rows.notice(row, tuple(listed.get(notice, ()))), CustomerId(row.customer_id)

    async def addressees(self, notices: Sequence[NoticeId]) -> Mapping[NoticeId, CustomerId]:
        n = t.notices.c
        found = await self._all(select(n.id, n.customer_id).where(n.id.in_(notices)))
        return {NoticeId(row.id): CustomerId(row.customer_id) for row in found}

    async def notices_of(self, book: BookId, day: date) -> Sequence[tuple[Notice, CustomerId]]:
        n = t.notices.c
        query = select(t.notices).join(t.customers, t.customers.c.id == n.customer_id).where(t.customers.c.book_id == book, n.day == day)
        found = await self._all(query.order_by(n.at, n.id))
        listed = await self._listed([row.id for row in found])
        return [(rows.notice(row, tuple(listed.get(row.id, ()))), CustomerId(row.customer_id)) for row in found]

    async def set_notice(self, notice: NoticeId, state: NoticeState, at: datetime, because: str = "") -> None:
        found = await self._one(select(t.notices.c.customer_id, t.notices.c.sent_at).where(t.notices.c.id == notice), "message")
        await self._wake(CustomerId(found.customer_id), at)
        values: dict[str, object] = {"state": state.value, "counts": state.counts, "because": because}
        if state in {NoticeState.SENT, NoticeState.DELIVERED} and found.sent_at is None:
            values["sent_at"] = at
        await self._connection.execute(update(t.notices).where(t.notices.c.id == notice).values(values))
        await self._connection.execute(update(t.notice_items).where(t.notice_items.c.notice_id == notice).values(counts=state.counts))

    async def notices_sent(self, notices: Sequence[NoticeId], at: datetime) -> None:
        n, listed = t.notices.c, t.notice_items.c
        owners = select(n.customer_id).where(n.id.in_(notices))
        await self._connection.execute(update(t.customers).where(t.customers.c.id.in_(owners)).values(next_look_at=at))
        sent = {"state": NoticeState.SENT.value, "counts": True, "because": "", "sent_at": func.coalesce(n.sent_at, at)}
        await self._connection.execute(update(t.notices).where(n.id.in_(notices)).values(sent))
        uncounted = listed.notice_id.in_(notices) & ~listed.counts
        await self._connection.execute(update(t.notice_items).where(uncounted).values(counts=True))

    async def relist_notice(self, notice: NoticeId, items: Sequence[ListedItem], currencies: Sequence[str]) -> None:
        row = await self._one(select(t.notices.c.customer_id, t.notices.c.counts).where(t.notices.c.id == notice), "message")
        await self._connection.execute(update(t.notices).where(t.notices.c.id == notice).values(currencies=list(currencies)))
        await self._connection.execute(delete(t.notice_items).where(t.notice_items.c.notice_id == notice))
        if listed := _listed_values(notice, items, counts=row.counts):
            await self._connection.execute(t.notice_items.insert(), listed)

    async def _listed(self, notices: Sequence[UUID]) -> dict[UUID, list[ListedItem]]:
        of = t.notice_items.c
        found: dict[UUID, list[ListedItem]] = {}
        for row in await self._all(select(t.notice_items).where(of.notice_id.in_(notices)).order_by(of.position)):
            found.setdefault(row.notice_id, []).append(rows.listed(row))
        return found

    async def keep_body(self, notice: NoticeId, message: Message) -> str:
        await self._one(select(t.notices.c.id).where(t.notices.c.id == notice), "message")
        return (await self.keep_bodies({notice: message}))[notice]

    async def keep_bodies(self, messages: Mapping[NoticeId, Message]) -> Mapping[NoticeId, str]:
        if messages:
            bodies = [{"notice": notice, "sealed": self._sealed(notice, message)} for notice, message in messages.items()]
            kept = update(t.notices).where(t.notices.c.id == bindparam("notice")).values(body=bindparam("sealed"))
            await self._connection.execute(kept, bodies)
        return {notice: hashlib.sha256(message.text.encode()).hexdigest() for notice, message in messages.items()}

    def _sealed(self, notice: NoticeId, message: Message) -> bytes:
        return self._vault.seal(json.dumps(_kept(message), ensure_ascii=False), "notices", "body", notice)

    async def body(self, notice: NoticeId) -> Message | None:
        """The message as it was written, without its documents; null when none was kept, or erasure emptied it."""
        row = await self._one(select(t.notices.c.body).where(t.notices.c.id == notice), "message")
        if row.body is None:
            return None
        kept = json.loads(self._vault.open(row.body, "notices", "body", notice))
        return Message(**(kept | {"to": tuple(kept["to"]), "attachments": ()}))


def _kept(message: Message) -> dict[str, object]:
    """Of a document its name and SHA-256: the document itself stays where it is kept."""
    documents = [{"name": document.name, "sha256": hashlib.sha256(document.content).hexdigest()} for document in message.attachments]
    return asdict(replace(message, attachments=())) | {"attachments": documents}


def _listed_values(notice: NoticeId, items: Sequence[ListedItem], *, counts: bool) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "notice_id": notice,
            "item_id": entry.item,
            "step": entry.step,
            "occurrence": entry.occurrence,
            "leads": entry.leads,
            "counts": counts,
            "position": position,
        }
        for position, entry in enumerate(items)
    ]


def _values(customer: CustomerId, notice: Notice, key: str) -> dict[str, object]:
    return {
        "id": notice.id,
        "customer_id": customer,
        "key": key,
        "day": notice.day,
        "at": notice.at,
        "step": notice.step,
        "state": notice.state.value,
        "counts": notice.state.counts,
        "channel": notice.channel,
        "by": notice.by,
        "currencies": list(notice.currencies),
        "sent_at": notice.sent_at,
        "because": notice.because,
    }
