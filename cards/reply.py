"""A customer's answer: who wrote, the newest words, what they seem to mean, and the buttons that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from cards.actions import Action, Name
from cards.clean import bare, clean, shorten
from cards.elements import (
    AmountField,
    Button,
    Card,
    ChoiceField,
    DateField,
    Element,
    Field,
    Form,
    Heading,
    Option,
    Quote,
    Style,
    Text,
    TextField,
    Tone,
)
from cards.format import count, day, listing, locale_of, money, name, over, remark, since
from cards.forms import filled, general_error
from cards.reply_buttons import LABELS, buttons, open_items
from cards.standing import person
from workflows.domain.account import Account
from workflows.domain.allocation import balances
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import ItemId, UserId

LINES = 12
LINE = 200  # characters
SHOWN_ITEMS = 5
ALL = "all"  # in place of an item: every one the answer is about
_LONG = 500

_SEEMS = {
    Meaning.STOP: "They want no more messages",
    Meaning.START: "They want messages again",
    Meaning.HELP: "They ask who writes and how to stop it",
    Meaning.PAID: "They say it is paid",
    Meaning.PROMISE: "They promise to pay",
    Meaning.DISPUTE: "They object",
    Meaning.WRONG_PERSON: "It reached the wrong person",
    Meaning.OTHER: "Not clear; please read it",
}
_BECAME = {
    Meaning.PAID: "noted that it is said to be paid",
    Meaning.PROMISE: "noted a promise",
    Meaning.DISPUTE: "noted a dispute",
    Meaning.WRONG_PERSON: "noted a wrong person; nothing more goes to that address",
    Meaning.STOP: "confirmed that they want no more messages",
}
ABOUT_ITEMS = (Meaning.PAID, Meaning.PROMISE, Meaning.DISPUTE)


def answer_card(account: Account, reply: Reply, words: str, now: datetime, people: Mapping[UserId, str]) -> Card:
    """With its buttons while nobody has dealt with it, afterwards what became of it."""
    locale = locale_of(account.book)
    customer, at = name(account.customer.name), since(reply.at, now, account.book.place, locale)
    done = reply.ended_at is not None
    told = _became(reply, people) if done else _seems(account, reply, now)
    badge, tone = ("dealt with", Tone.GOOD) if done else ("answered", Tone.WARNING)
    body: list[Element] = [
        Heading(customer, badge=badge, tone=tone),
        Text(f"{_numbers(account, reply)} · {over(reply.channel)} from {name(reply.sender, 120)}, {at}"),
        Quote(excerpt(words) or "(no words)", "What they wrote"),
        Text(told),
    ]
    if not done:
        body += [Text("Reminders about it wait until somebody says what it means.", quiet=True), buttons(account, reply)]
    return Card(f"{customer} answered {over(reply.channel)}. {told}", tuple(body), tone)


def excerpt(words: str) -> str:
    """Some lines of it, as they were written; longer ones say so."""
    lines = [shorten(clean(line), LINE) for line in words.split("\n")]
    kept = [line for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]
    more = len(kept) - LINES
    shown = "\n".join(kept[:LINES]).strip()
    return f"{shown}\n… {count(more, 'more line')}, in the mailbox" if more > 0 else shown


def _numbers(account: Account, reply: Reply) -> str:
    known = {item.id: item.number for item in account.all_items}
    numbers = [name(known[item]) for item in reply.items if item in known]
    more = [f"{len(numbers) - SHOWN_ITEMS} more"] if len(numbers) > SHOWN_ITEMS else []
    return listing(numbers[:SHOWN_ITEMS] + more) or "No invoice named"


def _seems(account: Account, reply: Reply, now: datetime) -> str:
    """`They promise to pay: €400.00 by Thu 3 Dec`."""
    locale, today = locale_of(account.book), account.book.place.day(now)
    if reply.meaning is Meaning.STOP:
        return f"{_SEEMS[reply.meaning]}. Nothing goes to that address any more; say so if it was not meant."
    amount = money(reply.amount, locale) if reply.amount else ""
    until = f"by {day(reply.until, today, locale)}" if reply.until else ""
    named = " ".join(part for part in (amount, until) if part)
    return f"It seems: {_SEEMS[reply.meaning][0].lower()}{_SEEMS[reply.meaning][1:]}{f', {named}' if named else ''}"


def _became(reply: Reply, people: Mapping[UserId, str]) -> str:
    who = name(person(people, reply.ended_by))
    return f"{who} {_BECAME.get(reply.meaning, 'dealt with it')}."


def answer_form(
    account: Account,
    reply: Reply,
    words: str,
    meaning: Meaning,
    today: date,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Answers: `item` (an id or `all`), for a promise `amount` (text, empty: all that is open) and `until` (ISO), for a dispute `reason`."""
    items = open_items(account, reply)
    fields: list[Field] = [_which(account, items)] if items else []
    if meaning is Meaning.PROMISE:
        fields += _promise_fields(account, reply, items, today)
    if meaning is Meaning.DISPUTE:
        reason = shorten(" ".join(bare(words).split()), _LONG)
        fields.append(TextField("reason", "What do they object to?", reason, lines=3, max_length=_LONG))
    submit = Button(f"Note: {LABELS[meaning].lower()}", Action(Name.CONFIRM_ANSWER, reply.id, data={"as": meaning.value}), Style.PRIMARY)
    none = () if items else (Text("Nothing of this customer is open."),)
    intro = (*general_error(errors), *none, Quote(excerpt(words) or "(no words)", f"{name(account.customer.name)} wrote"))
    return Form(LABELS[meaning], submit, intro, filled(tuple(fields), values or {}))


