"""A reminder sent by a person: what the customer will get, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from babel import Locale, UnknownLocaleError

from cards.actions import Name
from cards.buttons import about
from cards.clean import bare
from cards.elements import (
    Button,
    Card,
    ChoiceField,
    Facts,
    Field,
    Form,
    Heading,
    Option,
    Prose,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    TextField,
    Tone,
)
from cards.format import amounts, cell, clock, count, day, lateness, listing, locale_of, moment, money, name, over, service
from cards.forms import filled, reason_field
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision
from workflows.domain.money import Money
from workflows.domain.reach import EMAIL

LONGEST_SUBJECT, LONGEST_EDITED = 200, 3_000  # characters a chat's form takes


def reminder_preview(
    account: Account,
    leader: ItemDecision,
    today: date,
    *,
    to: Sequence[str],
    channel: str = EMAIL,
    channels: Sequence[str] = (),
    sender: str,
    subject: str,
    text: str,
    asked: Sequence[Money],
    language: str = "en",
    languages: Sequence[str] = (),
    listed: Sequence[ItemDecision] = (),
    documents: Sequence[str] = (),
    warning: str | None = None,
    data: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The message as the customer will get it. With a `warning` the answer `reason` is asked for.

    `asked` are the sums of the message, `languages` those it can be had in and `channels` those it can go over: the answers `language` and
    `channel` choose one of each. `data` comes back in the submit's action (a fingerprint of what was shown, the step).
    """
    facts = Facts(
        (
            ("To", _reached(to, channel)),
            ("From", bare(sender)),
            ("Subject", bare(subject)),
            *((("Language", language_name(language)),) if len(languages) < 2 else ()),
            ("Asks for", _asked(account, leader, listed, asked)),
            *((("Attached", listing([bare(document) for document in documents])),) if documents else ()),
        )
    )
    intro: list[Prose] = [Text(f"⚠ {words}") for words in ((errors or {}).get(""), bare(warning or "")) if words]
    intro += [facts, Quote(text, caption="The message as the customer gets it")]
    intro += [listed_items(account, listed, today)] if len(listed) > 1 else []
    intro.append(Text("Decided again just before it leaves: whoever paid, was credited or stopped in between gets nothing.", quiet=True))
    spoken = tuple(Option(code, language_name(code)) for code in languages)
    ways = tuple(Option(one, service(one)) for one in channels)
    offered = ChoiceField("channel", "Send over", ways, channel), ChoiceField("language", "Language", spoken, language)
    choices: tuple[Field, ...] = tuple(choice for choice in offered if len(choice.options) > 1)
    fields = choices + ((reason_field(),) if warning else ())
    submit = Button("Send now", about(account, leader, Name.CONFIRM_REMINDER, **(data or {})), Style.PRIMARY)
    kept = {name: data[name] for name in ("language", "channel") if data and name in data}
    edit = Button("Edit", about(account, leader, Name.EDIT_REMINDER, **kept)) if len(text) <= LONGEST_EDITED else None
    live = about(account, leader, Name.SEND_REMINDER) if choices else None
    return Form("Send reminder", submit, tuple(intro), filled(fields, values or {}), also=edit, live=live)


def reminder_edit(
    account: Account,
    leader: ItemDecision,
    *,
    to: Sequence[str],
    channel: str = EMAIL,
    subject: str,
    text: str,
    warning: str | None = None,
    data: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The message's words to be changed. Answers: `subject`, `text` and `reason`, which is needed with a `warning`."""
    intro = [Text(f"⚠ {words}") for words in ((errors or {}).get(""), bare(warning or "")) if words]
    facts = Facts((("To", _reached(to, channel)), ("About", name(leader.item.number))))
    fields: tuple[Field, ...] = (
        TextField("subject", "Subject", subject, max_length=LONGEST_SUBJECT),
        TextField("text", "Message", text, lines=20, max_length=LONGEST_EDITED),
        *((reason_field(),) if warning else ()),
    )
    outro = (Text("It is kept as you send it. If the balance changes before it leaves, it does not leave.", quiet=True),)
    submit = Button("Send now", about(account, leader, Name.CONFIRM_REMINDER, **(data or {})), Style.PRIMARY)
    return Form("Edit reminder", submit, (*intro, facts), fields, outro)


def _reached(to: Sequence[str], channel: str) -> str:
    """`ap@acme.example, by e-mail`."""
    return ", ".join(part for part in (listing([bare(address) for address in to]), over(channel)) if part)


def _asked(account: Account, leader: ItemDecision, listed: Sequence[ItemDecision], asked: Sequence[Money]) -> str:
    sums = amounts(asked, locale_of(account.book))
    return f"{sums}, {count(len(listed), 'invoice')}" if len(listed) > 1 else f"{sums}, {name(leader.item.number)}"


def language_name(code: str) -> str:
    """`German` for `de`; the code itself where it has no name."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or bare(code)
    except (UnknownLocaleError, ValueError):
        return bare(code)


def reminder_queued(
    account: Account, leader: ItemDecision, now: datetime, *, by_name: str, to: Sequence[str], at: datetime | None = None
) -> Card:
    """It is on its way; `at` when it leaves later than now (outside the hours)."""
    when = f"It leaves {moment(at, now, account.book.place, locale_of(account.book))}." if at and at > now else "It leaves within a minute."
    words = f"{name(by_name)} sent {name(account.customer.name)} a reminder for {money(leader.open, locale_of(account.book))}"
    told = f"To {listing([bare(address) for address in to])}. {when}" if to else when
    return Card(f"{words}. {told}", (Heading(words, badge=clock(now, account.book.place), tone=Tone.GOOD), Text(told)), Tone.GOOD)


def listed_items(account: Account, listed: Sequence[ItemDecision], today: date) -> Rows:
    """The items a message lists, for those who want to see each."""
    locale = locale_of(account.book)
    rows = tuple(
        Row(
            (
                cell(item.item.number),
                day(item.item.due_on, today, locale) if item.item.due_on else "",
                lateness(item.days_past_due),
                money(item.open, locale),
            )
        )
        for item in listed
    )
    return Rows(("Invoice", "Due", "Age", "Open"), rows, frozenset({3}))
