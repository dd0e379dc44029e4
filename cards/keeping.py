"""What keeps the books honest, for the administrator: the audit trail's head, and rules of the house that were found broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from cards.clean import bare
from cards.elements import Card, Element, Facts, Heading, Text, Tone
from cards.format import count, long_day
from workflows.domain.calendar import Place


def audit_head(on: date, entries: int, last: str) -> Card:
    """Told once a day, so that it stands where nobody with the database's password can change it."""
    title = f"Audit trail, {long_day(on, 'en')}"
    facts = Facts((("Entries", f"{entries:,}"), ("Last hash", bare(last))))
    said = Text("Keep this message: an end cut off the trail shows against it.", quiet=True)
    return Card(f"{title}: {count(entries, 'entry', 'entries')}, last hash {bare(last)}", (Heading(title), facts, said))


def restored(copied_at: datetime, place: Place) -> Card:
    """A backup was put back: nothing leaves before somebody has said so."""
    local = place.local(copied_at)
    title = f"This is a copy of {long_day(local.date(), 'en')}, {local:%H:%M}"
    lines = (
        "A backup was put back. What was sent, answered or pressed after that is not known here, so nothing is sent: no message, no card, no summary.",
        "An administrator looks at what would leave, and lets it go, with: duebot release --restored",
    )
    return Card(". ".join((title, *lines)), (Heading(title, tone=Tone.WARNING), *map(Text, lines)), Tone.WARNING)


def maintenance(ok: bool | None, because: str, backup: str) -> Card:  # ruff: ignore[boolean-type-hint-positional-argument] - null: it goes on
    """A maintenance that goes on, is over, or failed and left everything as it was."""
    if ok is None:
        title = "Duebot is being maintained"
        words = "Nothing is sent for some minutes, and what is pressed is not taken. This card says when it is over."
        return Card(f"{title}. {words}", (Heading(title, tone=Tone.WARNING), Text(words)), Tone.WARNING)
    if ok:
        title = "The maintenance is over"
        return Card(f"{title}; everything goes on", (Heading(title, tone=Tone.GOOD), Text("Everything goes on as before.")), Tone.GOOD)
    title = "The maintenance failed"
    kept = f"The backup made before it is kept: {bare(backup)}." if backup else "No backup was made."
    lines = (f"{bare(because).rstrip('.')}. The database is as it was before, and everything goes on.", f"{kept} Tell an administrator.")
    return Card(". ".join((title, *lines)), (Heading(title, tone=Tone.WARNING), *map(Text, lines)), Tone.WARNING)


_BROKEN = {
    "said_twice": ("A step was said twice", "Look at the customer's messages and tell an administrator."),
    "late_hint": ("Customers would have been looked at too late", "They are looked at now. Tell an administrator if it comes again."),
    "ledger": ("The ledger's balance and its aging differ", "Do not send reports of this book until an administrator knows why."),
    "plan": ("A plan asks for more than is owed", "Look at the plan; cancel it and agree a new one."),
    "outbox": ("Messages or cards stand still", "Run `duebot check`; it names what is missing."),
    "lost_message": (
        "A message to a customer was lost before it left",
        "It was not sent, and all others go on. If its step is still due, it is asked for anew. Look who changed the database by hand.",
    ),
}


def broken_rule(rule: str, found: Sequence[str], more: int) -> Card:
    """Something that must always hold and does not; each line of `found` is one place, of `more` others."""
    title, advice = _BROKEN[rule]
    lines = [*(bare(line) for line in found), *([f"And {count(more, 'other')}."] if more else [])]
    body: tuple[Element, ...] = (Heading(title, tone=Tone.WARNING), *(Text(line) for line in lines), Text(advice, quiet=True))
    return Card(". ".join([title, *lines, advice]), body, Tone.WARNING)
