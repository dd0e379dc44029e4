"""Cards on their way to the chats: drawn at the moment they leave, so a burst of changes ends on the newest state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import NAMESPACE_URL, UUID, uuid5

from adapters.chat.protocol import CardRef, ChatRoom
from adapters.core.pauses import seconds_after
from bot.desk.once import read_once
from bot.desk.reader import read_in
from bot.live import threads
from bot.live.draw import draw
from bot.live.places import Place, places_of, standing_in
from bot.live.routing import Routing, everywhere, own_chats, preferences_at
from cards.elements import Card, pictured
from workflows.domain.account import Book
from workflows.domain.ids import CardId, new_id
from workflows.domain.preferences import Preferences
from workflows.errors import NeedsReconnect, NotFound, NotKnown, OutcomeUnknown, OutsideError, Rejected
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.records import ACTED, ANEW, TO_ADMINISTRATORS, CardKind, CardState, Effect, OutboxRow, OutboxState, StaffCard

LEASE = timedelta(seconds=35)  # longer than a chat is waited for; of a process that died the rest goes on within a minute
SOON = timedelta(seconds=10)
SKEW = timedelta(minutes=10)  # two machines' clocks differ by less: held for longer, a card was held by a clock that was ahead
INTERVAL = timedelta(seconds=45)  # between two drawings for which nobody waits
FIRST_PAUSE, LONGEST_PAUSE = 5, 900  # seconds
Key = tuple[str, str]
BUSY = "busy_until"  # while a worker is at a card, up to when that counts


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card that changed. `rows` are the outbox rows that say so to one chat, all settled by one drawing."""

    card: CardId
    rows: tuple[OutboxRow, ...]
    chat: str

    @property
    def busy(self) -> str:
        """What of the card's data says that a worker is at it, for this chat."""
        return f"{BUSY}:{self.chat}"

    @property
    def anew(self) -> bool:
        """Its buttons were taken away where it was pressed; they come back though nothing changed."""
        return any(row.payload.get(ANEW) for row in self.rows)

    @property
    def acted(self) -> bool:
        """A person pressed something, and looks at the card."""
        return any(row.payload.get(ACTED) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Showing:
    """A card to post, or to update where it stands: in `due` of its `places`. `lines` go into the threads, `rest_at` is when others are free.

    `unthreaded` are the keys of places that have no threads, `own` its drawings for people who read figures in their own way.
    """

    card: StaffCard
    drawn: Card
    places: tuple[Place, ...]
    due: tuple[Place, ...] = ()
    lines: threads.Lines | None = None
    rest_at: datetime | None = None
    with_history: Card | None = None
    unthreaded: frozenset[tuple[str, str]] = frozenset()
    own: Mapping[tuple[str, str], Card] = field(default_factory=dict)

    def at(self, place: Place) -> Card:
        """As it is drawn there: where no thread tells what happened, the card does."""
        drawn = self.with_history if self.with_history is not None and place.key in self.unthreaded else self.drawn
        return pictured(self.own.get(place.key, drawn), place.pictures)

    def has_news(self, place: Place, now: datetime) -> bool:
        """For its thread, whether or not the card itself looks otherwise."""
        return self.lines is not None and place.key not in self.unthreaded and threads.next_line(place, self.lines, now) is not None


def card_of(row: OutboxRow) -> CardId:
    return CardId(UUID(str(row.payload["card"])))


def look_of(drawn: Card) -> str:
    """Two drawings that look the same have the same."""
    return blake2b(repr(drawn).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of one place: it as it is now, or the trouble."""

    place: Place
    error: Exception | None = None


async def claim_cards(work: UnitOfWork, clock: Clock, limit: int, chat: str) -> Sequence[Waiting]:
    """What was given to the chat. Several changes of one card are one drawing."""
    left = await work.abandoned(Effect.CARD, clock.now(), limit, LEASE, chat)
    by_card: dict[CardId, list[OutboxRow]] = {}
    for row in [*left, *await work.claim(Effect.CARD, clock.now(), limit, LEASE, chat)]:
        by_card.setdefault(card_of(row), []).append(row)
    return [Waiting(card, tuple(rows), chat) for card, rows in by_card.items()]


async def prepare(
    waiting: Waiting,
    work: UnitOfWork,
    seen: UnitOfWork,
    policies: Policies,
    clock: Clock,
    rooms: Mapping[str, ChatRoom],
    routing: Routing,
) -> Showing | None:
    """The card drawn as it is now, held for this worker: else two would post it twice, or the older drawing might land last.

    Let go are cards that froze before they were posted, those that go to no chat, and those that look as they do already. What can
    wait is put off: background changes to 45 seconds after the last drawing, and all but a person's own to the end of quiet hours.

    `seen` only reads, from after the card was held: what changes later has the card drawn again, and nobody waits for what is drawn.
    """
    now, card, seen = clock.now(), await work.card(waiting.card), read_once(seen)
    book = next(book for book in await work.books() if book.id == card.book)
    places = await everywhere(card, rooms, routing, seen, policies, now)
    if not places:
        await _settle(waiting, OutboxState.SUPPRESSED, work, clock)
        return None
    if waiting.busy in card.data and now < datetime.fromisoformat(card.data[waiting.busy]) < now + LEASE + SKEW:
        await _again(waiting, now + SOON, "", work, clock)
        return None
    bare = frozenset(place.key for place in places if place.platform in rooms and not rooms[place.platform].threads(place.channel))
    lines = await threads.lines_of(card, seen, policies, now)
    if lines is not None and (hearing := lines.kept_on(card)) != card:
        card = hearing
        await work.set_card(card)
    drawn = await draw(card, seen, policies, now)
    showing = Showing(card, drawn, places, lines=lines, with_history=threads.folded(drawn, lines, now) if bare else None, unthreaded=bare)
    wanted = await preferences_at(places, rooms, seen)
    showing = replace(showing, own=await _own(card, wanted, bare, seen, policies, now))
    changed = [
        place
        for place in places
        if place.look != look_of(showing.at(place)) or (waiting.anew and place.message) or showing.has_news(place, now)
    ]
    changed = [place for place in changed if place.platform == waiting.chat and _may_change(place, card, rooms)]
    free = {place.key: _free_from(place, card.kind, waiting, book, routing, wanted.get(place.key), now) for place in changed}
    due = tuple(place for place in changed if free[place.key] <= now)
    rest_at = min((at for at in free.values() if at > now), default=None)
    if not due:
        await (_again(waiting, rest_at, "", work, clock) if rest_at else _settle(waiting, OutboxState.SUPPRESSED, work, clock))
        return None
    await work.set_card(replace(card, data={**card.data, waiting.busy: (now + LEASE).isoformat()}))
    return replace(showing, due=due, rest_at=rest_at)


async def _own(
    card: StaffCard,
    wanted: Mapping[tuple[str, str], Preferences],
    bare: frozenset[tuple[str, str]],
    work: UnitOfWork,
    policies: Policies,
    now: datetime,
) -> Mapping[tuple[str, str], Card]:
    """For people who read figures in their own way; a home is drawn for its reader anyway."""
    found = {}
    for key, one in wanted.items():
        if one.language and card.kind is not CardKind.HOME:
            read = read_in(one.language, work)
            drawn = await draw(card, read, policies, now)
            found[key] = threads.folded(drawn, await threads.lines_of(card, read, policies, now), now) if key in bare else drawn
    return found


def _may_change(place: Place, card: StaffCard, rooms: Mapping[str, ChatRoom]) -> bool:
    """Where nothing can be changed it is posted again, and only when it was raised anew: somebody has to look at it."""
    room = rooms.get(place.platform)
    return room is None or room.edits or place.at is None or card.at > place.at


async def has_changed(card: StaffCard, work: UnitOfWork, policies: Policies, clock: Clock) -> bool:
    """Whether it would look otherwise by now: a card over everything changes with each of its parts, and with time."""
    drawn = await draw(card, work, policies, clock.now())
    return any(place.look != look_of(pictured(drawn, place.pictures)) for place in places_of(card))


def _free_from(
    place: Place, kind: CardKind, waiting: Waiting, book: Book, routing: Routing, wanted: Preferences | None, now: datetime
) -> datetime:
    if waiting.acted and (place.message or kind is CardKind.SHARED):
        return now
    quiet = routing.free_from(place, book, now)
    if wanted is not None and not place.message:
        quiet = max(quiet, wanted.free_from(book.place, now))
    return quiet if place.at is None else max(quiet, place.at + INTERVAL)


async def _settle(
    waiting: Waiting, state: OutboxState, work: UnitOfWork, clock: Clock, error: str = "", reference: str | None = None
) -> None:
    for row in waiting.rows:
        await work.settle(row.id, state, clock.now(), error=error, reference=reference)


async def _again(waiting: Waiting, at: datetime, why: str, work: UnitOfWork, clock: Clock) -> None:
    for row in waiting.rows:
        await work.settle(row.id, OutboxState.QUEUED, clock.now(), not_before=at, error=why)


async def put_off(waiting: Waiting, at: datetime, work: UnitOfWork, clock: Clock) -> None:
    """Its turn in the chat comes then."""
    await _again(waiting, at, "", work, clock)


async def show(showing: Showing, place: Place, room: ChatRoom, clock: Clock) -> Place:
    """Posts or updates, then tells the thread. A card whose message was deleted is posted anew. Raises the errors of `workflows.errors`."""
    drawn = showing.at(place)
    after = place.shown(await _put(drawn, place, room), look_of(drawn), clock.now())
    if showing.lines is None or not room.threads(after.channel):
        return after
    return await threads.tell(after, showing.lines, room, clock.now())


async def _put(drawn: Card, place: Place, room: ChatRoom) -> CardRef:
    if place.ref is None or not room.edits:
        return await room.post(place.channel, drawn)
    try:
        await room.update(place.ref, drawn)
    except NotFound:
        return await room.post(place.channel, drawn)
    return place.ref


async def note(waiting: Waiting, showing: Showing, outcomes: Sequence[Shown], work: UnitOfWork, clock: Clock) -> None:
    """What was shown is kept even where another chat failed: only that one is tried again. Colleagues' cards are shown at least once."""
    card, now = await work.card(waiting.card), clock.now()
    if card.kind is CardKind.SHARED and any(one.error is None for one in outcomes):
        card = replace(card, state=CardState.FROZEN)  # it stays as it was shown
    done = {before.key: one.place for before, one in zip(showing.due, outcomes, strict=True) if one.error is None}
    await work.set_card(standing_in(_free(card, waiting), _merged(showing.places, done, places_of(card))))
    errors = [one.error for one in outcomes if one.error is not None]
    passing = [error for error in errors if may_pass(error)]
    if passing:
        pause = pause_after(min(row.attempts for row in waiting.rows), passing)
        await _again(waiting, now + pause, str(passing[0]), work, clock)
    elif showing.rest_at is not None:
        await _again(waiting, showing.rest_at, "", work, clock)
    elif errors:
        await _settle(waiting, OutboxState.FAILED, work, clock, str(errors[0]))
    else:
        await _settle(waiting, OutboxState.SENT, work, clock, reference=outcomes[0].place.message)


async def note_trouble(waiting: Waiting, error: Exception, work: UnitOfWork, clock: Clock) -> None:
    """It could not be drawn; it may be gone."""
    with suppress(NotKnown):
        await work.set_card(_free(await work.card(waiting.card), waiting))
    await _settle(waiting, OutboxState.FAILED, work, clock, str(error))


async def tell_administrators(
    card: StaffCard, place: Place, error: Rejected, rooms: Mapping[str, ChatRoom], work: UnitOfWork, now: datetime
) -> None:
    """A channel may not, or a colleague does not, take cards from now on: one card, to the administrators themselves and in the inbox."""
    if card.data.get(TO_ADMINISTRATORS):
        return
    platform, channel = place.key
    about, whose = uuid5(NAMESPACE_URL, f"{platform}:{channel}"), (await own_chats(rooms, work)).get(place.key)
    where = {"channel": channel} if whose is None else {"platform": platform, "user": str(whose)}
    data = {"what": "channel_refused", **where, "because": str(error), TO_ADMINISTRATORS: True}
    problem = StaffCard(CardId(new_id()), CardKind.PROBLEM, card.book, about, card.day, now, data=data)
    if await work.add_card(problem):
        for standing in await work.live_cards(card.book, about):  # it may be the one of before
            work.redraw(standing.id, now)


def pause_after(attempts: int, errors: Sequence[Exception]) -> timedelta:
    """What the chat asked for, else longer each time."""
    return timedelta(seconds=max(1, *(seconds_after(error, attempts, FIRST_PAUSE, LONGEST_PAUSE) for error in errors)))


def may_pass(error: Exception) -> bool:
    """Whether showing it again may succeed: everything but a refusal of this very card, or a mistake of ours."""
    return isinstance(error, OutcomeUnknown | NeedsReconnect) or (isinstance(error, OutsideError) and error.retryable)


def _free(card: StaffCard, waiting: Waiting) -> StaffCard:
    return replace(card, data={name: value for name, value in card.data.items() if name != waiting.busy})


def _merged(asked: Sequence[Place], done: Mapping[Key, Place], kept: Sequence[Place]) -> list[Place]:
    """What was done here, and what came to the card meanwhile: in other chats, and its pictures."""
    places = {place.key: place for place in (*asked, *kept)}
    shown = {key: replace(place, pictures=places[key].pictures) for key, place in done.items()}
    return list({**places, **shown}.values())
