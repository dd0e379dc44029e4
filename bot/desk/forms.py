"""Forms and what becomes of their answers: those that need the account to be read before they mean anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from adapters.chat.protocol import Reply
from bot.actions import promised, terms, whole
from bot.desk.answers import invoice_card, why_card
from bot.desk.outcomes import outcome_card
from bot.desk.request_outcomes import request_card
from bot.desk.snooze_forms import SnoozeDesk
from bot.live.lines import digest_lines, outgoing_lines
from bot.summaries import list_card
from cards import claim_forms
from cards import digest as digest_cards
from cards import forms as form_cards
from cards import reminder as reminder_cards
from cards.actions import Action, Name
from cards.elements import Card, Form, Prose, Text
from cards.snooze_forms import snooze_form
from cards.standing import escalation_of
from workflows.acting import item_to_act_on
from workflows.answer_query import Seen, see_item
from workflows.ask_approval import Requested
from workflows.domain.access import Role, User
from workflows.domain.account import Book
from workflows.domain.allocation import balances
from workflows.domain.approving import Limits
from workflows.domain.decide import decide
from workflows.domain.ids import BookId, ItemId
from workflows.domain.messages import Wording
from workflows.domain.outlook import coming
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, Refused
from workflows.offer_plan import PlanPreview, PreviewPlan, ProposePlan, Terms, preview_plan, propose_plan
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.record_promise import RecordPromise, promised_together, record_promise
from workflows.records import CardKind
from workflows.send_reminder import ReminderPreview, lacking
from workflows.snooze_customer import open_items

_CLAIM_FORMS = {
    Name.DISPUTE: claim_forms.dispute_form,
    Name.CONFIRM_DISPUTE: claim_forms.dispute_form,
    Name.SETTLE_DISPUTE: claim_forms.settle_form,
    Name.CONFIRM_SETTLE: claim_forms.settle_form,
    Name.HOLD: claim_forms.hold_form,
    Name.CONFIRM_HOLD: claim_forms.hold_form,
    Name.NOTE: claim_forms.note_form,
    Name.CONFIRM_NOTE: claim_forms.note_form,
}
HOW = {"phone": "by phone", "writing": "in writing"}


def reminder(preview: ReminderPreview, policies: Policies, now: datetime, languages: Sequence[str] = (), words: str = "") -> Form:
    """The preview as a form; `languages` are those it can be had in, `words` say why it is shown again."""
    account = preview.account
    decision = decide(policies.of(account), account, now)
    return reminder_cards.reminder_preview(
        account,
        decision.of(preview.item.id),
        account.book.place.day(now),
        to=preview.message.to,
        channel=preview.channel,
        channels=preview.channels,
        sender=preview.message.sender_name or account.book.name,
        subject=preview.message.subject,
        text=preview.message.text,
        asked=preview.asked,
        language=preview.message.language,
        languages=languages,
        listed=[decision.of(item.id) for item in preview.listed],
        documents=[document.name for document in preview.message.attachments],
        warning=" ".join(preview.warnings) or None,
        data=_carried(preview),
        errors={"": words} if words else None,
    )


def edited_reminder(preview: ReminderPreview, policies: Policies, now: datetime, wording: Wording | None, words: str = "") -> Form:
    """The message to be changed by hand; `wording` is what was typed before, `words` say why it is shown again."""
    account, shown = preview.account, wording or Wording(preview.message.subject, preview.message.text)
    warnings = (*preview.warnings, *(lacking(wording, preview) if wording else ()))
    return reminder_cards.reminder_edit(
        account,
        decide(policies.of(account), account, now).of(preview.item.id),
        to=preview.message.to,
        channel=preview.channel,
        subject=shown.subject,
        text=shown.text,
        warning=" ".join(warnings) or None,
        data=_carried(preview),
        errors={"": words} if words else None,
    )


def _carried(preview: ReminderPreview) -> dict[str, str]:
    """The fingerprint of what is shown, and what was chosen in place of what the customer usually gets."""
    chosen = {"language": preview.language} if preview.language else {}
    chosen |= {"channel": preview.channel} if preview.channel != preview.channels[0] else {}
    return {"print": preview.fingerprint, "earlier": str(preview.earlier), **chosen}


@dataclass(frozen=True, slots=True)
class FormDesk:
    """Answers actions that open a form or a list, and forms about one account."""

    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock
    limits: Limits

    async def answer(self, action: Action, values: Mapping[str, str]) -> Reply:
        """Raises `BadEntry` and `Refused`."""
        match action.name:
            case Name.CONFIRM_SNOOZE:
                return await SnoozeDesk(self.user, self.work, self.policies, self.clock).answer(action, values)
            case Name.CONFIRM_SNOOZE_ALL:
                return await SnoozeDesk(self.user, self.work, self.policies, self.clock).confirm(action)
            case Name.PREVIEW_PLAN:
                return await self._preview_plan(action, values)
            case Name.CONFIRM_PLAN:
                return await self._propose_plan(action, values)
            case Name.CONFIRM_PROMISE:
                return Reply(card=await self._promise(action, values))
            case Name.SHOW_ALL | Name.SHOW_OUTGOING:
                return Reply(card=await self._list(action))
            case (
                Name.SHOW_DEBTORS
                | Name.SHOW_WAITING
                | Name.SHOW_COLLECTED
                | Name.SHOW_SENT
                | Name.SHOW_ANSWERS
                | Name.SHOW_JUDGED
                | Name.SHOW_COMING
            ):
                book, now = await self._book(BookId(action.id)), self.clock.now()
                day = _day(action.data.get("day", "")) or book.place.day(now)
                return Reply(card=await list_card(action, book, day, self.work, self.policies, now))
            case Name.OPEN | Name.WHY:
                return Reply(card=await self._show(action))
            case Name.PLAN if values:
                return Reply(form=await self._plan_so_far(action, values))
            case _:
                await self._may_open(action)
                return Reply(form=await self._form(action, values, {}))

    async def again(self, action: Action, values: Mapping[str, str], errors: Mapping[str, str]) -> Reply:
        """The form with what was typed and what is wrong with it."""
        return Reply(form=await self._form(action, values, errors), errors={name: words for name, words in errors.items() if name})

    async def _seen(self, item: ItemId) -> Seen:
        seen = await see_item(item, self.work, self.policies, self.clock.now())
        if item not in {one.id for one in seen.account.all_items}:
            raise NotKnown("That instalment belongs to a plan that no longer runs.")
        return seen

    async def _may_open(self, action: Action) -> None:
        """A form that could only be refused is not opened: it is not theirs, somebody was first, the item is paid, or escalated already."""
        account, item = await item_to_act_on(self.work, ItemId(action.id), self.user, action.seen)
        if balances(account).open_of(item.id).minor <= 0:
            raise Refused(f"{item.number} is paid; there is nothing left to do about it.")
        if action.name is Name.ESCALATE and (standing := escalation_of(account, item.id)) is not None:
            raise Refused(f"{item.number} is escalated already, to {(await self.work.user(standing.to)).name}.")

    async def _form(self, action: Action, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
        item = ItemId(action.id)
        seen = await self._seen(item)
        decided, today = seen.of(item), seen.account.book.place.day(seen.at)
        if (claim := _CLAIM_FORMS.get(action.name)) is not None:
            return claim(seen.account, decided, today, values, errors)
        match action.name:
            case Name.SNOOZE | Name.CONFIRM_SNOOZE:
                ahead = coming(seen.policy, seen.account, item, seen.at)
                return snooze_form(seen.account, decided, today, ahead, values, errors, invoices=len(open_items(seen.account)))
            case Name.PROMISE | Name.CONFIRM_PROMISE:
                together = promised_together(seen.decision, seen.account, item)
                return claim_forms.promise_form(seen.account, decided, today, values, errors, together)
            case Name.PLAN | Name.PREVIEW_PLAN:
                return form_cards.plan_form(seen.account, decided, today, (), values, errors)
            case Name.ESCALATE | Name.CONFIRM_ESCALATE:
                managers = [user for user in await self.work.users() if user.role >= Role.MANAGER]
                return form_cards.escalate_form(seen.account, decided, managers, today, values, errors)
        raise NotKnown("There is no form for this.")

    async def _promise(self, action: Action, values: Mapping[str, str]) -> Card:
        item = ItemId(action.id)
        amount, until = promised(values, await self._currency(item))
        others: tuple[ItemId, ...] = ()
        if values.get("scope") == claim_forms.WHOLE:
            seen = await self._seen(item)
            others = tuple(one.item.id for one in promised_together(seen.decision, seen.account, item)[1:])
        ask = RecordPromise(item, amount, until, self.user, action.seen, others)
        try:
            done = await record_promise(ask, self.work, self.policies, self.clock)
        except (NotAllowed, AlreadyDone, NotKnown, BadEntry):
            raise
        except Refused as refused:
            raise BadEntry({"": str(refused)}) from None
        return await outcome_card(done, self.work, self.policies, self.clock.now())

    async def _currency(self, item: ItemId) -> str:
        _, found = await item_to_act_on(self.work, item, self.user, None)
        return found.total.currency

    async def _preview_plan(self, action: Action, values: Mapping[str, str]) -> Reply:
        """The table to the cent; terms that cannot be come back at the form."""
        item = ItemId(action.id)
        asked = PreviewPlan(item, terms(values, await self._currency(item)), self.user, action.seen)
        try:
            preview = await preview_plan(asked, self.work, self.clock, self.limits)
        except (NotAllowed, AlreadyDone, NotKnown, BadEntry):
            raise
        except Refused as refused:
            raise BadEntry({"": str(refused)}) from None
        return Reply(form=await self._plan_table(preview, values, {}, {}))

    async def _plan_table(
        self, preview: PlanPreview, agreed: Mapping[str, str], values: Mapping[str, str], errors: Mapping[str, str]
    ) -> Form:
        seen = await self._seen(preview.item.id)
        parts = [(part.due_on, part.amount) for part in preview.instalments]
        kept = {name: agreed.get(name, "") for name in ("first", "count", "rhythm", "deposit")}
        day, decided = seen.account.book.place.day(seen.at), seen.of(preview.item.id)
        return form_cards.plan_preview(seen.account, decided, day, parts, kept, (), preview.beyond, values, errors)

    async def _plan_so_far(self, action: Action, values: Mapping[str, str]) -> Form:
        """The form while it is filled in, with what its terms come to by now."""
        item = ItemId(action.id)
        seen = await self._seen(item)
        today = seen.account.book.place.day(seen.at)
        try:
            asked = PreviewPlan(item, terms(values, await self._currency(item)), self.user, action.seen)
            preview = await preview_plan(asked, self.work, self.clock, self.limits)
            parts = [(part.due_on, part.amount) for part in preview.instalments]
            beyond = (Text(f"⚠ {preview.beyond}"),) if preview.beyond else ()
            schedule: tuple[Prose, ...] = (form_cards.plan_table(seen.account, parts, today), *beyond)
        except BadEntry as wrong:
            schedule = tuple(Text(words, quiet=True) for words in wrong.fields.values())
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except Refused as refused:
            schedule = (Text(str(refused), quiet=True),)
        return form_cards.plan_form(seen.account, seen.of(item), today, (), values, {}, schedule)

    async def _propose_plan(self, action: Action, values: Mapping[str, str]) -> Reply:
        item = ItemId(action.id)
        agreed = terms(action.data, await self._currency(item))
        how = HOW.get(values.get("answer", ""), "")
        ask = ProposePlan(item, agreed, self.user, how, values.get("reason", ""), action.seen)
        try:
            done = await propose_plan(ask, self.work, self.clock, self.limits)
        except BadEntry as wrong:
            return await self._plan_again(action, agreed, values, wrong.fields)
        if isinstance(done, Requested):
            return Reply(card=await request_card(done, self.work, self.policies, self.clock))
        return Reply(card=await outcome_card(done, self.work, self.policies, self.clock.now()))

    async def _plan_again(self, action: Action, agreed: Terms, values: Mapping[str, str], errors: Mapping[str, str]) -> Reply:
        """The table; or the form of its terms, where these will not do any more."""
        if errors.keys() != {"reason"}:
            return await self.again(replace(action, name=Name.PREVIEW_PLAN), action.data, errors)
        preview = await preview_plan(PreviewPlan(ItemId(action.id), agreed, self.user, action.seen), self.work, self.clock, self.limits)
        return Reply(form=await self._plan_table(preview, action.data, values, errors), errors=errors)

    async def _show(self, action: Action) -> Card:
        item = ItemId(action.id)
        seen = await self._seen(item)
        answer = invoice_card if action.name is Name.OPEN else why_card
        return await answer(seen, seen.of(item), self.work)

    async def _list(self, action: Action) -> Card:
        book = await self._book(BookId(action.id))
        today = book.place.day(self.clock.now())
        if action.name is Name.SHOW_OUTGOING:  # of today, also on a card of an earlier day
            leaving = await outgoing_lines(book, self.work, self.policies, self.clock.now())
            return digest_cards.outgoing(book, today, leaving.lines, whole(action.data.get("page", "")), more=leaving.more)
        day = _day(action.data.get("day", "")) or today
        cards = await self.work.live_cards(book.id, book.id)
        digest = next((card for card in cards if card.kind is CardKind.DIGEST and card.day == day), None)
        if digest is None:
            raise NotKnown("That day's list has closed; today's digest has the current one.")
        items = [ItemId(UUID(str(item))) for item in digest.data.get("items", ())]
        now, page = self.clock.now(), digest_cards.page_within(whole(action.data.get("page", "")), len(items))
        lines = await digest_lines(items[page * digest_cards.PAGE :][: digest_cards.PAGE], self.work, self.policies, now)
        asked = [amount for _, amount in await self.work.late_beside(book.id, book.place.day(now), items)]
        return digest_cards.digest_list(book, day, lines, page, len(items), asked)

    async def _book(self, book: BookId) -> Book:
        found = next((one for one in await self.work.books() if one.id == book), None)
        if found is None:
            raise NotKnown("That book no longer exists.")
        return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
