"""A reminder that a person sends: first seen as the customer will get it, then sent as seen."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflows.acting import item_to_act_on, note_act, when
from workflows.domain.access import User
from workflows.domain.account import Account, Item, Notice, NoticeState
from workflows.domain.calendar import spoken
from workflows.domain.decide import decide
from workflows.domain.decision import ItemDecision
from workflows.domain.first_contact import first_contact_waits
from workflows.domain.freshness import fresh_under
from workflows.domain.ids import ItemId, NoticeId, new_id
from workflows.domain.messages import Letter, Message, Wording
from workflows.domain.money import Money, totals
from workflows.domain.policy import Policy
from workflows.domain.reach import EMAIL, OVER, channels, ways
from workflows.domain.windows import next_allowed
from workflows.errors import AlreadyDone, BadEntry, NeedsReason, PreviewChanged, Refused
from workflows.ports import Clock, Letters, Policies, UnitOfWork
from workflows.records import Effect
from workflows.write_letter import EDITED, LANGUAGE, OVERRIDDEN, fingerprint, letter, listed_by_hand

LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000
_FIGURE = re.compile(r"\d(?:[.,'’\u00a0\u202f ]?\d)*")


@dataclass(frozen=True, slots=True)
class PreviewReminder:
    """`language` is one of the letters' codes, `channel` one the customer can be reached over; empty: as the customer is written to."""

    item: ItemId
    by: User
    seen: int | None = None
    edit: bool = False
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ReminderPreview:
    """`message` is what would leave now and `asked` the sums in it. `warnings` are limits of the policy that stand against it; sending then needs a reason.

    `fingerprint` binds a later send to this text; `earlier` is how many messages the customer had got when it was drawn. `language` is one
    that was chosen in place of the customer's. It goes over `channel`, the first of the `channels` there are unless one was chosen.
    """

    account: Account
    item: Item
    letter: Letter
    message: Message
    asked: tuple[Money, ...]
    listed: tuple[Item, ...]
    warnings: tuple[str, ...]
    fingerprint: str
    earlier: int
    language: str = ""
    channel: str = EMAIL
    channels: tuple[str, ...] = (EMAIL,)


async def preview_reminder(
    ask: PreviewReminder, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock, set_up: Collection[str] = (EMAIL,)
) -> ReminderPreview:
    """`set_up` are the channels that messages can leave over.

    Raises `Refused` for an item that must not be asked for, or a customer who cannot be reached over any of them.
    """
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    return _preview(account, item, policies.of(account), letters, clock, set_up, ask)


def _preview(
    account: Account,
    item: Item,
    policy: Policy,
    letters: Letters,
    clock: Clock,
    set_up: Collection[str],
    ask: PreviewReminder | SendReminder,
) -> ReminderPreview:
    possible = ways(account, set_up)
    if not possible:
        raise Refused(_unreachable(account, set_up))
    channel, language = ask.channel if ask.channel in possible else possible[0], ask.language
    decision = decide(policy, account, clock.now())
    step, listed = listed_by_hand(policy, decision, item.id)
    template = step.remind.template if step.remind else step.name
    today = account.book.place.day(clock.now())
    late = [entry for entry in listed if _is_late(account.item(entry.item), today)]
    written = letter(policy, account, template, late, [entry for entry in listed if entry not in late], clock, channel)
    message, asked = letters.write(written), written.amounts or totals(line.open for line in written.upcoming)
    if language in letters.languages - {message.language}:
        written = replace(written, language=language)
        message = letters.write(written)
    else:
        language = ""
    earlier = sum(1 for notice in account.notices if notice.state.counts)
    items = tuple(account.item(entry.item) for entry in listed)
    warnings = (*_silences(decision.of(item.id)), *_warnings(policy, account, clock.now()))
    return ReminderPreview(
        account, item, written, message, asked, items, warnings, fingerprint(message), earlier, language, channel, possible
    )


def _unreachable(account: Account, set_up: Collection[str]) -> str:
    who = account.customer.name
    if channels(account) - frozenset(set_up):
        return f"Nothing is set up over which {who} could be written to; an administrator sees with `duebot check` what is missing."
    if not account.customer.emails:
        return f"No e-mail address of {who} is known; import one, or call them."
    return f"{who} wants no more messages at any e-mail address that is known; call them."


def _is_late(item: Item, today: date) -> bool:
    return item.due_on is not None and item.due_on < today


def _silences(decided: ItemDecision) -> tuple[str, ...]:
    """The snooze, promise or plan that a person may go over with a reason."""
    return (decided.because,) if decided.state in OVERRIDDEN else ()


def _warnings(policy: Policy, account: Account, now: datetime) -> tuple[str, ...]:
    """The policy's own limits; a person may go over them with a reason too (DESIGN 2, Override)."""
    words = []
    day = account.customer.place.day(now)
    last = max((notice for notice in account.notices if notice.state.counts), key=lambda notice: notice.at, default=None)
    if last is not None and (day - last.day).days < max(policy.gap_days, 1):
        words.append(
            f"The customer was last written to on {spoken(last.day)}; the policy keeps {max(policy.gap_days, 1)} days between messages."
        )
    if next_allowed(policy, account.customer.place, now) > now:
        words.append("It is outside the policy's contact hours at the customer's place.")
    until = fresh_under(policy, account)
    if until is not None and now >= until:
        words.append("The balances are not fresh: the customer may have paid since the last file.")
    if first_contact_waits(policy, account):
        words.append("The account waits for its first-contact release.")
    return tuple(words)


