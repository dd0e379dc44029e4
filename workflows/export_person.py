"""What is stored of one person, in one document they can be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from workflows.domain.money import Money
from workflows.dossier import Dossier

# Facts of an account that are not about colleagues' work alone; each becomes a list in the document.
_FACTS = (
    "payments",
    "credits",
    "fees",
    "plans",
    "promises",
    "disputes",
    "holds",
    "snoozes",
    "flags",
    "escalations",
    "tasks",
    "opt_outs",
)


def export_person(dossier: Dossier, copies: Sequence[tuple[date, str]], trail: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`copies` are what was kept after an erasure, `trail` the entries of the audit trail about them."""
    account, customer = dossier.account, dossier.account.customer
    return {
        "customer": {
            "number": customer.number,
            "name": customer.name,
            "e-mail": list(customer.emails),
            "language": customer.language,
            "country": customer.place.country,
            "zone": customer.place.zone,
            "party": customer.party.value,
            "segment": customer.segment,
        },
        "seller": account.book.name,
        "invoices": [plain(item) for item in account.items],
        **{name: [plain(fact) for fact in getattr(account, name)] for name in _FACTS},
        "notes": [{"at": plain(act.at), "by": act.by_name, "words": act.words} for act in account.acts],
        "messages": [
            plain(notice) | {"message": None if message is None else _message(asdict(message))} for notice, message in dossier.messages
        ],
        "answers": [plain(reply) | {"words": words} for reply, words in dossier.answers],
        "kept_copies": [{"until": until.isoformat(), "invoice": words} for until, words in copies],
        "audit_trail": list(trail),
    }


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without the documents that went along, which are the invoices' own; their names stay."""
    named = [one["name"] for one in message["attachments"]]
    return {name: value for name, value in message.items() if name != "attachments"} | {"attachments": named}


def plain(value: Any) -> Any:
    """Any fact of the domain as JSON carries it; money as a decimal beside its currency."""
    match value:
        case Money():
            return {"amount": value.plain, "currency": value.currency}
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case tuple() | list() | frozenset():
            return [plain(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.repr}
    return value
