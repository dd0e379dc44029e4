"""From a header in English, German, French or Spanish to a mapping, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import yaml

from adapters.accounting.mapping import Code, Column, Currency, DateIn, Mapping, StatusIn, shipped
from adapters.accounting.words import listed, small

# The words of a header, small and without blanks or marks; the surest first.
_WORDS: dict[str, str] = {
    "number": "invoicenumber invoiceno invoicenum invoicenr documentnumber documentno docnumber docno docid invoiceid number invoice "
    "rechnungsnummer rechnungsnr renr rgnr rechnungno belegnummer belegnr rechnung beleg "
    "numerodefacture numerofacture numfacture nofacture facturenumero facturenumber facture "
    "numerodefactura numerofactura numfactura nofactura facturanumber factura",
    "customer": "customernumber customerno customernr customerid customercode custnumber custno custid accountnumber accountno clientnumber "
    "clientid clientno debtornumber debtorno kundennummer kundennr kdnr debitorennummer debitorennr debitor debitornr "
    "codeclient numeroclient numclient noclient compteclient codigocliente codigodecliente numerocliente numerodecliente nocliente idcliente",
    "customer_name": "customername clientname companyname debtorname customer client company debtor namecustomer billto kundenname kunde firma "
    "nomclient nomduclient raisonsociale societe nombrecliente nombredelcliente razonsocial cliente empresa name nom nombre",
    "issued": "invoicedate issuedate dateissued issued issuedon documentdate dateofissue date rechnungsdatum belegdatum rgdatum redatum datum "
    "datefacture datedefacture datedelafacture datedefacturation datedemission fechafactura fechadefactura fechaemision fechadeemision fecha",
    "due": "duedate due dueon datedue dueindate paymentdue paymentduedate payby faelligkeitsdatum faelligkeit faelligam faellig zahlbarbis "
    "datedecheance dateecheance echeance datelimite datelimitedepaiement fechavencimiento fechadevencimiento vencimiento fechalimite",
    "terms": "paymenttermsdays termsdays netdays paymentterms terms zahlungszieltage zahlungsziel delaidepaiement plazodepago diascredito",
    "total": "total invoicetotal totalamount invoiceamount amounttotal grandtotal grossamount gross amount rechnungsbetrag gesamtbetrag "
    "betragbrutto bruttobetrag endbetrag gesamtsumme brutto betrag summe totalttc montantttc montanttotal ttc montant "
    "totalfactura importetotal montototal importe monto",
    "currency": "currency currencycode invoicecurrency curr iso4217 waehrung waehrungscode whg whrg wkz devise monnaie moneda divisa",
    "paid_on": "paidon paiddate datepaid paymentdate lastpaymentdate settleddate settledon cleardate clearedon clearingdate bezahltam "
    "zahlungsdatum zahlungseingang zahldatum ausgleichsdatum datedepaiement datepaiement datedereglement datereglement payele "
    "fechadepago fechapago fechacobro fechadecobro",
    "paid": "amountpaid paidamount paid paidtodate payments received bezahlt davonbezahlt bereitsbezahlt gezahlt bezahlterbetrag zahlbetrag "
    "montantpaye montantregle dejapaye paye regle importepagado importecobrado pagado cobrado",
    "balance": "balance balancedue amountdue openamount outstanding outstandingamount openbalance remaining offen offenerbetrag "
    "restbetrag saldo offenersaldo soldedu solde restedu resteapayer montantdu saldopendiente importependiente pendiente",
    "status": "invoicestatus documentstatus status paymentstatus rechnungsstatus belegstatus zahlungsstatus statutfacture statut etat "
    "estadofactura estado state",
    "reference": "reference yourreference customerreference ponumber purchaseorder po orderreference referenz kundenreferenz ihrzeichen "
    "ihrebestellnummer ihrebestellnr bestellnummer bestellnr referenceclient votrereference bondecommande boncommande referencia referenciacliente ordendecompra pedido",
    "product": "product productname itemname productline productgroup service produkt produktname artikel artikelname warengruppe produktgruppe leistung "
    "produit nomproduit article prestation producto nombreproducto articulo servicio",
    "email": "email emailaddress customeremail clientemail billingemail emailrecipient mail mailadresse courriel adressemail adresseemail "
    "correoelectronico correo",
    "language": "language lang sprache langue idioma",
    "country": "country countrycode land laendercode pays codepays pais",
    "zone": "timezone zone zeitzone fuseauhoraire zonahoraria",
    "party": "party customertype partytype kundentyp typeclient tipocliente",
}
_PLACES = {field: {word: place for place, word in enumerate(words.split())} for field, words in _WORDS.items()}
_FIELDS = {word: field for field, words in _WORDS.items() for word in words.split()}
_UNREAD_STATUS = frozenset(["isopen", "open"])
_OPTIONAL = frozenset(["customer_name", "reference", "product", "terms", "email", "language", "country", "zone", "party"])
_MATTERS = ("number", "customer", "due", "total", "currency", "issued", "paid_on", "paid", "balance")
_PAYMENTS = ("paid_on", "paid", "balance")
_CALLED = {"number": "the invoice number", "customer": "the customer", "due": "the due date", "total": "the invoice total"}


@dataclass(frozen=True, slots=True)
class Guess:
    """`questions` stand against reading at all: then there is no mapping, but a `draft` of one. A person may wave `doubts` through."""

    mapping: Mapping | None
    questions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    draft: str = ""


def header_score(header: Sequence[str]) -> int:
    """How many different things the words of a header name; a line that names one is no header."""
    fields = {field for name in header if (field := _meant(name))}
    return len(fields) if len(fields) >= 2 else 0


def guess(header: Sequence[str]) -> Guess:
    for known in shipped():
        if (layout := _recognised(known, header)) is not None:
            return Guess(layout)
    found = _candidates(header)
    asked = ["customer", "total"] if found.get("issued") else ["customer", "due", "total"]  # terms may stand in for a due date
    missing = [field for field in asked if not found.get(field)]
    if missing:
        lines = {field: "?" if field in missing else found[field][0] for field in _WORDS if field in missing or found.get(field)}
        draft = yaml.safe_dump(lines, sort_keys=False, allow_unicode=True)
        return Guess(None, tuple(_which(field, header) for field in missing), draft=draft)
    doubts = [_choice(field, found[field]) for field in _MATTERS if len(found.get(field, ())) > 1]
    if not found.get("number"):
        doubts.append(f"No column is {_CALLED['number']}; rows would be numbered after what they say. {_HOW}")
    if not any(found.get(field) for field in (*_PAYMENTS, "status")):
        doubts.extend(unread(name) for name in header if small(name) in _UNREAD_STATUS)
    return Guess(_mapping({field: names[0] for field, names in found.items() if names}), (), tuple(doubts))


def unread(status: str) -> str:
    """The doubt about a column of statuses that cannot be understood, where nothing else says what was paid."""
    return f'Column "{status}" is not read, and no column says what was paid. {_HOW}'


def _recognised(known: Mapping, header: Sequence[str]) -> Mapping | None:
    """The layout as far as the file has it; null when a column is missing that it cannot be read without.

    A layout that keeps the number in a column of any old name is recognised by its whole header only.
    """
    if known.name == "ordinary":
        return None
    missing = {field for field, name in known.columns.items() if name not in header}
    if {"customer", "customer_fallback"} <= known.columns.keys() and "customer" in missing and "customer_fallback" not in missing:
        missing.discard("customer")
    needless = _OPTIONAL | ({"paid_on"} if known.balance or known.paid else frozenset()) | {"number_fallback"}
    if missing - needless:
        return None
    if known.number and _FIELDS.get(small(known.number.column)) != "number" and set(header) != set(known.columns.values()):
        return None
    return known.model_copy(update=dict.fromkeys(missing & _OPTIONAL | missing & {"paid_on"}))


_HOW = "Write a mapping that says so and give it with --map."


def _which(field: str, header: Sequence[str]) -> str:
    return f"Which column is {_CALLED[field]}? The file has {listed(header)}. {_HOW}"


def _choice(field: str, names: Sequence[str]) -> str:
    called = _CALLED.get(field, field.replace("_", " "))
    return f"{_quoted(names)} may each be {called}; the first was taken. {_HOW}"


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(f'"{name}"' for name in names)


def _meant(name: str) -> str | None:
    """What a column's name says; of one in two languages, as in `Kunde / Customer`, what its parts agree on."""
    words = [small(part) for part in name.split("/")]
    fields = {_FIELDS.get(word) for word in words if word}
    return _FIELDS.get(small(name)) or (fields.pop() if len(fields) == 1 else None)


