"""A pack of evidence: complete, the same bytes for the same facts, and nothing in it runs or leaves its folder."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256

from adapters.keep.evidence_zip import evidence_zip, safe
from tests.workflows.domain.accounts import account, at, day, dispute, hold, invoice, item_id, notice, paid, plan, promise
from workflows.domain.account import Account, Act, PlanState
from workflows.domain.charges import Fee
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import ReplyId, UserId, new_id
from workflows.domain.messages import Message
from workflows.domain.money import Money
from workflows.dossier import Dossier
from workflows.evidence_pack import Evidence, evidence_of

ANA = UserId(new_id())
HOSTILE = "=cmd|'/C calc'!A0 <script>alert(1)</script> \u202e"
LETTER = Message(("ap@acme.example",), "Your invoice A", "Dear Acme,\nplease pay A.", "<p>please pay A</p>", "Main Ltd", "ar@main.example")


def claim() -> Account:
    """Two invoices, one of them with everything that can be said about one."""
    plain = account(
        invoice("A", "100.00"),
        invoice("B", "50.00"),
        payments=(paid("30.00", on=3), replace(paid("5.00", None, on=4), key=HOSTILE)),
        notices=(notice(3, sent=at(3)), notice(10, "second", "B", sent=at(10))),
        promises=(promise(8, "70.00"),),
        disputes=(replace(dispute(), reason=HOSTILE),),
        holds=(hold(5),),
        plans=(plan((20, "70.00"), state=PlanState.DECLINED),),
        fees=(Fee(item_id("A"), "late", Money.of("4.00", "EUR"), at(6)),),
        acts=(Act(item_id("A"), "item.noted", ANA, "Ana", at(4), f"Ana noted: {HOSTILE}"),),
        replies=(Reply(ReplyId(new_id()), "k", "email", "ap@acme.example", at(5), Meaning.DISPUTE, (item_id("A"),)),),
    )
    return replace(plain, customer=replace(plain.customer, name=f"Acme {HOSTILE}"))


def dossier(of: Account) -> Dossier:
    return Dossier(of, tuple((one, LETTER) for one in of.notices), tuple((one, HOSTILE) for one in of.replies), {ANA: "Ana"})


def evidence(item: str | None = "A") -> Evidence:
    return evidence_of(dossier(claim()), at(12), None if item is None else item_id(item))


def files(zipped: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as pack:
        assert pack.testzip() is None
        return {entry.filename: pack.read(entry) for entry in pack.infolist()}


def packed(of: Evidence) -> dict[str, bytes]:
    return files(evidence_zip(of, ['{"seq":1}'], {"A.pdf": b"%PDF-1.7"}, sender="ar@main.example"))


def table(found: dict[str, bytes], name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(found[name].decode("utf-8-sig"))))


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = evidence()
    one, two = (evidence_zip(facts, ["{}"], {"A.pdf": b"%PDF"}, sender="ar@main.example") for _ in range(2))
    assert sha256(one).hexdigest() == sha256(two).hexdigest()


def test_it_holds_everything_and_a_sum_of_each() -> None:
    found = packed(evidence())
    assert set(found) == {
        "index.html",
        "SHA256SUMS",
        "audit.jsonl",
        "invoices.csv",
        "money.csv",
        "messages.csv",
        "agreements.csv",
        "notes.csv",
        f"messages/001-{day(3).isoformat()}-first.eml",
        f"answers/001-{day(5).isoformat()}.txt",
        "documents/A.pdf",
    }
    sums = found["SHA256SUMS"].decode().splitlines()
    assert sums == [f"{sha256(found[name]).hexdigest()}  {name}" for name in sorted(found) if name != "SHA256SUMS"]


def test_the_figures_are_those_of_the_ledger() -> None:
    found = packed(evidence())
    assert table(found, "invoices.csv")[1] == ["A", day(-30).isoformat(), day(0).isoformat(), "100.00", "74.00", "EUR", "12"]
    assert [line[:4] for line in table(found, "money.csv")[1:]] == [
        ["payment", day(3).isoformat(), "A", "30.00"],
        ["payment", day(4).isoformat(), "on account", "5.00"],
        ["charge", day(6).isoformat(), "A", "4.00"],
    ]
    assert [line[0] for line in table(found, "agreements.csv")[1:]] == ["promise", "plan", "dispute", "hold"]


def test_a_message_is_the_mail_that_was_sent() -> None:
    found = packed(evidence())
    mail = message_from_bytes(found[f"messages/001-{day(3).isoformat()}-first.eml"], policy=default)
    assert (mail["To"], mail["Subject"]) == ("ap@acme.example", "Your invoice A")
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Dear Acme,", "please pay A."]


def test_about_one_invoice_it_tells_nothing_of_others_and_about_the_customer_all() -> None:
    assert [line[0] for line in table(packed(evidence()), "invoices.csv")[1:]] == ["A"]
    whole = packed(evidence(None))
    assert [line[0] for line in table(whole, "invoices.csv")[1:]] == ["A", "B"]
    assert len([name for name in whole if name.endswith(".eml")]) == 2


def test_nothing_in_it_runs() -> None:
    found = packed(evidence())
    cells = [cell for name in found if name.endswith(".csv") for line in table(found, name) for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
    assert any(cell.startswith("'=cmd") for cell in cells)
    page = found["index.html"].decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_a_message_to_no_mail_address_is_told_as_text() -> None:
    of = claim()
    facts = evidence_of(replace(dossier(of), messages=((of.notices[0], replace(LETTER, to=("+491701234567",))),)), at(12))
    name = f"messages/001-{day(3).isoformat()}-first.txt"
    assert packed(facts)[name].decode().startswith("To: +491701234567\n")


def test_names_are_safe_and_stay_different() -> None:
    hostile = ["../../etc/passwd", "a/b", "a\\b", "a:b", "CON ", "..", "", "\u202egpj.exe", "x" * 300, "ä.pdf"]
    names = [safe(name) for name in hostile]
    assert len(set(names)) == len(hostile)
    assert all(name and len(name) < 80 and name.isascii() and "/" not in name and ".." not in name.strip(".") for name in names)
    assert safe("A-1.pdf") == "A-1.pdf"
    assert safe(str(timedelta(0))) != str(timedelta(0))