def _which(account: Account, items: Sequence[ItemId]) -> ChoiceField:
    left, locale = balances(account), locale_of(account.book)
    options = [Option(str(item), f"{name(account.item(item).number)}, {money(left.open_of(item), locale)}") for item in items[:20]]
    if len(items) > 1:
        options.insert(0, Option(ALL, "All of these" if len(items) <= 20 else f"All {len(items)}"))
    return ChoiceField("item", "Which invoice", tuple(options), options[0].value)


def _promise_fields(account: Account, reply: Reply, items: Sequence[ItemId], today: date) -> list[Field]:
    currency = account.item(items[0]).total.currency if items else reply.amount.currency if reply.amount else "EUR"
    amount = reply.amount.plain if reply.amount and reply.amount.currency == currency and len(items) == 1 else ""
    hint = "Leave empty for all that is open" if len(items) == 1 else "Of one invoice; leave empty for all that is open"
    until = reply.until if reply.until and reply.until >= today else today + timedelta(7)
    return [
        AmountField("amount", "Amount", currency, amount, hint=hint, required=False),
        DateField("until", "Paid by", until, earliest=today),
    ]


def confirmed(account: Account, reply: Reply, meaning: Meaning) -> Card:
    """The short word to the person who said what it means."""
    words = f"{name(account.customer.name)}: {_BECAME.get(meaning, 'dealt with').partition(';')[0]}"
    more = {
        Meaning.STOP: "Another channel or a person takes over; the debt stands.",
        Meaning.WRONG_PERSON: f"Nothing more goes to {name(reply.sender, 120)}.",
        Meaning.OTHER: "Reminders go on with the next step.",
    }.get(meaning, "Reminders wait.")
    return Card(f"{words}. {more}", (Heading(words, tone=Tone.GOOD), Text(more)), Tone.GOOD)


def stray_answer(sender: str, subject: str) -> Card:
    """An answer that belongs to nobody known."""
    told = (
        f"{name(sender, 120)} wrote about “{remark(subject, 100)}”. No message of ours, no customer's address and no single invoice fits."
    )
    return _told("An answer that belongs to nobody known", told, "Read it in the mailbox; it holds back nothing here.")


def opted_out(account: Account, address: str, because: str) -> Card:
    """Nothing is sent to an address any more; the debt still stands."""
    more = "Chasing goes on over another channel, or is a task for a person. If they want mail again, press Opt in on the invoice."
    return _told(f"{name(account.customer.name)}: no more mail to {name(address, 120)}", bare(because), more)


def unread(because: str) -> Card:
    """A letter that broke the reader; it is told, so that nothing is lost in silence."""
    return _told("A letter could not be read", bare(because), "It lies in the mailbox as it came.")


def _told(title: str, told: str, more: str) -> Card:
    return Card(f"{title}. {told}", (Heading(title, tone=Tone.WARNING), Text(told), Text(more, quiet=True)), Tone.WARNING)
