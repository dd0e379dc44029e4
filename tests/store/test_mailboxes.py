"""How far a mailbox was read, what came in before, and whose it is."""

from __future__ import annotations

from adapters.store.unit_of_work import SqlStore
from tests.store.samples import LATER, NOW, customer_id, import_rows, item_id, notice, row
from workflows.domain.ids import new_id
from workflows.records import Effect, OutboxState


async def test_a_mark_is_kept_and_moved(store: SqlStore) -> None:
    async with store() as work:
        assert await work.read_mark("imap:a") is None
        await work.set_read_mark("imap:a", "7:1", NOW)
        await work.set_read_mark("imap:b", "9:9", NOW)
        await work.set_read_mark("imap:a", "7:2", LATER)
        assert await work.read_mark("imap:a") == ("7:2", LATER)


async def test_a_letter_comes_in_once(store: SqlStore) -> None:
    async with store() as work:
        assert [await work.first_arrival(key, NOW) for key in ("a", "b", "a")] == [True, True, False]


async def test_a_message_is_found_by_what_the_vendor_calls_it(store: SqlStore) -> None:
    await import_rows(store, row())
    item, customer, known = await item_id(store), await customer_id(store), {}
    async with store() as work:
        for n, reference in enumerate(("<a@x>", "<b@x>; 1 of 2 addresses refused: 550 no", "<c%@x>")):
            one = notice(item, f"step{n}")
            await work.add_notice(customer, one, f"key{n}")
            await work.enqueue(Effect.NOTICE, f"key{n}", {"notice": str(one.id)}, NOW)
            known[reference[:5].replace("%", "")] = one.id
        rows = {claimed.key: claimed.id for claimed in await work.claim(Effect.NOTICE, NOW, 10, LATER - NOW)}
        for n, reference in enumerate(("<a@x>", "<b@x>; 1 of 2 addresses refused: 550 no", "<c%@x>")):
            await work.settle(rows[f"key{n}"], OutboxState.SENT, NOW, reference=reference)
    async with store() as work:
        assert await work.notice_sent_as("<a@x>") == (known["<a@x>"], customer)
        assert await work.notice_sent_as("<b@x>") == (known["<b@x>"], customer)
        assert await work.notice_sent_as("<%@x>") is None
        assert await work.notice_sent_as(f"<{new_id()}@x>") is None


async def test_customers_are_found_by_their_address_in_any_case(store: SqlStore) -> None:
    await import_rows(store, row(email="Pay@Acme.example"), row("INV-2", "C2", email="x@y.example", more_emails=("pay@acme.example",)))
    both = {await customer_id(store), await customer_id(store, "INV-2")}
    async with store() as work:
        for address in ("pay@acme.example", "PAY@ACME.EXAMPLE"):
            assert set(await work.customers_at(address)) == both
        assert await work.customers_at("%@acme.example") == []
