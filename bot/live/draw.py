"""A standing card as it looks now: the facts are read anew each time it is drawn, so the newest drawing is always right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from uuid import UUID

from bot.desk import reply_cards
from bot.summaries import standing_summary
from cards import digest as digest_cards
from cards import keeping, overdue, problems
from cards.approval import approval_card
from cards.digest import DigestLine, OutgoingLine, Today
from cards.elements import Card
from cards.format import step_words
from workflows.answer_query import Seen, see_item, see_many
from workflows.domain.account import Book, Notice
from workflows.domain.decision import ItemDecision, State
from workflows.domain.ids import ApprovalId, CustomerId, ItemId, NoticeId, UserId
from workflows.domain.money import totals
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, CardState, StaffCard

MOST = 500  # lines a list is drawn from; a longer one says how many more there are


async def names(work: UnitOfWork) -> Mapping[UserId, str]:
    """Colleagues by id."""
    return {user.id: user.name for user in await work.users()}


async def draw(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """What the card says at this moment; one that froze says what became of it."""
    if card.state is CardState.FROZEN and (last := await _last(card, work, policies, now)) is not None:
        return last
    match card.kind:
        case CardKind.ALERT:
            return await item_card(ItemId(card.subject), work, policies, now)
        case CardKind.DIGEST:
            book = await _book(card, work)
            items = [ItemId(UUID(str(item))) for item in card.data.get("items", ())]
            lines = await digest_lines(items, work, policies, now)
            return digest_cards.digest(book, card.day, lines, await _today(book, work, policies, now))
        case CardKind.SUMMARY:
            return await standing_summary(card, await _book(card, work), work, policies, now)
        case CardKind.REVIEW:
            return await _review(await _book(card, work), work, policies, now)
        case CardKind.PROBLEM:
            return await reply_cards.told(card, work) or await _problem(card, work, now)
        case CardKind.ANSWER:
            return await reply_cards.answer(card, work, now)
        case CardKind.AUDIT_HEAD:
            return keeping.audit_head(card.day, int(card.data["entries"]), str(card.data["hash"]))
        case CardKind.APPROVAL:
            return await _approval(ApprovalId(card.subject), work, policies, now)


async def _last(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Card | None:
    if card.kind is CardKind.ALERT:
        return await item_card(ItemId(card.subject), work, policies, now, live=False)
    if "released" in card.data:
        at = datetime.fromisoformat(card.data["at"])
        return digest_cards.released(await _book(card, work), int(card.data["released"]), str(card.data["by"]), at, now)
    if "as_of" in card.data:
        book = await _book(card, work)
        return problems.book_read(book, date.fromisoformat(card.data["as_of"]), book.place.day(now))
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


async def digest_lines(items: Sequence[ItemId], work: UnitOfWork, policies: Policies, now: datetime) -> list[DigestLine]:
    """One line per customer, in the order given."""
    owners = await work.owners(items[:MOST])
    seen = await see_many(owners.values(), work, policies, now)
    return [_line(seen[owners[item]], item) for item in items[:MOST] if item in owners]


def _line(seen: Seen, item: ItemId) -> DigestLine:
    decided = seen.of(item)
    late = seen.overdue or (decided,)
    sums = totals(one.open for one in late)
    days = max((one.days_past_due or 0 for one in late), default=0)
    waits = decided.state not in {State.OPEN, State.CHASING}
    return DigestLine(
        seen.account.customer.name, sums, days, _standing(seen, decided), item, len(late), waits, len(seen.account.acts_on(item))
    )


def line_of(seen: Seen) -> DigestLine:
    """A customer's line in a list of what is overdue; its oldest item opens."""
    oldest = min(seen.overdue, key=lambda one: (one.item.due_on or date.max, one.item.number))
    return _line(seen, oldest.item.id)


def _standing(seen: Seen, decided: ItemDecision) -> str:
    """Two or three words: what was done last, or where it waits."""
    if decided.state not in {State.OPEN, State.CHASING}:
        return decided.state.value.replace("_", " ")
    last = max((n for n in seen.account.notices if n.state.counts and _lists(n, decided)), key=lambda notice: notice.at, default=None)
    return f"{step_words(last.step)} {last.state.value}" if last else "not yet written to"


def _lists(notice: Notice, decided: ItemDecision) -> bool:
    return any(entry.item == decided.item.id for entry in notice.items)


