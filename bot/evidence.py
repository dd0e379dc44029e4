"""A pack of evidence about an invoice, or all of its customer: gathered, dressed and zipped, for a command, a colleague's download or a thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.keep.audit_lines import as_json
from adapters.keep.evidence_zip import evidence_zip
from adapters.letters.documents import DocumentFolder
from adapters.store.unit_of_work import SqlStore
from workflows.acting import record
from workflows.domain.ids import CustomerId, ItemId
from workflows.dossier import dossier_of, mentions
from workflows.errors import DocumentMissing
from workflows.evidence_pack import Evidence, evidence_of
from workflows.ports import Clock


@dataclass(frozen=True, slots=True)
class Packing:
    """`documents` is the folder of invoices' documents, `sender` the address mail comes from."""

    store: SqlStore
    clock: Clock
    documents: Path | None
    sender: str | None

    async def pack(self, customer: CustomerId, item: ItemId | None, actor: str) -> bytes:
        """The ZIP; without `item` everything of the customer. `actor` is who asked, as the audit trail names them."""
        async with self.store() as work:
            evidence = evidence_of(await dossier_of(customer, work), self.clock.now(), item)
            about = {"customer": str(customer), "items": [one.number for one in evidence.items]}
            await record(work, actor, self.clock.now(), "evidence.packed", about)
        await self.store.audit.seal()
        # What records the packing itself is left out, so that the same facts give the same pack.
        trail = [
            as_json(entry)
            async for entry in self.store.audit.entries()
            if entry.type != "evidence.packed" and mentions(entry.data, evidence.ids)
        ]
        return evidence_zip(evidence, trail, self._documents(evidence), sender=self.sender or "receivables@localhost")

    def _documents(self, evidence: Evidence) -> dict[str, bytes]:
        """Those that are there; the pack is good without the others."""
        folder, found = DocumentFolder(self.documents), dict[str, bytes]()
        for item in evidence.items:
            with suppress(DocumentMissing):
                found |= {one.name: one.content for one in folder.of(evidence.account.book, (item.number,))}
        return found