@dataclass(frozen=True, slots=True)
class SendReminder:
    """`fingerprint` and `earlier` are those of the preview that was looked at; `wording` is what the person made of it, null: as it stood."""

    item: ItemId
    by: User
    fingerprint: str
    earlier: int
    reason: str = ""
    wording: Wording | None = None
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ReminderQueued:
    account: Account
    item: Item
    message: Message
    notice: NoticeId
    by_name: str
    channel: str = EMAIL


async def send_reminder(
    ask: SendReminder, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock, set_up: Collection[str] = (EMAIL,)
) -> ReminderQueued:
    """Queues the message that was previewed.

    Raises `AlreadyDone` when another message was queued since the preview, `PreviewChanged` when the text would differ,
    `NeedsReason` when a limit stands against it and no reason is given.
    """
    account, item = await item_to_act_on(work, ask.item, ask.by, None)
    _nobody_was_first(account, ask)
    policy = policies.of(account)
    preview = _preview(account, item, policy, letters, clock, set_up, ask)
    if preview.fingerprint != ask.fingerprint or preview.channel != (ask.channel or preview.channels[0]):
        raise PreviewChanged("What it says has changed since this preview was drawn. Look at the new one before you send.")
    message = _in_own_words(ask.wording, preview, letters) if ask.wording else preview.message
    warnings = (*preview.warnings, *(lacking(ask.wording, preview) if ask.wording else ()))
    if warnings and not ask.reason.strip():
        raise NeedsReason(f"{warnings[0]} Give a reason to send it all the same.")
    notice = _notice(policy, preview, ask.by, clock)
    if not await work.add_notice(account.customer.id, notice, f"staff:{account.customer.id}:{len(account.notices)}"):
        raise AlreadyDone("This reminder is on its way already.")
    facts: dict[str, object] = {"notice": str(notice.id), "step": notice.step, "reason": ask.reason.strip(), "warnings": list(warnings)}
    payload = {"notice": str(notice.id)}
    if preview.language:
        payload[LANGUAGE] = facts[LANGUAGE] = preview.language
    if message is not preview.message:
        payload[EDITED] = preview.fingerprint
        facts["edited"] = await work.keep_body(notice.id, message)
    await work.enqueue(Effect.NOTICE, f"notice:{notice.id}", payload, clock.now(), notice.channel)
    why = f": {ask.reason.strip()}" if ask.reason.strip() else ""
    words = f"{ask.by.name} sent a reminder {OVER.get(notice.channel, f'over {notice.channel}')}{why}"
    await note_act(work, account, item, ask.by, "reminder.sent_by_hand", words, clock.now(), **facts)
    return ReminderQueued(account, item, message, notice.id, ask.by.name, notice.channel)


def _in_own_words(wording: Wording, preview: ReminderPreview, letters: Letters) -> Message:
    """The message itself where nothing was changed. Raises `BadEntry` for words that say nothing or too much."""
    subject, text = wording.subject.strip(), wording.text.replace("\r\n", "\n").strip()
    typed = (("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT))
    wrong = {field: f"A message needs a {field}." for field, words, _ in typed if not words}
    wrong |= {field: f"That is too long: a {field} has at most {most:,} characters." for field, words, most in typed if len(words) > most}
    if wrong:
        raise BadEntry(wrong)
    if (subject, text) == (preview.message.subject, preview.message.text.strip()):
        return preview.message
    return letters.write(replace(preview.letter, wording=Wording(subject, text)))


def lacking(wording: Wording, preview: ReminderPreview) -> tuple[str, ...]:
    """What a customer needs to pay and the words no longer say: the invoice's number, the sums asked for."""
    said = f"{wording.subject}\n{wording.text}"
    figures = {re.sub(r"\D", "", found) for found in _FIGURE.findall(said)}
    words = [] if preview.item.number in said else [f"The text no longer names {preview.item.number}."]
    words += [f"The text no longer names the amount, {amount:,}." for amount in preview.asked if not _spelt(amount) & figures]
    return tuple(words)


def _spelt(amount: Money) -> set[str]:
    """Its digits, with and without a fraction of zeros."""
    whole, _, fraction = amount.plain.partition(".")
    return {whole + fraction} | ({whole} if not fraction.strip("0") else set())


def _nobody_was_first(account: Account, ask: SendReminder) -> None:
    counting = [notice for notice in account.notices if notice.state.counts]
    if len(counting) <= ask.earlier:
        return
    last = max(counting, key=lambda notice: notice.at)
    who = next((act.by_name for act in reversed(account.acts) if act.by == last.by), None) if last.by else "the policy"
    at = when(account.book.place, last.at)
    raise AlreadyDone(f"A reminder by {who or 'a colleague'} went out first, {at}. Nothing more was sent.")


def _notice(policy: Policy, preview: ReminderPreview, by: User, clock: Clock) -> Notice:
    account = preview.account
    step, listed = listed_by_hand(policy, decide(policy, account, clock.now()), preview.item.id)
    currencies = tuple(sorted({account.item(entry.item).total.currency for entry in listed}))
    day = account.customer.place.day(clock.now())
    return Notice(NoticeId(new_id()), day, clock.now(), step.name, listed, NoticeState.QUEUED, preview.channel, by.id, currencies)
