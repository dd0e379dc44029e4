"""Staff and their chat accounts; cards that stand; books; policy texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from adapters.store.unit_of_work import SqlStore
from tests.store.samples import LATER, NOW, TODAY, account, add_user, awake, book_in, customer_id, import_rows, item_id, row, sleep_all
from workflows.domain.access import Role, User
from workflows.domain.calendar import Place
from workflows.domain.freshness import NEVER_READ
from workflows.domain.ids import BookId, CardId, UserId, new_id
from workflows.errors import NotKnown
from workflows.records import CardKind, CardState, StaffCard


async def test_people_are_found_by_mail_in_any_case_and_by_each_chat_account(store: SqlStore) -> None:
    user = await add_user(store)
    async with store() as work:
        await work.link(user, "slack", "T1", "U1")
        await work.link(user, "inbox", "", "ana")
        assert await work.user_by_email(" ANA@Seller.example ") == await work.user(user)
        assert await work.user_by_identity("slack", "T1", "U1") == await work.user(user)
        assert await work.user_by_identity("inbox", "", "ana") == await work.user(user)
        assert await work.user_by_identity("slack", "T2", "U1") is None
        assert await work.user_by_email("bo@seller.example") is None


async def test_a_chat_account_belongs_to_whom_it_was_linked_to_last(store: SqlStore) -> None:
    ana, bo = await add_user(store), await add_user(store, "Bo")
    async with store() as work:
        assert await work.link(ana, "slack", "T1", "U1")
        assert not await work.link(ana, "slack", "T1", "U1"), "another press was quicker: nothing new is told of"
        assert await work.link(bo, "slack", "T1", "U1")
        found = await work.user_by_identity("slack", "T1", "U1")
    assert found is not None
    assert found.id == bo


async def test_a_role_changes_and_one_mail_address_is_one_person(store: SqlStore) -> None:
    user = await add_user(store)
    async with store() as work:
        await work.set_role(user, Role.MANAGER)
        assert [found.role for found in await work.users()] == [Role.MANAGER]
    with pytest.raises(IntegrityError):
        async with store() as work:
            await work.add_user(User(UserId(new_id()), "ANA@seller.example", "Another", Role.VIEWER))


async def card_for(store: SqlStore, kind: CardKind = CardKind.ALERT, **values: object) -> StaffCard:
    async with store() as work:
        plain = StaffCard(CardId(new_id()), kind, await book_in(work), new_id(), TODAY, NOW, data={"items": ["a"]})
        return replace(plain, **values)  # type: ignore[arg-type]


async def test_a_card_comes_back_as_it_was_kept_and_as_it_was_set(store: SqlStore) -> None:
    card = await card_for(store)
    posted = replace(card, platform="slack", channel="C1", message="171.001")
    async with store() as work:
        assert await work.add_card(card)
        assert await work.card(card.id) == card
        await work.set_card(posted)
        assert await work.card(card.id) == posted


async def test_a_newer_card_of_the_subject_freezes_the_older_one(store: SqlStore) -> None:
    card = await card_for(store)
    newer = replace(card, id=CardId(new_id()), day=TODAY + timedelta(days=1), at=LATER)
    other = replace(card, id=CardId(new_id()), subject=new_id())
    async with store() as work:
        assert await work.add_card(card)
        assert not await work.add_card(replace(card, id=CardId(new_id())))
        assert await work.add_card(other)
        assert await work.add_card(newer)
        assert (await work.card(card.id)).state is CardState.FROZEN
        assert await work.live_cards() == [newer, other]
        assert await work.live_cards(card.book, card.subject) == [newer]
        assert await work.live_cards(BookId(new_id())) == []


async def test_the_cards_that_concern_some_customers_are_those_of_their_invoices_and_of_their_books(store: SqlStore) -> None:
    await import_rows(store, row(), row("INV-2", "C2"))
    mine = await card_for(store, subject=await item_id(store))
    of_book = replace(mine, id=CardId(new_id()), kind=CardKind.DIGEST, subject=mine.book)
    others = replace(mine, id=CardId(new_id()), subject=await item_id(store, "INV-2"))
    done_with = replace(mine, id=CardId(new_id()), kind=CardKind.PROBLEM, state=CardState.FROZEN)
    customer = await customer_id(store)
    async with store() as work:
        for card in (mine, of_book, others, done_with):
            await work.add_card(card)
        assert {card.id for card in await work.cards_concerning([customer])} == {mine.id, of_book.id}


async def test_problems_stand_until_they_are_settled_and_freeze_nothing(store: SqlStore) -> None:
    alert = await card_for(store)
    problem = replace(alert, id=CardId(new_id()), kind=CardKind.PROBLEM)
    second = replace(problem, id=CardId(new_id()), day=TODAY + timedelta(days=1), at=LATER)
    async with store() as work:
        for card in (alert, problem, second):
            assert await work.add_card(card)
        assert {card.id for card in await work.live_cards(subject=alert.subject)} == {alert.id, problem.id, second.id}


async def test_cards_and_users_that_do_not_exist_are_unknown(store: SqlStore) -> None:
    card = await card_for(store)
    async with store() as work:
        for asked in (
            work.card(card.id),
            work.set_card(card),
            work.set_role(UserId(new_id()), Role.VIEWER),
            work.link(UserId(new_id()), "a", "b", "c"),
        ):
            with pytest.raises(NotKnown):
                await asked


async def test_a_book_is_changed_and_the_file_read_anew_wakes_what_was_held(store: SqlStore) -> None:
    await import_rows(store, row())
    await sleep_all(store)
    async with store() as work:
        book = await work.book("main")
        await work.change_book(replace(book, name="Head office", place=Place("Europe/Berlin", "DE", "BY"), currency="EUR"))
    assert await awake(store) == []
    async with store() as work:
        book = await work.book("main")
        await work.change_book(replace(book, read_through=TODAY, read_at=LATER))
    assert (book.name, book.place.subdivision, book.currency) == ("Head office", "BY", "EUR")
    assert len(await awake(store)) == 1


async def test_a_book_fed_by_files_is_fresh_to_the_end_of_the_next_business_day(store: SqlStore) -> None:
    await import_rows(store, row())
    assert (await account(store)).fresh_until == NEVER_READ
    async with store() as work:
        book = replace(await work.book("main"), place=Place("Europe/Berlin", "DE"), read_through=date(2026, 3, 6), read_at=NOW)
        await work.change_book(book)
    assert (await account(store)).fresh_until == datetime(2026, 3, 9, 23, 0, tzinfo=UTC), "Friday's file lasts through Monday"
    async with store() as work:
        await work.change_book(replace(book, fed_by_files=False))
    assert (await account(store)).fresh_until is None


async def test_a_policy_text_gets_a_new_version_only_when_it_differs(store: SqlStore) -> None:
    assert [await store.add_policy("standard", text) for text in ("a", "a", "b", "b", "a")] == [1, 1, 2, 2, 1]
    assert await store.add_policy("gentle", "a") == 1
    assert await store.policy_versions() == [("gentle", 1, "a"), ("standard", 1, "a"), ("standard", 2, "b")]
