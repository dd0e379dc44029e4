"""A reminder that a person sends: first seen as the customer will get it, then sent as seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item, Notice, NoticeState
from workflows.domain.calendar import spoken
from workflows.domain.decide import decide
from workflows.domain.ids import ItemId, NoticeId, new_id
from workflows.domain.messages import Message
from workflows.domain.money import Money, totals
from workflows.domain.policy import Policy
from workflows.domain.standing import first_contact_waits
from workflows.domain.windows import next_allowed
from workflows.errors import AlreadyDone, NeedsReason, Refused
from workflows.ports import Clock, Letters, Policies, UnitOfWork
from workflows.records import Effect
from workflows.write_letter import letter, listed_by_hand


@dataclass(frozen=True, slots=True)
class PreviewReminder:
    item: ItemId
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class ReminderPreview:
    """`message` is what would leave now and `asked` the sums in it. `warnings` are limits of the policy that stand against it; sending then needs a reason.

    `fingerprint` binds a later send to this text; `earlier` is how many messages the customer had got when it was drawn.
    """

    account: Account
    item: Item
    message: Message
    asked: tuple[Money, ...]
    listed: tuple[Item, ...]
    warnings: tuple[str, ...]
    fingerprint: str
    earlier: int


async def preview_reminder(ask: PreviewReminder, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock) -> ReminderPreview:
    """Raises `Refused` for an item that must not be asked for, or a customer without an address."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    return _preview(account, item, policies.of(account), letters, clock)


def _preview(account: Account, item: Item, policy: Policy, letters: Letters, clock: Clock) -> ReminderPreview:
    if not account.customer.emails:
        raise Refused(f"No e-mail address of {account.customer.name} is known; import one, or call them.")
    step, listed = listed_by_hand(policy, decide(policy, account, clock.now()), item.id)
    template = step.remind.template if step.remind else step.name
    today = account.book.place.day(clock.now())
    late = [entry for entry in listed if _is_late(account.item(entry.item), today)]
    soon = [entry for entry in listed if entry not in late]
    written = letter(policy, account, template, late, soon, clock)
    message, asked = letters.write(written), written.amounts or totals(line.open for line in written.upcoming)
    digest = hashlib.sha256(f"{message.subject}\n{message.text}\n{message.to}".encode()).hexdigest()[:16]
    items = tuple(account.item(entry.item) for entry in listed)
    earlier = sum(1 for notice in account.notices if notice.state.counts)
    return ReminderPreview(account, item, message, asked, items, _warnings(policy, account, clock.now()), digest, earlier)


def _is_late(item: Item, today: date) -> bool:
    return item.due_on is not None and item.due_on < today


def _warnings(policy: Policy, account: Account, now: datetime) -> tuple[str, ...]:
    """The policy's own limits; a person may go over them with a reason (DESIGN 2, Override)."""
    words = []
    day = account.customer.place.day(now)
    last = max((notice for notice in account.notices if notice.state.counts), key=lambda notice: notice.at, default=None)
    if last is not None and (day - last.day).days < max(policy.gap_days, 1):
        words.append(
            f"The customer was last written to on {spoken(last.day)}; the policy keeps {max(policy.gap_days, 1)} days between messages."
        )
    if next_allowed(policy, account.customer.place, now) > now:
        words.append("It is outside the policy's contact hours at the customer's place.")
    if account.fresh_until is not None and now >= account.fresh_until:
        words.append("The balances are not fresh: the customer may have paid since the last file.")
    if first_contact_waits(policy, account):
        words.append("The account waits for its first-contact release.")
    return tuple(words)


@dataclass(frozen=True, slots=True)
class SendReminder:
    """`fingerprint` and `earlier` are those of the preview that was looked at."""

    item: ItemId
    by: User
    fingerprint: str
    earlier: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReminderQueued:
    account: Account
    item: Item
    message: Message
    notice: NoticeId
    by_name: str


class PreviewChanged(Refused):
    """What would leave is no longer what was looked at."""


async def send_reminder(ask: SendReminder, work: UnitOfWork, policies: Policies, letters: Letters, clock: Clock) -> ReminderQueued:
    """Queues the message that was previewed.

    Raises `AlreadyDone` when another message was queued since the preview, `PreviewChanged` when the text would differ,
    `NeedsReason` when a limit stands against it and no reason is given.
    """
    account, item = await item_to_act_on(work, ask.item, ask.by, None)
    _nobody_was_first(account, ask)
    policy = policies.of(account)
    preview = _preview(account, item, policy, letters, clock)
    if preview.fingerprint != ask.fingerprint:
        raise PreviewChanged("The balance has changed since this preview was drawn. Look at the new one before you send.")
    if preview.warnings and not ask.reason.strip():
        raise NeedsReason(f"{preview.warnings[0]} Give a reason to send it all the same.")
    notice = _notice(policy, account, item, ask, clock)
    if not await work.add_notice(account.customer.id, notice, f"staff:{account.customer.id}:{len(account.notices)}"):
        raise AlreadyDone("This reminder is on its way already.")
    await work.enqueue(Effect.NOTICE, f"notice:{notice.id}", {"notice": str(notice.id)}, clock.now())
    facts = {"notice": str(notice.id), "step": notice.step, "reason": ask.reason.strip(), "warnings": list(preview.warnings)}
    await note_act(work, account, item, ask.by, "reminder.sent_by_hand", f"{ask.by.name} sent a reminder by e-mail", clock.now(), **facts)
    return ReminderQueued(account, item, preview.message, notice.id, ask.by.name)


def _nobody_was_first(account: Account, ask: SendReminder) -> None:
    counting = [notice for notice in account.notices if notice.state.counts]
    if len(counting) <= ask.earlier:
        return
    last = max(counting, key=lambda notice: notice.at)
    who = next((act.by_name for act in reversed(account.acts) if act.by == last.by), None) if last.by else "the policy"
    local = account.book.place.local(last.at)
    raise AlreadyDone(
        f"A reminder by {who or 'a colleague'} went out first, {spoken(local.date())} at {local:%H:%M}. Nothing more was sent."
    )


def _notice(policy: Policy, account: Account, item: Item, ask: SendReminder, clock: Clock) -> Notice:
    step, listed = listed_by_hand(policy, decide(policy, account, clock.now()), item.id)
    currencies = tuple(sorted({account.item(entry.item).total.currency for entry in listed}))
    day = account.customer.place.day(clock.now())
    return Notice(NoticeId(new_id()), day, clock.now(), step.name, listed, NoticeState.QUEUED, "email", ask.by.id, currencies)
