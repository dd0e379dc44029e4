"""From a header in English or German to a mapping, and what is doubtful about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from adapters.accounting.mapping import Code, Column, Currency, DateIn, Mapping, shipped
from adapters.accounting.words import listed

# The words of a header, small and without blanks or marks; the surest first.
_WORDS: dict[str, str] = {
    "number": "invoicenumber invoiceno invoicenum invoicenr documentnumber documentno docnumber docno docid invoiceid number invoice "
    "rechnungsnummer rechnungsnr rechnungno belegnummer belegnr rechnung beleg",
    "customer": "customernumber customerno customernr customerid customercode custnumber custno custid accountnumber accountno clientnumber "
    "clientid clientno debtornumber debtorno kundennummer kundennr kdnr debitorennummer debitorennr debitor debitornr",
    "customer_name": "customername clientname companyname debtorname customer client company debtor namecustomer billto kundenname kunde firma name",
    "issued": "invoicedate issuedate dateissued issued issuedon documentdate dateofissue date rechnungsdatum belegdatum datum",
    "due": "duedate due dueon datedue dueindate paymentdue paymentduedate payby faelligkeitsdatum faelligkeit faelligam faellig zahlbarbis",
    "total": "total invoicetotal totalamount invoiceamount amounttotal grandtotal grossamount gross amount rechnungsbetrag gesamtbetrag "
    "bruttobetrag endbetrag gesamtsumme brutto betrag summe",
    "currency": "currency currencycode invoicecurrency curr iso4217 waehrung waehrungscode whg",
    "paid_on": "paidon paiddate datepaid paymentdate lastpaymentdate settleddate settledon cleardate clearedon clearingdate bezahltam "
    "zahlungsdatum zahlungseingang zahldatum ausgleichsdatum",
    "paid": "amountpaid paidamount paid paidtodate payments received bezahlt gezahlt bezahlterbetrag zahlbetrag",
    "balance": "balance balancedue amountdue openamount outstanding outstandingamount openbalance remaining offen offenerbetrag "
    "restbetrag saldo offenersaldo",
    "reference": "reference yourreference customerreference ponumber purchaseorder po orderreference referenz kundenreferenz ihrzeichen bestellnummer",
    "email": "email emailaddress customeremail clientemail billingemail emailrecipient mail mailadresse",
    "language": "language lang sprache",
    "country": "country countrycode land laendercode",
    "zone": "timezone zone zeitzone",
    "party": "party customertype partytype kundentyp",
}
_PLACES = {field: {word: place for place, word in enumerate(words.split())} for field, words in _WORDS.items()}
_FIELDS = {word: field for field, words in _WORDS.items() for word in words.split()}
_STATUS = frozenset(["status", "invoicestatus", "documentstatus", "state", "isopen", "open", "rechnungsstatus", "zahlungsstatus"])
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "#": "number"})
_MATTERS = ("number", "customer", "due", "total", "currency", "issued", "paid_on", "paid", "balance")
_PAYMENTS = ("paid_on", "paid", "balance")
_CALLED = {"number": "the invoice number", "customer": "the customer", "due": "the due date", "total": "the invoice total"}


@dataclass(frozen=True, slots=True)
class Guess:
    """`questions` stand against reading at all (then there is no mapping); a person may wave `doubts` through."""

    mapping: Mapping | None
    questions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def header_score(header: Sequence[str]) -> int:
    """How many different things the words of a header name; a line that names one is no header."""
    fields = {_FIELDS[word] for word in map(_small, header) if word in _FIELDS}
    return len(fields) if len(fields) >= 2 else 0


def guess(header: Sequence[str]) -> Guess:
    for known in shipped():
        if known.name != "ordinary" and set(known.columns.values()) <= set(header):
            return Guess(known)
    found = _candidates(header)
    questions = [_which(field, header) for field in ("customer", "due", "total") if not found.get(field)]
    if questions:
        return Guess(None, tuple(questions))
    doubts = [_choice(field, found[field]) for field in _MATTERS if len(found.get(field, ())) > 1]
    if not found.get("number"):
        doubts.append(f"No column is {_CALLED['number']}; rows would be numbered after what they say. {_HOW}")
    if not any(found.get(field) for field in _PAYMENTS):
        doubts.extend(
            f'Column "{name}" is not read, and no column says what was paid. {_HOW}' for name in header if _small(name) in _STATUS
        )
    return Guess(_mapping({field: names[0] for field, names in found.items() if names}), (), tuple(doubts))


_HOW = "Write a mapping that says so and give it with --map."


def _which(field: str, header: Sequence[str]) -> str:
    return f"Which column is {_CALLED[field]}? The file has {listed(header)}. {_HOW}"


def _choice(field: str, names: Sequence[str]) -> str:
    called = _CALLED.get(field, field.replace("_", " "))
    return f"{_quoted(names)} may each be {called}; the first was taken. {_HOW}"


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(f'"{name}"' for name in names)


def _candidates(header: Sequence[str]) -> dict[str, list[str]]:
    """Per field the columns that may hold it, the likeliest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in header:
        word = _small(name)
        if field := _FIELDS.get(word):
            found.setdefault(field, []).append((_PLACES[field][word], name))
    ranked = {field: [name for _, name in sorted(names, key=itemgetter(0))] for field, names in found.items()}
    if not ranked.get("customer") and ranked.get("customer_name"):
        ranked["customer"] = ranked.pop("customer_name")  # customers go by their name where they have no number
    if not ranked.get("total") and ranked.get("balance"):
        ranked["total"] = ranked.pop("balance")  # a list of open items names only what is open
    return ranked


def _mapping(chosen: dict[str, str]) -> Mapping:
    parts: dict[str, Column] = {}
    for field, name in chosen.items():
        kind = Code if field in {"number", "customer"} else DateIn if field in {"issued", "due", "paid_on"} else Column
        parts[field] = kind(column=name)
    currency = parts.pop("currency", None)
    return Mapping(**parts, currency=Currency(column=currency.column) if currency else None)  # type: ignore[arg-type]


def _small(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().translate(_UMLAUTS))