def _candidates(header: Sequence[str]) -> dict[str, list[str]]:
    """Per field the columns that may hold it, the likeliest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in header:
        if field := _meant(name):
            found.setdefault(field, []).append((_PLACES[field].get(small(name), len(_PLACES[field])), name))
    ranked = {field: [name for _, name in sorted(names, key=itemgetter(0))] for field, names in found.items()}
    if not ranked.get("customer") and ranked.get("customer_name"):
        ranked["customer"] = ranked.pop("customer_name")  # customers go by their name where they have no number
    if not ranked.get("total") and ranked.get("balance"):
        ranked["total"] = ranked.pop("balance")  # a list of open items names only what is open
    if ranked.get("due"):
        ranked.pop("terms", None)
    return ranked


_KINDS: dict[str, type[Column]] = {
    "number": Code,
    "customer": Code,
    "issued": DateIn,
    "due": DateIn,
    "paid_on": DateIn,
    "status": StatusIn,
}


def _mapping(chosen: dict[str, str]) -> Mapping:
    parts: dict[str, Column] = {}
    for field, name in chosen.items():
        parts[field] = _KINDS.get(field, Column)(column=name)
    currency = parts.pop("currency", None)
    return Mapping(**parts, currency=Currency(column=currency.column) if currency else None)  # type: ignore[arg-type]
