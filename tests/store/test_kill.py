"""A process that is killed in the middle of a unit leaves nothing half done, and nothing locked."""

from __future__ import annotations

import asyncio
import sys

from adapters.store.unit_of_work import SqlStore
from tests.paths import ROOT
from tests.store.samples import LATER, NOW, account, awake, customer_id, import_rows, row, sleep_all
from workflows.records import Effect

DYING = """
import asyncio, sys
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.store.samples import NOW, item_in, notice
from workflows.records import AuditEntry, Effect

async def main() -> None:
    store = SqlStore(open_engine(sys.argv[1]), [bytes(32)])
    async with store() as work:
        account = await work.account_of(await item_in(work))
        await work.add_notice(account.customer.id, notice(account.items[0].id), "key")
        await work.enqueue(Effect.NOTICE, "key", {}, NOW)
        await work.record(AuditEntry("u1", NOW, "notice.queued", {}))
        print("in the middle", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_unit_that_is_killed_never_happened(store: SqlStore, database_url: str) -> None:
    await import_rows(store, row())
    customer = await customer_id(store)
    await sleep_all(store)
    await store.close()  # the other process alone has the database open
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline() == b"in the middle\n"
    child.kill()
    await child.communicate()
    assert (await account(store)).notices == ()
    assert await awake(store) == []
    async with store() as work:
        await work.release(customer, None, LATER)  # nothing is locked
        assert await work.enqueue(Effect.NOTICE, "key", {}, NOW)
    assert (await store.audit.verify()).count == 0
