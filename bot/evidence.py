"""A pack of evidence about an invoice, or all of its customer: gathered, dressed and zipped, for a command or a colleague's download."""

from __future__ import annotations

from contextlib import suppress

from adapters.keep.audit_lines import as_json
from adapters.keep.evidence_zip import evidence_zip
from adapters.letters.documents import DocumentFolder
from bot.app import App
from workflows.acting import record
from workflows.domain.ids import CustomerId, ItemId
from workflows.dossier import dossier_of, mentions
from workflows.errors import DocumentMissing
from workflows.evidence_pack import Evidence, evidence_of


async def pack(app: App, customer: CustomerId, item: ItemId | None, actor: str) -> bytes:
    """The ZIP; without `item` everything of the customer. `actor` is who asked, as the audit trail names them."""
    async with app.store() as work:
        evidence = evidence_of(await dossier_of(customer, work), app.clock.now(), item)
        about = {"customer": str(customer), "items": [one.number for one in evidence.items]}
        await record(work, actor, app.clock.now(), "evidence.packed", about)
    await app.store.audit.seal()
    # What records the packing itself is left out, so that the same facts give the same pack.
    trail = [
        as_json(entry)
        async for entry in app.store.audit.entries()
        if entry.type != "evidence.packed" and mentions(entry.data, evidence.ids)
    ]
    return evidence_zip(evidence, trail, _documents(app, evidence), sender=app.settings.smtp.sender or "receivables@localhost")


def _documents(app: App, evidence: Evidence) -> dict[str, bytes]:
    """Those that are there; the pack is good without the others."""
    folder, found = DocumentFolder(app.settings.documents), dict[str, bytes]()
    for item in evidence.items:
        with suppress(DocumentMissing):
            found |= {one.name: one.content for one in folder.of(evidence.account.book, (item.number,))}
    return found
