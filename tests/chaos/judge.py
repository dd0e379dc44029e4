"""What must hold when a round is over: nothing lost, nothing twice, nothing left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from adapters.outreach.mime import message_id
from tests.chaos.office import IDA
from tests.chaos.play import Round
from tests.e2e.crashing import SENDER
from workflows.channel_outages import OUTAGE
from workflows.domain.account import NoticeState
from workflows.records import CardKind

BERLIN = ZoneInfo("Europe/Berlin")
FLAGGED = "item.flagged"
LOST, BACK = "cannot be written to", "is back"  # how subjects of mails to administrators end


async def judge(played: Round) -> list[str]:
    """Sentences, each a difference between what was due and what was found. None: the round is good."""
    return [
        *played.differences,
        *_letters(played),
        *await _settled(played),
        *await _notices(played),
        *await _cards(played),
        *_told(played),
        *await _over(played),
    ]


def _letters(played: Round) -> Iterator[str]:
    plan, arrived, expected = played.plan, played.letters(), played.expected()
    may_be = expected | Counter(
        f"pay@{name}.example" for name in plan.by_hand
    )  # a press that was never acknowledged may count all the same
    yield from (f"LOST: {count} to {who}" for who, count in (expected - arrived).items())
    yield from (f"TWICE: {count} too many to {who}" for who, count in (arrived - may_be).items())
    for letter in played.stage.letters():
        local = letter.at.astimezone(BERLIN)
        if not plan.jumps and not (9 <= local.hour < 18 and local.weekday() < 5):
            yield f"OUT OF HOURS: {letter.to} on {local:%a at %H:%M}"
    if plan.spares_mail and expected - played.in_trouble:
        yield f"HELD UP: while only the chat was in trouble, {(expected - played.in_trouble).total()} letters did not leave"


def _told(played: Round) -> Iterator[str]:
    """Administrators get one mail when a chat is lost and one when it is back; after a death the same one may come again."""
    mails = {letter.name: letter for letter in played.stage.staff_mails()}
    subjects = Counter(letter.subject for letter in mails.values() if letter.to == IDA.email)
    lost, back = (sum(count for words, count in subjects.items() if words.endswith(end)) for end in (LOST, BACK))
    if lost > 1 + played.plan.jumps or back > lost:
        yield f"WORDS: the administrator got {lost} mails that the chat is lost and {back} that it is back"
    if len(played.stage.staff_mails()) > len(mails) + played.deaths + played.stage.mail.begun * played.plan.doubts_mail:
        yield f"WORDS: {len(played.stage.staff_mails())} mails to colleagues, {len(mails)} different ones"


async def _over(played: Round) -> list[str]:
    """Every outage ends when its vendor answers again, and nobody is told of one that is over."""
    async with played.office.store() as work:
        running = [one.key for one in await work.outages() if one.told_at is not None]
    standing = [card for card in await played.office.cards(CardKind.PROBLEM) if card.data.get("what") == OUTAGE]
    answered = played.letters() != played.in_trouble  # something went through since, or nobody can know that mail works again
    found = [f"OUTAGE: {key} counts as down" for key in running if answered or not key.startswith("email")]
    return found + [f"OUTAGE: {len(standing)} cards tell of one that is over" for _ in standing[:1] if answered]


async def _settled(played: Round) -> list[str]:
    """Nothing is under way, and nobody was asked about more than died with its sender, nor twice."""
    found = []
    if left := await played.under_way():
        found.append(f"LEFT OPEN: {', '.join(f'{count} {kind} {state}' for (kind, state), count in left.items())}")
    asked, doubtful = played.answered.total(), played.in_flight + played.stage.mail.begun * played.plan.doubts_mail
    if asked > doubtful:
        found.append(f"ASKED TOO MUCH: {asked} messages in doubt, {doubtful} were under way")
    if any(times > 1 for times in played.answered.values()):
        found.append("ASKED TWICE: one answer did not settle a message in doubt")
    if (bad := (await played.office.store.audit.verify()).first_bad) is not None:
        found.append(f"TRAIL: entry {bad} is not as it was written")
    return found


async def _notices(played: Round) -> list[str]:
    """What arrived is known to have been sent, and the other way round; acts are done once."""
    office, plan, arrived = played.office, played.plan, {letter.name for letter in played.stage.letters()}
    known, found = set(), []
    for name in (*plan.due, *plan.by_hand):
        account = await office.account(name)
        known |= {message_id(f"notice:{notice.id}", SENDER) for notice in account.notices if notice.state is NoticeState.SENT}
        flags = sum(act.name == FLAGGED for act in account.acts)
        if flags > 1 or (name in plan.flagged and name in played.promised and not flags):
            found.append(f"PRESS: {name} was flagged {flags} times")
    if known != arrived:
        found.append(
            f"UNTOLD: {len(arrived - known)} arrived and count as not sent, {len(known - arrived)} count as sent and did not arrive"
        )
    return found


async def _cards(played: Round) -> list[str]:
    """Every alert stands in the chat. One may stand there twice, a colleague's card and no customer's letter: after a death, an answer that was
    lost, or a database that could not take that it was posted.
    """
    chat, found = played.stage.chat, []
    cards = await played.office.cards()
    alerts = [card for card in cards if card.kind is CardKind.ALERT]
    if len(alerts) != len(played.plan.due):
        found.append(f"ALERTS: {len(alerts)} cards for {len(played.plan.due)} customers")
    lost = [card for card in alerts if card.message not in chat.standing]
    if lost:
        found.append(f"CARDS: {len(lost)} alerts do not stand in the chat")
    posted = Counter(chat.subjects)
    twice = sum(posted[str(card.subject)] - 1 for card in alerts if posted[str(card.subject)])
    machines = sum(minute.machine is not None for minute in played.plan.minutes)
    if twice > played.deaths + chat.doubtful + machines:
        found.append(
            f"CARDS: {twice} alerts stand twice, after {played.deaths} deaths, {chat.doubtful} lost answers, {machines} troubles of the machine"
        )
    found += [
        f"RULE: {card.data['rule']}: {card.data['found']}"
        for card in cards
        if card.data.get("what") == "broken_rule" and not played.plan.jumps
    ]
    return found
