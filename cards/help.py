"""The commands, as `help` lists them."""

from __future__ import annotations

from collections.abc import Sequence

from cards.choices import meant
from cards.elements import Card, Element, Facts, Heading, Text
from cards.format import name

COMMANDS = (
    ("overdue [DAYS] [CUSTOMER or BOOK]", "Who is late, the oldest first; overdue 30, overdue >1000 EUR, overdue acme"),
    ("balance CUSTOMER", "What a customer owes, item by item"),
    ("customer CUSTOMER", "Who a customer is to us, and what they owe"),
    ("invoice NUMBER", "One invoice: how it stands, what happened, what comes next"),
    ("why NUMBER", "Why something was, or was not, sent"),
    ("remind NUMBER", "The reminder as it would leave; you send it, or not"),
    ("snooze NUMBER [3d]", "Silence about an invoice, for a time or until a day"),
    ("flag NUMBER", "A mark for colleagues"),
    ("escalate NUMBER", "Into a manager's hands"),
    ("fee NUMBER", "A fee on a late invoice: what the law allows is worked out, a second person approves"),
    ("home", "What waits for you, what leaves today and can still be stopped"),
    ("mine [BOOK]", "What is overdue of your customers"),
    ("promises · plans · disputes [BOOK]", "What was promised, is paid in parts, or is objected to"),
    ("tasks [BOOK]", "What somebody has to do"),
    ("aging [BOOK]", "What is open, by how late it is"),
    ("report [BOOK]", "The last seven days: what is open, came in, was promised, sent and answered"),
    ("metrics [BOOK]", "DSO, days delinquent, collection effectiveness, promises kept"),
    ("forecast [BOOK]", "What comes in week by week if everybody pays when it is due"),
    ("share QUESTION", "The answer for everybody in the channel, not only you"),
    ("link CODE", "Makes this chat account a colleague's, with the code of an invitation"),
    ("settings", "How Duebot is set up"),
    ("help", "This list"),
)

_NOT_SHARED = "Say which answer the channel is to see; your home, and what changes something, are not shared"


def help_card(command: str = "/due", unknown: str | None = None, lacks: str | None = None, near: Sequence[str] = ()) -> Card:
    """`command` is what stands before each verb, if anything does; `unknown` is what was typed and is none of them.

    `near` are the questions it comes close to; `lacks` a verb that was typed without the word it needs.
    """
    before = f"{command} " if command else ""
    likely = f" Did you mean {before}{name(near[0])}?" if near else ""
    whom = next((verb.partition(" ")[2] for verb, _ in COMMANDS if lacks and verb.startswith(f"{lacks} ")), "")
    said: tuple[Element, ...] = (Text(f"I do not know “{name(unknown)}”.{likely}"),) if unknown else ()
    asks = _NOT_SHARED if lacks == "share" else f"Say the {whom.partition(' [')[0].lower()} too"
    said += (Text(f"{asks}: {before}{lacks} {whom}"),) if whom else ()
    said += (meant(near),) if near else ()
    facts = Facts(tuple((f"{before}{verb}", what) for verb, what in COMMANDS))
    return Card(before + ", ".join(verb for verb, _ in COMMANDS), (Heading("What you can ask"), *said, facts))
