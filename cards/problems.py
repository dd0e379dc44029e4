"""What went wrong, what it means and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from cards.actions import Action, Name
from cards.clean import bare
from cards.elements import Actions, Button, Card, Element, Heading, Text, Tone
from cards.format import day, listing, locale_of, moment, money, name, over, service, since
from workflows.domain.account import Account, Book, Item, Notice
from workflows.domain.doubt import LOST
from workflows.domain.ids import CardId

NOBODY = UUID(int=0)  # what a press of somebody unknown is about


def _problem(words: str, *lines: str, actions: Actions | None = None) -> Card:
    body: tuple[Element, ...] = (
        Heading(words, tone=Tone.WARNING),
        *(Text(line) for line in lines if line),
        *((actions,) if actions else ()),
    )
    *before, last = (words, *(line for line in lines if line))
    return Card(" ".join([*map(_ended, before), last]), body, Tone.WARNING)


def _ended(line: str) -> str:
    return line if line.endswith((".", "?", ":")) else f"{line}."


def until_seen(card: Card, seen: CardId | str) -> Card:
    """Of a problem that nothing else ends: with a button of that card while nobody has seen it, else with the name of who has."""
    if isinstance(seen, str):
        body = tuple(replace(part, tone=Tone.QUIET) if isinstance(part, Heading) else part for part in card.body)
        return replace(card, body=(*body, Text(f"{name(seen)} has seen it.", quiet=True)), tone=Tone.QUIET)
    button, last = Button("Seen", Action(Name.SEEN, seen)), card.body[-1]
    if isinstance(last, Actions):
        return replace(card, body=(*card.body[:-1], replace(last, buttons=(*last.buttons, button))))
    return replace(card, body=(*card.body, Actions((button,))))


def apology(reference: str) -> Card:
    """Something nobody expected. The same reference stands in the log."""
    return _problem(
        "That did not work",
        "Nothing was changed. Try once more; if it fails again, give your administrator this reference:",
        bare(reference),
    )


def form_lost() -> Card:
    """What was asked for is filled in, and can only be shown to who has just asked."""
    return _problem("The form did not open", "Duebot was stopped before it could show it, so nothing was changed.", "Please ask once more.")


def refused(sentence: str) -> Card:
    """What was asked cannot be done; the sentence says why and what to do."""
    return _problem("Nothing was changed", sentence)


def not_found(sentence: str) -> Card:
    """What was asked about does not exist; the sentence says what to try."""
    return Card(f"Nothing found. {sentence}", (Heading("Nothing found"), Text(sentence)))


def not_understood(sentence: str) -> Card:
    """What was asked cannot be answered as it was asked; the sentence says what to say instead."""
    return Card(sentence, (Heading("That cannot be answered", tone=Tone.WARNING), Text(sentence)), Tone.WARNING)


def somebody_first(sentence: str) -> Card:
    """The thing changed before the press arrived; the sentence says who did what, and when."""
    return _problem("Somebody was first; nothing more was changed", sentence)


def not_linked(platform: str = "slack") -> Card:
    """Duebot does not know who this is. Nobody learns anything about a customer from it."""
    where = "in this chat" if platform == "slack" else "here"
    return _problem(
        "I do not know you yet",
        f"Who you are {where} belongs to no colleague Duebot knows, so nothing was shown or changed.",
        f"An administrator adds you with: duebot user add EMAIL, giving the e-mail you use {where}. Then try again.",
        "Or they invite you, and you give the code you got: link CODE.",
        actions=Actions((Button("I have a code", Action(Name.LINK, NOBODY)),)) if platform != "inbox" else None,
    )


def linked_already() -> Card:
    return refused("This chat account is a colleague's already. An administrator changes whose with: duebot user link.")


def outsider() -> Card:
    """A guest, or somebody of another company, in a channel they share with us."""
    return _problem(
        "This is for colleagues only",
        "Your account is a guest's, an app's or of another company, so nothing was shown or changed.",
        "If you work here, ask whoever runs this chat for a full account.",
    )


def deactivated() -> Card:
    return _problem(
        "This account has no access any more",
        "This chat says that the account is deactivated or gone, so nothing was shown or changed.",
        "If it is active again, press once more in a few minutes.",
    )


def _listed(account: Account, notice: Notice) -> list[Item]:
    """Also instalments of a plan that runs no longer: the message spoke of them."""
    known = {item.id: item for item in (*(part for plan in account.plans for part in plan.instalments), *account.items)}
    return [known[line.item] for line in notice.items if line.item in known]


def unknown_message(account: Account, notice: Notice, now: datetime, *, to: tuple[str, ...] = ()) -> Card:
    """A message that may or may not have left. Buttons carry the notice's id."""
    book = account.book
    at = since(notice.at, now, book.place, locale_of(book))
    addresses = f" to {listing([bare(address) for address in to])}" if to else ""
    numbers = listing([name(item.number) for item in _listed(account, notice)[:5]])
    broke = "the connection broke while it was being handed over"
    why = "a backup was put back, and the database before it may have sent it" if notice.because == LOST else broke
    told = f"The message {over(notice.channel)}{addresses} about {numbers} ({at}) may or may not have left: {why}."
    asks = "It is not sent again by itself. Look in the mailbox it leaves from, then say:"
    choice = Actions((Button("It was sent", Action(Name.WAS_SENT, notice.id)), Button("Send again", Action(Name.SEND_AGAIN, notice.id))))
    return _problem(f"{name(account.customer.name)}: did the reminder leave?", told, asks, actions=choice)


