"""May this message leave? The contact rules of law over the facts of one message; the strictest that fits wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from workflows.domain.account import Account, Party
from workflows.domain.calendar import Place
from workflows.domain.forbidden_words import holds_account_number, promotion_in
from workflows.domain.guard_rows import ANYWHERE, CONSUMERS, EU, EU_COUNTRIES, GUARDS, US_ZONES, Check, Effect, Guard, Side
from workflows.domain.values import value

_DAY = timedelta(days=1)
_TRIES = 14  # days; hours of all the zones of a country overlap on every one of them


@value
class Past:
    """A contact of that local day. `talked`: somebody answered a call."""

    channel: str
    on: date
    talked: bool = False


@value
class Contact:
    """What is about to be sent. `facts` are the names that rows ask for: `opt_out`, `identity`, `template`, `voice_consent` …"""

    channel: str
    words: str = ""
    facts: frozenset[str] = frozenset()
    side: Side = Side.OWN


@value
class Recipient:
    """Who gets it. Without `party` they count as a consumer. `places`: everywhere they may be; none: nothing says where.

    `heard_at` is when they last wrote over the channel.
    """

    party: Party | None
    places: tuple[Place, ...]
    past: tuple[Past, ...] = ()
    heard_at: datetime | None = None


@value
class Finding:
    """A row that stands against it as it is."""

    rule: str
    effect: Effect
    words: str
    until: datetime | None = None


@value
class Verdict:
    """The strictest effect, every rule that had one, and until when it waits; `local` is the time at each place when it was asked."""

    effect: Effect
    rules: tuple[str, ...]
    until: datetime | None
    local: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def kept(self) -> dict[str, object]:
        """What the audit trail keeps of it."""
        return {"allowed": self.effect.name.lower(), "rules": list(self.rules), "local": list(self.local)}


def allowed(contact: Contact, recipient: Recipient, now: datetime) -> Verdict:
    """Every row that fits is judged; the strictest effect wins, and of those that wait the longest."""
    party = recipient.party or Party.CONSUMER
    fitting = [row for row in GUARDS if _fits(row, contact, party, recipient.places, now)]
    found = [finding for row in fitting if (finding := _judge(row, contact, recipient, now)) is not None]
    effect = max((finding.effect for finding in found), default=Effect.ALLOW)
    waits = [finding.until for finding in found if finding.until is not None]
    return Verdict(
        effect,
        tuple(sorted({finding.rule for finding in found})),
        max(waits) if waits and effect is Effect.DEFER else None,
        tuple(f"{place.local(now):%Y-%m-%d %H:%M} {place.zone}" for place in recipient.places),
        tuple(finding.words for finding in found if finding.effect is effect),
    )


def recipient_of(account: Account) -> Recipient:
    """A customer as the facts know them: their past messages count for every item, so rules per debt are kept for all of them."""
    past = tuple(Past(one.channel, account.written_on(one)) for one in account.notices if one.state.counts and one.sent_at is not None)
    return Recipient(account.customer.party, places_of(account.customer.place), past)


def places_of(place: Place) -> tuple[Place, ...]:
    """The place itself; of a customer in a country whose zone is not known, every zone of it."""
    if place.country != "US" or place.zone.startswith(("America/", "US/", "Pacific/Honolulu")):
        return (place,)
    return tuple(Place(zone, place.country, place.subdivision) for zone in US_ZONES)


def _fits(row: Guard, contact: Contact, party: Party, places: Sequence[Place], now: datetime) -> bool:
    if party not in row.parties or contact.channel not in row.channels or contact.side not in row.sides:
        return False
    if not places:
        return row.valid_from <= now.date()
    return any(_holds_at(row, place) and row.valid_from <= place.day(now) for place in places)


def _holds_at(row: Guard, place: Place) -> bool:
    """Where only the country is known, the rules of its parts count too; where nothing is, those of consumers everywhere."""
    country, _, part = row.where.partition("-")
    if row.where == ANYWHERE or place.country is None:
        return row.where == ANYWHERE or row.parties == CONSUMERS
    if row.where == EU:
        return place.country in EU_COUNTRIES
    return place.country == country and (not part or place.subdivision in {part, None})


def _judge(row: Guard, contact: Contact, recipient: Recipient, now: datetime) -> Finding | None:
    """Null where nothing stands against it."""
    lifted = row.parameters.get("lifted_by")
    if lifted is not None and lifted in contact.facts:
        return None
    words = next(_against(row, contact, recipient, now), None)
    if words is None:
        return None
    if row.check is Check.HOURS:
        if not recipient.places:
            return Finding(row.id, Effect.BLOCK, words)
        return Finding(row.id, row.effect, words, _opens(row, recipient.places, now))
    return Finding(row.id, row.effect, words)


def _against(row: Guard, contact: Contact, recipient: Recipient, now: datetime) -> Iterator[str]:
    """Why the row stands against it, in a sentence; nothing where it does not."""
    fact = row.parameters.get("fact")
    match row.check:
        case Check.HOURS if not recipient.places:
            yield "Nothing says where the person is, so no hour is known to be right; ask for an address."
        case Check.HOURS if _opens(row, recipient.places, now) > now:
            yield f"It is outside {row.parameters['from']} to {row.parameters['to']} at a place where the person may be."
        case Check.TIMES if _times(row, recipient, now) >= int(row.parameters["most"]):
            yield f"They were contacted {row.parameters['most']} times in {row.parameters['days']} days."
        case Check.QUIET if _talked_lately(row, recipient, now):
            yield f"Somebody spoke with them less than {row.parameters['days']} days ago."
        case Check.NEEDS if fact not in contact.facts:
            yield f"It needs {_spelled(fact)}."
        case Check.NOT_IF if fact in contact.facts:
            yield f"It may not be sent: {_spelled(fact)}."
        case Check.WINDOW if fact not in contact.facts and _closed(row, recipient, now):
            yield f"More than {row.parameters['hours']} hours passed since they wrote, so it needs {_spelled(fact)}."
        case Check.PROMOTION if (found := promotion_in(contact.words)) is not None:
            yield f"“{found}” makes a reminder an advertisement; leave it out."
        case Check.NUMBERS if holds_account_number(contact.words):
            yield "It holds the number of an account or card; send a link instead."


_SPELLED = {
    "opt_out": "a way to opt out of messages to that address",
    "identity": "the sender's name and an address to reach them",
    "at_work": "the address is one at the person's work",
    "ceased": "the person asked in writing for no more contact, named a lawyer, or is bankrupt",
    "voice_consent": "the person's consent to recorded calls",
    "sender_registered": "a sender registered with the carriers",
    "third_party": "it is about somebody else's debt",
    "whatsapp_consent": "a recorded opt-in to WhatsApp",
    "template": "an approved template",
}


def _spelled(fact: str | int | None) -> str:
    return _SPELLED[str(fact)]


def _days_of(recipient: Recipient, now: datetime) -> date:
    """Today where the person is; the latest of the days where they may be."""
    return max((place.day(now) for place in recipient.places), default=now.date())


def _times(row: Guard, recipient: Recipient, now: datetime) -> int:
    since = _days_of(recipient, now) - int(row.parameters["days"]) * _DAY
    return sum(1 for past in recipient.past if past.channel in row.channels and past.on > since)


def _talked_lately(row: Guard, recipient: Recipient, now: datetime) -> bool:
    today = _days_of(recipient, now)
    return any(past.talked and (today - past.on).days < int(row.parameters["days"]) for past in recipient.past)


def _closed(row: Guard, recipient: Recipient, now: datetime) -> bool:
    return recipient.heard_at is None or now - recipient.heard_at > timedelta(hours=int(row.parameters["hours"]))


def _opens(row: Guard, places: Sequence[Place], now: datetime) -> datetime:
    """The first instant from now inside the hours at all the places at once."""
    start, end = (time.fromisoformat(str(row.parameters[edge])) for edge in ("from", "to"))
    at = now
    for _ in range(_TRIES * len(places)):
        later = max(_opens_at(place, start, end, at) for place in places)
        if later == at:
            return at
        at = later
    raise ValueError(f"{row.id}: the hours of {', '.join(place.zone for place in places)} never meet")


def _opens_at(place: Place, start: time, end: time, at: datetime) -> datetime:
    local = place.local(at)
    if local.time() >= end:
        return place.at(local.date() + _DAY, start)
    return max(at, place.at(local.date(), start))
