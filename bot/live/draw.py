"""A standing card as it looks now: the facts are read anew each time it is drawn, so the newest drawing is always right."""

from __future__ import annotations

from datetime import date, datetime
from operator import itemgetter
from uuid import UUID

from bot.desk import reply_cards, sharing
from bot.desk.colleagues import names
from bot.live import home
from bot.live.lines import MOST, digest_lines, outgoing_lines
from bot.summaries import standing_summary
from cards import digest as digest_cards
from cards import keeping, overdue, problems
from cards.approval import approval_card
from cards.digest import Today
from cards.elements import Card
from workflows.answer_query import see_item, see_many
from workflows.channel_outages import OUTAGE
from workflows.dismiss_card import ONLY_TELL, SEEN_BY
from workflows.domain.account import Book
from workflows.domain.ids import ApprovalId, CustomerId, ItemId, NoticeId, UserId
from workflows.domain.money import totals
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, CardState, StaffCard


async def draw(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """What the card says at this moment; one that froze says what became of it."""
    if card.state is CardState.FROZEN and (last := await _last(card, work, policies, now)) is not None:
        return last
    match card.kind:
        case CardKind.ALERT:
            return await item_card(ItemId(card.subject), work, policies, now)
        case CardKind.PROBLEM:
            drawn = await reply_cards.told(card, work) or await _problem(card, work, now)
            return problems.until_seen(drawn, card.data.get(SEEN_BY, card.id)) if card.data.get("what") in ONLY_TELL else drawn
        case CardKind.ANSWER:
            return await reply_cards.answer(card, work, now)
        case CardKind.APPROVAL:
            return await _approval(ApprovalId(card.subject), work, policies, now)
        case CardKind.SHARED:
            return await sharing.shared_card(card, work, policies, now)
        case CardKind.HOME:
            return await home.home_card(UserId(card.subject), work, policies, now)
        case _:
            return await _of_book(card, await _book(card, work), work, policies, now)


async def _of_book(card: StaffCard, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    match card.kind:
        case CardKind.SUMMARY:
            return await standing_summary(card, book, work, policies, now)
        case CardKind.REVIEW:
            return await _review(book, work, policies, now)
        case CardKind.AUDIT_HEAD:
            return keeping.audit_head(card.day, int(card.data["entries"]), str(card.data["hash"]))
        case _:
            items = [ItemId(UUID(str(item))) for item in card.data.get("items", ())]
            lines, rest = await digest_lines(items, work, policies, now), items[MOST:]
            beyond = await work.late_beside(book.id, book.place.day(now), rest) if rest else ()
            return digest_cards.digest(book, card.day, lines, await _today(book, work, policies, now), beyond, len(items))


async def _last(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Card | None:
    if card.kind is CardKind.ALERT:
        return await item_card(ItemId(card.subject), work, policies, now, live=False)
    if "released" in card.data:
        at = datetime.fromisoformat(card.data["at"])
        return digest_cards.released(await _book(card, work), int(card.data["released"]), str(card.data["by"]), at, now)
    if "as_of" in card.data:
        book = await _book(card, work)
        return problems.book_read(book, date.fromisoformat(card.data["as_of"]), book.place.day(now))
    if card.data.get("what") == "maintenance":
        return await _problem(card, work, now)
    if card.data.get("what") == OUTAGE:
        began, over = (datetime.fromisoformat(card.data[name]) for name in ("since", "until"))
        return problems.outage_over(str(card.data["channel"]), began, over, await _book(card, work))
    if "said" in card.data:
        _, customer = await work.notice(NoticeId(card.subject))
        return problems.unknown_settled(await work.account(customer), str(card.data["said"]))
    return None


async def _approval(approval: ApprovalId, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    asked, _ = await work.approval(approval)
    seen = await see_item(asked.item, work, policies, now)
    return approval_card(seen.account, seen.of(asked.item), asked, now, await names(work))


async def _book(card: StaffCard, work: UnitOfWork) -> Book:
    return next(book for book in await work.books() if book.id == card.book)


async def item_card(item: ItemId, work: UnitOfWork, policies: Policies, now: datetime, *, live: bool = True) -> Card:
    """The alert card of an item."""
    seen = await see_item(item, work, policies, now)
    return overdue.alert(seen.account, seen.of(item), now, await names(work), live=live)


async def _today(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Today:
    leaving = await outgoing_lines(book, work, policies, now)
    waiting = await work.waiting_for_release(book.id)
    day = book.place.day(now)
    stale = next(
        (card.data for card in await work.live_cards(book.id, book.id) if card.data.get("what") == "stale_book" and card.day == day), None
    )
    first_at = min((line.at for line in leaving.lines), default=None)
    return Today(len(leaving.lines), first_at, len(waiting), book.read_through if stale else None, leaving.more)


async def _review(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    waiting = await work.waiting_for_release(book.id)
    seen = (await see_many(waiting[:MOST], work, policies, now)).values()
    late = [(one.account.customer.name, item) for one in seen for item in one.late]
    oldest = max(((name, item.days_past_due or 0) for name, item in late), key=itemgetter(1), default=None)
    return digest_cards.review(book, len(waiting), totals(item.open for _, item in late), oldest)


async def _refused(card: StaffCard, work: UnitOfWork) -> Card:
    if "user" not in card.data:
        return problems.channel_refused(str(card.data["channel"]), str(card.data["because"]))
    user = await work.user(UserId(UUID(str(card.data["user"]))))
    return problems.person_refused(user.name, str(card.data["platform"]), str(card.data["because"]))


async def _problem(card: StaffCard, work: UnitOfWork, now: datetime) -> Card:
    if card.data.get("what") == "stale_book":
        book = await _book(card, work)
        return problems.stale_book(book, book.place.day(now))
    if card.data.get("what") == "broken_rule":
        return keeping.broken_rule(str(card.data["rule"]), [str(line) for line in card.data["found"]], int(card.data["more"]))
    if card.data.get("what") == "maintenance":
        return keeping.maintenance(card.data.get("ok"), str(card.data.get("because", "")), str(card.data.get("backup", "")))
    if card.data.get("what") == "restored":
        return keeping.restored(datetime.fromisoformat(card.data["copied_at"]), (await _book(card, work)).place)
    if card.data.get("what") == OUTAGE:
        began = datetime.fromisoformat(card.data["since"])
        return problems.outage(str(card.data["channel"]), str(card.data["because"]), began, now, await _book(card, work))
    if card.data.get("what") == "channel_refused":
        return await _refused(card, work)
    if card.data.get("what") == "put_aside":
        return problems.put_aside(await work.account(CustomerId(card.subject)), str(card.data["because"]))
    notice, customer = await work.notice(NoticeId(card.subject))
    account = await work.account(customer)
    if card.data.get("what") == "document_missing":
        return problems.document_missing(account, str(card.data["number"]), str(card.data["why"]))
    if card.data.get("what") == "delivery_failed":
        return problems.delivery_failed(account, notice, now)
    return problems.unknown_message(account, notice, now, to=account.customer.emails)