async def _today(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Today:
    lines = await outgoing_lines(book, work, policies, now)
    waiting = await work.waiting_for_release(book.id)
    day = book.place.day(now)
    stale = next(
        (card.data for card in await work.live_cards(book.id, book.id) if card.data.get("what") == "stale_book" and card.day == day), None
    )
    return Today(len(lines), min((line.at for line in lines), default=None), len(waiting), book.read_through if stale else None)


async def outgoing_lines(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> list[OutgoingLine]:
    """Messages of today: those queued or sent, and those whose step comes before the day is over."""
    day = book.place.day(now)
    tomorrow = book.place.start_of(day + timedelta(days=1))
    notices = [(notice, customer) for notice, customer in await work.notices_of(book.id, day) if notice.state.counts]
    soon = await work.looking_before(book.id, tomorrow, MOST)
    seen = await see_many([*(customer for _, customer in notices), *soon], work, policies, now)
    lines = [_leaving(notice, seen[customer]) for notice, customer in notices]
    planned = [_planned(seen[customer], None, tomorrow) for customer in soon]
    return sorted([*lines, *(line for line in planned if line is not None)], key=lambda line: line.at)


async def outgoing_on(day: date, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> list[OutgoingLine]:
    """Messages of a day to come, if nothing happens until then: those whose next step falls on it."""
    start, end = book.place.start_of(day), book.place.start_of(day + timedelta(days=1))
    soon = await work.looking_before(book.id, end, MOST)
    planned = [_planned(one, start, end) for one in (await see_many(soon, work, policies, now)).values()]
    return sorted((line for line in planned if line is not None), key=lambda line: line.at)


def _leaving(notice: Notice, seen: Seen) -> OutgoingLine:
    sums = totals(seen.of(entry.item).open for entry in notice.items)
    return OutgoingLine(
        seen.account.customer.name, sums, notice.step, notice.sent_at or notice.at, notice.items[0].item, state=notice.state
    )


def _planned(seen: Seen, start: datetime | None, until: datetime) -> OutgoingLine | None:
    """The message an account will get from `start` and before `until` if nothing changes; the tick has not made it yet."""
    ahead = [one for one in seen.decision.items if one.next is not None and one.next.reminds]
    coming = [one for one in ahead if one.next is not None and one.next.at < until and (start is None or one.next.at >= start)]
    if not coming:
        return None
    first = min(coming, key=lambda one: (one.next.at if one.next else until, one.item.number))
    at = first.next.at if first.next else until
    step = first.next.step if first.next else ""
    return OutgoingLine(seen.account.customer.name, totals(one.open for one in coming), step, at, first.item.id)


async def _review(book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    waiting = await work.waiting_for_release(book.id)
    seen = (await see_many(waiting[:MOST], work, policies, now)).values()
    late = [(one.account.customer.name, item) for one in seen for item in one.overdue]
    oldest = max(((name, item.days_past_due or 0) for name, item in late), key=itemgetter(1), default=None)
    return digest_cards.review(book, len(waiting), totals(item.open for _, item in late), oldest)


async def _problem(card: StaffCard, work: UnitOfWork, now: datetime) -> Card:
    if card.data.get("what") == "stale_book":
        book = await _book(card, work)
        return problems.stale_book(book, book.place.day(now))
    if card.data.get("what") == "broken_rule":
        return keeping.broken_rule(str(card.data["rule"]), [str(line) for line in card.data["found"]], int(card.data["more"]))
    if card.data.get("what") == "restored":
        return keeping.restored(datetime.fromisoformat(card.data["copied_at"]), (await _book(card, work)).place)
    if card.data.get("what") == "channel_refused":
        return problems.channel_refused(str(card.data["channel"]), str(card.data["because"]))
    if card.data.get("what") == "put_aside":
        return problems.put_aside(await work.account(CustomerId(card.subject)), str(card.data["because"]))
    notice, customer = await work.notice(NoticeId(card.subject))
    account = await work.account(customer)
    if card.data.get("what") == "document_missing":
        return problems.document_missing(account, str(card.data["number"]), str(card.data["why"]))
    if card.data.get("what") == "delivery_failed":
        return problems.delivery_failed(account, notice, now)
    return problems.unknown_message(account, notice, now, to=account.customer.emails)
