"""What customers say back: opt-outs and replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from adapters.store import rows
from adapters.store import tables as t
from adapters.store.unit import Part
from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.ids import BookId, CustomerId, ReplyId, UserId, new_id


class Contact(Part):
    async def opt_out(self, fact: OptOut, customer: CustomerId) -> bool:
        await self._wake(customer, fact.at)
        said = {"channel": fact.channel, "address": fact.address, "how": fact.how, "by": fact.by, "at": fact.at, "ended_at": fact.ended_at}
        return await self._add_new(t.opt_outs, id=new_id(), customer_id=customer, **said)

    async def opt_in(self, customer: CustomerId, channel: str, address: str, at: datetime) -> bool:
        await self._wake(customer, at)
        o = t.opt_outs.c
        running = (o.customer_id == customer) & (o.channel == channel) & (o.address == address) & o.ended_at.is_(None)
        return bool((await self._connection.execute(update(t.opt_outs).where(running).values(ended_at=at))).rowcount)

    async def add_reply(self, reply: Reply, customer: CustomerId, words: str) -> bool:
        await self._wake(customer, reply.at)
        amount, currency = (reply.amount.minor, reply.amount.currency) if reply.amount else (None, None)
        return await self._add_new(
            t.replies,
            id=reply.id,
            customer_id=customer,
            key=reply.key,
            channel=reply.channel,
            sender=reply.sender,
            at=reply.at,
            meaning=reply.meaning.value,
            about=[str(item) for item in reply.items],
            until=reply.until,
            amount=amount,
            currency=currency,
            ended_at=reply.ended_at,
            ended_by=reply.ended_by,
            body=self._vault.seal(words, "replies", "body", reply.id),
        )

    async def reply(self, reply: ReplyId) -> tuple[Reply, CustomerId, str]:
        row = await self._one(select(t.replies).where(t.replies.c.id == reply), "answer")
        words = "" if row.body is None else self._vault.open(row.body, "replies", "body", row.id)
        return rows.reply(row), CustomerId(row.customer_id), words

    async def end_reply(self, reply: ReplyId, meaning: Meaning, by: UserId | None, at: datetime) -> bool:
        running = (t.replies.c.id == reply) & t.replies.c.ended_at.is_(None)
        done = update(t.replies).where(running).values(ended_at=at, ended_by=by, meaning=meaning.value).returning(t.replies.c.customer_id)
        customer = (await self._connection.execute(done)).scalar_one_or_none()
        if customer is not None:
            await self._wake(CustomerId(customer), at)
        return customer is not None

    async def open_replies(self, book: BookId) -> Sequence[tuple[CustomerId, Reply]]:
        r = t.replies.c
        query = select(t.replies).join(t.customers, t.customers.c.id == r.customer_id)
        found = await self._all(query.where(t.customers.c.book_id == book, r.ended_at.is_(None)).order_by(r.at, r.id))
        return [(CustomerId(row.customer_id), rows.reply(row)) for row in found]