def unknown_settled(account: Account, words: str) -> Card:
    """What a colleague said of it: the card that takes the place of the question."""
    title = f"{name(account.customer.name)}: settled"
    return Card(f"{title}. {bare(words)}", (Heading(title, tone=Tone.GOOD), Text(bare(words))), Tone.GOOD)


def stale_book(book: Book, today: date, waiting: int = 0) -> Card:
    """The book's file is too old to send from."""
    of = f"The last file is of {day(book.read_through, today, locale_of(book))}." if book.read_through else "No file has been read yet."
    waits = f" {waiting:,} reminders wait." if waiting > 1 else " One reminder waits." if waiting else ""
    return _problem(
        f"{name(book.name)}: balances are too old",
        f"{of} Nothing goes out until a newer one is read.{waits}",
        f"Import one with: duebot import FILE --book {bare(book.slug)}",
    )


def book_read(book: Book, as_of: date, today: date) -> Card:
    """The card that asked for a newer file, once one was read."""
    of = day(as_of, today, locale_of(book))
    title = f"{name(book.name)}: balances are current again"
    return Card(
        f"{title}, as of {of}", (Heading(title, tone=Tone.GOOD), Text(f"A file of {of} was read; reminders go out again.")), Tone.GOOD
    )


def channel_refused(channel: str, because: str) -> Card:
    """A channel that may not see customers' names, or that took no card."""
    return _problem(
        f"No card was posted to {name(channel)}",
        bare(because),
        "Until that is mended its cards stand in the inbox only. Messages to customers are not affected.",
    )


def person_refused(who: str, chat: str, because: str) -> Card:
    """A colleague who takes no messages: who blocked Duebot, most often."""
    return _problem(
        f"Nothing reaches {name(who)} in {service(chat)}",
        bare(because),
        "Please ask them to mend that. Until then what they are told stands in the inbox only. Messages to customers are not affected.",
    )


def outage(vendor: str, because: str, since_at: datetime, now: datetime, book: Book) -> Card:
    """A vendor or a chat that does not answer."""
    began = since(since_at, now, book.place, locale_of(book))
    return _problem(
        f"{service(vendor)} does not work",
        f"Since {began} nothing has gone through: {bare(because).rstrip('.')}.",
        "What waits for it is kept and tried again by itself; everything else goes on. `duebot check` says what to look at.",
    )


def outage_over(vendor: str, since_at: datetime, until: datetime, book: Book) -> Card:
    """The card that told of it, once it is over."""
    began = since(since_at, until, book.place, locale_of(book))
    title = f"{service(vendor)} works again"
    words = f"Nothing went through from {began} to {moment(until, until, book.place)}. What waited is on its way."
    return Card(f"{title}. {words}", (Heading(title, tone=Tone.GOOD), Text(words)), Tone.GOOD)


def put_aside(account: Account, because: str) -> Card:
    """A customer whose account could not be decided."""
    customer = name(account.customer.name)
    return _problem(
        f"{customer}: put aside",
        f"This customer's account could not be decided: {bare(because).rstrip('.')}. Nothing is sent to them until it can be; all others go on.",
        "It is tried again every hour. Tell an administrator; `duebot check` and the log say more.",
    )


def document_missing(account: Account, number: str, why: str) -> Card:
    """A message that waits for a document."""
    return _problem(
        f"{name(account.customer.name)}: the document of {name(number)} is missing",
        f"A message is to carry it and waits: {bare(why)}. It does not leave without.",
        "Put the file there; it is tried again every half hour while today lasts. Tomorrow it is asked for anew.",
    )


def delivery_failed(account: Account, notice: Notice, now: datetime) -> Card:
    """A message that never reached the customer."""
    at = since(notice.at, now, account.book.place, locale_of(account.book))
    because = f" Reason: {bare(notice.because).rstrip('.')}." if notice.because else ""
    left = notice.sent_at is not None
    told = f"Sent {over(notice.channel)} {at}, about" if left else f"It was to leave {over(notice.channel)} {at}, about"
    mend = "Check the address" if left else "Put right what the reason names"
    amounts = listing([f"{name(item.number)} over {money(item.total, locale_of(account.book))}" for item in _listed(account, notice)[:3]])
    return _problem(
        f"{name(account.customer.name)}: the reminder did not arrive",
        f"{told} {amounts}.{because}",
        f"{mend}, then send a reminder from the invoice.",
        actions=Actions((Button("Open", Action(Name.OPEN, notice.items[0].item)),)),
    )
