"""Messages to customers: that a step is said once, whatever else happens, is held here by two unique indexes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import starmap
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.many import Values, among, found_among, insert_many, together
from adapters.store.unit import Part
from workflows.domain.account import ListedItem, Notice, NoticeState
from workflows.domain.ids import BookId, CustomerId, NoticeId, new_keys
from workflows.domain.messages import Message

_NOTICE = ("id", "customer_id", "key", "day", "at", "step", "state", "counts", "channel", "by", "currencies", "sent_at", "because")
_LISTED = ("id", "notice_id", "item_id", "step", "occurrence", "leads", "counts", "position")


class Notices(Part):
    async def add_notice(self, customer: CustomerId, notice: Notice, key: str) -> bool:
        await self._wake(customer, notice.at)
        return bool(await self.add_notices([(customer, notice, key)]))

    async def add_notices(self, new: Sequence[tuple[CustomerId, Notice, str]]) -> frozenset[NoticeId]:
        kept = frozenset(notice.id for _, notice, _ in new)
        if await insert_many(self._connection, t.notices, _NOTICE, list(starmap(_values, new)), new_only=True) < len(new):
            stored = await found_among(self._connection, t.notices, (notice.id.hex for _, notice, _ in new))
            kept = frozenset(notice for notice in kept if notice.hex in stored)
        listed = [
            row for _, notice, _ in new if notice.id in kept for row in _listed_values(notice.id, notice.items, counts=notice.state.counts)
        ]
        if await insert_many(self._connection, t.notice_items, _LISTED, listed, new_only=True) < len(listed):
            kept -= await self._take_back(listed)
        return kept

    async def _take_back(self, listed: Sequence[Values]) -> frozenset[NoticeId]:
        """Those that are not whole, for another one that counts led with the same step: they are none."""
        written = await found_among(self._connection, t.notice_items, [row[0] for row in listed])
        broken = frozenset(NoticeId(row[1]) for row in listed if row[0] not in written)
        await self._connection.execute(delete(t.notice_items).where(among(self._connection, t.notice_items.c.notice_id, list(broken))))
        await self._connection.execute(delete(t.notices).where(among(self._connection, t.notices.c.id, list(broken))))
        return broken

    async def notice(self, notice: NoticeId) -> tuple[Notice, CustomerId]:
        row = await self._one(select(t.notices).where(t.notices.c.id == notice), "message")
        listed = await self._listed([notice])
        return rows.notice(row, tuple(listed.get(notice, ()))), CustomerId(row.customer_id)

    async def addressees(self, notices: Sequence[NoticeId]) -> Mapping[NoticeId, CustomerId]:
        n = t.notices.c
        found = await self._all(select(n.id, n.customer_id).where(among(self._connection, n.id, list(notices))))
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
        mine = among(self._connection, n.id, list(notices))
        owners = select(n.customer_id).where(mine)
        woken = update(t.customers).where(t.customers.c.id.in_(owners)).values(next_look_at=at)
        sent = {"state": NoticeState.SENT.value, "counts": True, "because": "", "sent_at": func.coalesce(n.sent_at, at)}
        uncounted = among(self._connection, listed.notice_id, list(notices)) & ~listed.counts
        counted = update(t.notice_items).where(uncounted).values(counts=True)
        await together(self._connection, woken, update(t.notices).where(mine).values(sent), counted)

    async def relist_notice(self, notice: NoticeId, items: Sequence[ListedItem], currencies: Sequence[str]) -> None:
        row = await self._one(select(t.notices.c.customer_id, t.notices.c.counts).where(t.notices.c.id == notice), "message")
        await self._connection.execute(update(t.notices).where(t.notices.c.id == notice).values(currencies=list(currencies)))
        await self._connection.execute(delete(t.notice_items).where(t.notice_items.c.notice_id == notice))
        await insert_many(self._connection, t.notice_items, _LISTED, _listed_values(notice, items, counts=row.counts))

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


def _listed_values(notice: NoticeId, items: Sequence[ListedItem], *, counts: bool) -> list[Values]:
    keys = new_keys(len(items))
    return [
        (key, notice, entry.item, entry.step, entry.occurrence, entry.leads, counts, position)
        for position, (key, entry) in enumerate(zip(keys, items, strict=True))
    ]


def _values(customer: CustomerId, notice: Notice, key: str) -> Values:
    what = (notice.step, notice.state.value, notice.state.counts, notice.channel, notice.by)
    return (notice.id, customer, key, notice.day, notice.at, *what, list(notice.currencies), notice.sent_at, notice.because)
