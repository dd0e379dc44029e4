"""A letter that is to carry its invoice waits for the document, and never leaves without."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.letters.documents import LARGEST, DocumentFolder
from adapters.letters.template_letters import TemplateLetters
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from cards.plain.render import render
from tests.adapters.letters.samples import BOOK
from tests.workflows.office import ANY_HOUR, Office, opened, policies
from workflows.errors import DocumentMissing
from workflows.records import CardKind

CARRYING = ANY_HOUR.replace("template: first", "template: first, attach: invoice")


async def office_with(store: SqlStore, folder: Path) -> Office:
    return await opened(store, "acme", policies=policies(CARRYING), letters=TemplateLetters(documents=folder))


def put(folder: Path, number: str = "INV-acme", content: bytes = b"%PDF-1.7 x", book: str = "main") -> None:
    (folder / book).mkdir(exist_ok=True)
    (folder / book / f"{number}.pdf").write_bytes(content)


async def test_the_invoice_goes_along(store: SqlStore, tmp_path: Path) -> None:
    office = await office_with(store, tmp_path)
    put(tmp_path)
    await office.tick()
    await office.deliver()
    (arrived,) = office.mail.mailbox
    assert [(one.name, one.content) for one in arrived.message.attachments] == [("INV-acme.pdf", b"%PDF-1.7 x")]


async def test_without_its_document_it_waits_and_one_card_says_so(store: SqlStore, tmp_path: Path) -> None:
    office = await office_with(store, tmp_path)
    for _ in range(3):
        await office.tick()
        await office.deliver()
        office.clock.advance(timedelta(minutes=31))
    assert office.mail.mailbox == []
    assert await office.states("acme") == ["queued"]
    (card,) = await office.cards(CardKind.PROBLEM)
    async with store() as work:
        said = render(await draw(card, work, office.policies, office.clock.now()))
    assert "the document of INV-acme is missing" in said
    put(tmp_path)
    await office.tick()
    await office.deliver()
    assert await office.states("acme") == ["sent"]
    assert len(office.mail.mailbox) == 1
    assert await office.cards(CardKind.PROBLEM) == []


async def test_another_customer_s_letter_does_not_wait_with_it(store: SqlStore, tmp_path: Path) -> None:
    office = await office_with(store, tmp_path)
    await office.owe("brill")
    put(tmp_path, "INV-brill")
    await office.tick()
    await office.deliver()
    assert [arrived.message.to for arrived in office.mail.mailbox] == [("pay@brill.example",)]


@pytest.mark.parametrize(
    "number",
    ["../main/INV-1", "..", ".", "a/b", "a\\b", "/etc/passwd", "INV\x00", "", "C:x", "x" * 200, "~root", "INV-none", "link", "a\nb"],
)
def test_a_number_is_no_path_out_of_the_folder(tmp_path: Path, number: str) -> None:
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-secret")
    put(tmp_path, "INV-1", book="other")
    (tmp_path / "northwind").mkdir()
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    with pytest.raises(DocumentMissing):
        DocumentFolder(tmp_path).of(BOOK, (number,))


@pytest.mark.parametrize(("content", "said"), [(b"MZ", "is no PDF"), (b"", "is no PDF"), (b"%PDF-" + b"x" * LARGEST, "larger than 10 MB")])
def test_what_is_no_document_or_too_large_is_not_carried(tmp_path: Path, content: bytes, said: str) -> None:
    put(tmp_path, content=content)
    with pytest.raises(DocumentMissing, match=said):
        DocumentFolder(tmp_path).of(BOOK, ("INV-acme",))


def test_many_documents_are_too_large_together(tmp_path: Path) -> None:
    for number in ("a", "b", "c"):
        put(tmp_path, number, b"%PDF-" + b"x" * 4_000_000)
    with pytest.raises(DocumentMissing, match=r"c\.pdf and the others"):
        DocumentFolder(tmp_path).of(BOOK, ("a", "b", "c"))
