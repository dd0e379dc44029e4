"""The words with which programs say where an invoice is."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """`void` stands for everything that nobody will pay any more: cancelled, reversed, written off."""

    DRAFT = "draft"
    OPEN = "open"
    PARTIAL = "partial"
    PAID = "paid"
    VOID = "void"


_WORDS = {
    Status.DRAFT: "draft unsent notsent pending pendingapproval awaitingapproval submitted proforma entwurf brouillon borrador",
    Status.OPEN: "open sent viewed overdue due unpaid outstanding approved authorised authorized finalized accepted late disputed saved autopaid issued "
    "notpaid awaitingpayment offen versendet verschickt gesendet faellig ueberfaellig unbezahlt gemahnt ouverte ouvert envoyee envoye impayee impaye "
    "enretard abierta abierto enviada enviado vencida vencido pendiente nopagada impagada",
    Status.PARTIAL: "partial partiallypaid partpaid partlypaid teilbezahlt teilweisebezahlt partiellementpayee parcial parcialmentepagada",
    Status.PAID: "paid closed settled fullypaid paidinfull bezahlt beglichen ausgeglichen erledigt payee paye reglee regle soldee pagada pagado cobrada "
    "cobrado",
    Status.VOID: "void voided cancelled canceled deleted reversed storniert storno annulliert annulee annule anulada anulado cancelada cancelado "
    "writtenoff writeoff uncollectible baddebt ausgebucht abgeschrieben",
}
_MEANT = {word: status for status, words in _WORDS.items() for word in words.split()}
KNOWN = "draft, open, sent, overdue, partial, paid, void"


def status_of(word: str) -> Status | None:
    """What a small word (see `words.small`) means; null for one that is not known."""
    return _MEANT.get(word)
