"""Presses that enter data by hand or say who may do what: the form, the use case, the card that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from adapters.chat.protocol import Reply
from adapters.outreach.mime import mailbox
from bot.actions import read_amount
from bot.desk.request_outcomes import request_card
from cards import entry as cards
from cards import people
from cards.actions import Action, Name
from cards.elements import Card, Form
from cards.format import locale_of, money
from workflows.acting import require
from workflows.add_user import AddUser, add_user
from workflows.change_role import ChangeRole, change_role
from workflows.domain.access import Right, Role, User
from workflows.domain.account import Book
from workflows.domain.approving import Limits
from workflows.domain.ids import BookId, UserId
from workflows.domain.money import BadAmount, Money, UnknownCurrency
from workflows.enter_data import (
    ConfirmEntered,
    EnterCustomer,
    EnterInvoice,
    EnterPayment,
    confirm_entered,
    enter_customer,
    enter_invoice,
    enter_payment,
    invoice_called,
)
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, Refused
from workflows.invite_person import InvitePerson, invite_person
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.records import Stored

FORMS = {
    Name.NEW_CUSTOMER: (Name.ENTER_CUSTOMER, Right.RELEASE),
    Name.NEW_INVOICE: (Name.ENTER_INVOICE, Right.RELEASE),
    Name.NEW_PAYMENT: (Name.ENTER_PAYMENT, Right.CHASE),
    Name.ROLE: (Name.CONFIRM_ROLE, Right.ADMINISTER),
    Name.NEW_USER: (Name.ADD_USER, Right.ADMINISTER),
    Name.INVITE: (Name.CONFIRM_INVITE, Right.ADMINISTER),
}
NAMES = frozenset({*FORMS, *(answer for answer, _ in FORMS.values()), Name.ENTERED_ALL})
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryDesk:
    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock
    limits: Limits

    async def press(self, action: Action, values: Typed) -> Reply:
        """What cannot be kept comes back as the form, with what was typed and what is wrong with each field."""
        if action.name in FORMS:
            name, right = FORMS[action.name]
            require(self.user, right)
            return Reply(form=await self._form(name, action, {}, {}))
        try:
            return Reply(card=await self._do(action, values))
        except BadEntry as wrong:
            return await self._again(action, values, wrong.fields)
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except Refused as refused:
            return await self._again(action, values, {"": str(refused)})

    async def _again(self, action: Action, values: Typed, errors: Typed) -> Reply:
        form = await self._form(action.name, action, values, errors)
        return Reply(form=form, errors={name: words for name, words in errors.items() if name})

    async def _form(self, answer: Name, action: Action, values: Typed, errors: Typed) -> Form:
        if answer is Name.CONFIRM_ROLE:
            return people.role_form(await self.work.users(), self.user, values, errors)
        if answer is Name.ADD_USER:
            return people.user_form(self.user, values, errors)
        if answer is Name.CONFIRM_INVITE:
            return people.invite_form(await self.work.users(), self.user, values, errors)
        book = await self._book(action)
        today = book.place.day(self.clock.now())
        if answer is Name.ENTER_CUSTOMER:
            return cards.customer_form(book, values, errors)
        if answer is Name.ENTER_INVOICE:
            return cards.invoice_form(book, today, values, errors)
        currency = book.currency or "EUR"
        limit = money(Money.of(str(self.limits.payment), currency), locale_of(book)) if book.currency else f"{self.limits.payment:,}"
        return cards.payment_form(book, today, limit, values, errors)

    async def _book(self, action: Action) -> Book:
        found = next((book for book in await self.work.books() if book.id == action.id), None)
        if found is None:
            raise NotKnown("There is no such book.")
        return found

    async def _do(self, action: Action, values: Typed) -> Card:
        match action.name:
            case Name.ENTER_CUSTOMER:
                return await self._customer(BookId(action.id), values)
            case Name.ENTER_INVOICE:
                return await self._invoice(BookId(action.id), values)
            case Name.ENTER_PAYMENT:
                return await self._payment(BookId(action.id), values)
            case Name.ENTERED_ALL:
                book = await confirm_entered(ConfirmEntered(BookId(action.id), self.user), self.work, self.clock)
                return cards.all_entered(book, book.place.day(self.clock.now()))
            case Name.CONFIRM_ROLE:
                return await self._role(values)
            case Name.CONFIRM_INVITE:
                return await self._invite(values)
            case _:
                return await self._colleague(values)

    async def _customer(self, book: BookId, values: Typed) -> Card:
        email, language = values.get("email", "").strip(), values.get("language", "")
        if email and mailbox(email) is None:
            raise BadEntry({"email": "That is no e-mail address."})
        known = language if language in dict(cards.LANGUAGES) else ""
        party = cards.party_of(values.get("party", ""))
        said = values.get("number", ""), values.get("name", "")
        ask = EnterCustomer(book, *said, self.user, email, known, values.get("zone", "").strip(), party)
        done = await enter_customer(ask, self.work, self.clock)
        return cards.customer_entered(done.customer, new=done.stored is Stored.IMPORTED)

    async def _invoice(self, book: BookId, values: Typed) -> Card:
        currency, wrong = values.get("currency", "").strip().upper(), dict[str, str]()
        total = _amount(values.get("total", ""), currency, wrong, "total")
        due_on, issued_on = (_day(values.get(field, ""), wrong, field) for field in ("due_on", "issued_on"))
        if total is None or due_on is None or wrong:
            raise BadEntry(wrong)
        said = values.get("customer", ""), values.get("number", "")
        ask = EnterInvoice(book, *said, total, due_on, self.user, issued_on, values.get("reference", ""), values.get("product", ""))
        done = await enter_invoice(ask, self.work, self.clock)
        return cards.invoice_entered(done.book, done.found.customer, done.found.item, done.book.place.day(self.clock.now()))

    async def _payment(self, book: BookId, values: Typed) -> Card:
        found, wrong = await invoice_called(values.get("invoice", ""), book, self.work), dict[str, str]()
        amount = _amount(values.get("amount", ""), found.item.total.currency, wrong, "amount")
        paid_on = _day(values.get("paid_on", ""), wrong, "paid_on")
        if amount is None or paid_on is None or wrong:
            raise BadEntry(wrong)
        ask = EnterPayment(book, found.item.number, amount, paid_on, self.user, values.get("reference", "").strip())
        return await request_card(await enter_payment(ask, self.work, self.clock, self.limits), self.work, self.policies, self.clock)

    async def _role(self, values: Typed) -> Card:
        ask = ChangeRole(_user(values), _role(values), self.user)
        return people.role_changed(await change_role(ask, self.work, self.clock))

    async def _invite(self, values: Typed) -> Card:
        done = await invite_person(InvitePerson(_user(values), self.user), self.work, self.clock)
        place = (await self.work.books())[0].place
        return people.invited(done.user, done.code, place.day(done.until), place.day(self.clock.now()))

    async def _colleague(self, values: Typed) -> Card:
        email, name = values.get("email", "").strip(), " ".join(values.get("name", "").split())
        wrong = {"email": "" if mailbox(email) else "That is no e-mail address.", "name": "" if name else "Say how colleagues know them."}
        if found := {field: words for field, words in wrong.items() if words}:
            raise BadEntry(found)
        return people.user_added(await add_user(AddUser(email, name, _role(values), self.user), self.work, self.clock))


def _user(values: Typed) -> UserId:
    try:
        return UserId(UUID(values.get("user", "")))
    except ValueError:
        raise BadEntry({"user": "Choose a colleague."}) from None


def _role(values: Typed) -> Role:
    try:
        return Role[values.get("role", "").upper()]
    except KeyError:
        raise BadEntry({"role": "Choose what they may do."}) from None


def _amount(text: str, currency: str, wrong: dict[str, str], field: str) -> Money | None:
    try:
        amount = read_amount(text, currency)
    except BadAmount as error:
        wrong[field] = f"{error}."
        return None
    except UnknownCurrency:
        wrong["currency"] = f"“{currency[:10]}” is no currency; write three letters such as EUR." if currency else "Which currency?"
        return None
    if amount is None:
        wrong[field] = "Say how much."
    return amount


def _day(text: str, wrong: dict[str, str], field: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong[field] = "Choose a day."
        return None
