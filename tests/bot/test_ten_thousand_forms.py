"""Ten thousand answers no form of ours would give: each is taken or refused in words, and nothing comes back as markup or a mention."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from functools import partial
from html.parser import HTMLParser
from uuid import UUID

import pytest

from adapters.chat.protocol import Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.actions import command, promised, terms
from cards.actions import Action, Name
from cards.html.render import render as html_card
from cards.html.render import render_form as html_form
from cards.plain.render import render as plain_card
from cards.slack.render import render as slack_card
from cards.slack.render import render_form as slack_form
from tests.cards.any_card import NASTY
from tests.cards.slack_limits import nodes
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN, MAX, Office, opened
from workflows.domain.ids import ItemId, new_id
from workflows.errors import BadEntry, Refused

ANSWERS, PLAYED = 10_000, 300  # of which so many go all the way to the database and back
CUSTOMERS = ("acme", "brill", "costa", "dorn")
NEVER_STALE, LONGEST = 1_000_000, 200
FIELDS: tuple[str, ...] = (
    "amount",
    "until",
    "length",
    "scope",
    "why",
    "reason",
    "note",
    "outcome",
    "to",
    "owner",
    "what",
    "due_on",
    "how",
    "address",
)
FIELDS += ("first", "count", "rhythm", "deposit", "answer", "paid_on", "reference", "fee", "payment", "subject", "text", "as", "item", "")
CARRIED = ("until", "shown", "plan", "print", "earlier", "first", "count", "rhythm", "deposit", "page", "day", "q", "as")
ODD = (
    *NASTY,
    *("", " ", "-1", "0", "00", "1e9", "NaN", "Infinity", "9" * 400, "1,234", "1.234,5", "12.345.678,00", "€", "١٢٣", "²", "½", "0x1F", "1_000"),
    *("2026-12-01", "2026-02-30", "0001-01-01", "9999-12-31", "2026-W49-1", "20261201", "2026-12-01T00:00", "tomorrow"),
    *("1", "3", "7", "date", "customer", "item", "account", "proposed", "phone", "weekly", "monthly", "100.00", "40", "*", "all", "nobody"),
    *("{{ 7*7 }}", "${7*7}", "%s%n", "'; DROP TABLE items; --", "../../etc/passwd", "\ud800", "\ufeff", "\u2028", "a\tb\vc", "<!here|x>", "<@U1>"),
    *("</script><script>alert(1)</script>", "javascript:alert(1)", "=cmd|' /C calc'!A0", "x" * 3_000, str(UUID(int=0)), str(MAX.id)),
)  # fmt: skip
OPENING_TAGS = frozenset({"script", "img", "svg", "iframe", "object", "style", "link", "meta"})


def answer(seed: random.Random) -> dict[str, str]:
    return {name: seed.choice(ODD) for name in seed.sample(FIELDS, seed.randint(0, 8))}


def action(seed: random.Random, things: Mapping[str, UUID]) -> Action:
    data = {name: seed.choice(ODD) for name in seed.sample(CARRIED, seed.randint(0, 4))}
    return Action(seed.choice(list(Name)), seed.choice([*things.values()]), NEVER_STALE, data)


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bad += [tag] if tag in OPENING_TAGS else []
        self.bad += [name for name, value in attrs if name.startswith("on") or (name in {"href", "src"} and "script:" in (value or ""))]


def check(reply: Reply) -> None:
    """Drawn by every renderer, it holds no markup of theirs and calls nobody."""
    if reply.form is not None:
        shown = html_form(reply.form, errors=reply.errors)
        blocks = [slack_form(reply.form, errors=reply.errors)]
        said = ""
    else:
        assert reply.card is not None
        shown, drawn = html_card(reply.card), slack_card(reply.card)
        blocks, said = drawn.blocks, drawn.text
        assert "reference" not in plain_card(reply.card), "an apology is for what nobody foresaw"
    assert Tags(shown).bad == []
    assert not [
        node for block in blocks for node in nodes(block) if node.get("type") in {"mrkdwn", "user", "usergroup", "broadcast", "link"}
    ]
    assert not [sign for sign in ("<!", "<@", "@here", "@channel") if sign in said]


def said_of(read: Callable[[], object]) -> list[str] | None:
    """The sentences of a refusal; null where the answer means something."""
    try:
        return None if read() is not None else []
    except BadEntry as wrong:
        return list(wrong.fields.values())
    except Refused as refused:
        return [str(refused)]


def test_ten_thousand_answers_mean_a_command_or_are_refused_in_short_sentences() -> None:
    seed, taken = random.Random(20261124), 0
    for _ in range(ANSWERS):
        values, press = answer(seed), action(seed, {"thing": UUID(int=7)})
        for read in (partial(command, press, values, ANA), partial(promised, values, "EUR"), partial(terms, values, "EUR")):
            said = said_of(read)
            taken += said is None
            assert not [words for words in said or () if len(words) > LONGEST or not words.endswith(".")], (press, values)
    assert taken > ANSWERS // 10, "most are too wrong to try anything"


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield await opened(store, *CUSTOMERS, *(f"{name}/2" for name in CUSTOMERS))
    await store.close()


async def test_what_is_answered_is_never_markup_a_mention_or_a_traceback(office: Office) -> None:
    seed, answered = random.Random(20261125), 0
    things: dict[str, UUID] = {name: (await office.account(name)).items[0].id for name in CUSTOMERS}
    things |= {"book": (await office.book()).id, "nothing": ItemId(new_id())}
    for user in (ANA, BEN, MAX):
        async with office.store() as work:  # the whole of it is one piece: what one answer did, the next finds
            for _ in range(PLAYED // 3):
                press, values = action(seed, things), answer(seed)
                with suppress(Refused, BadEntry):
                    check(await office.desk._press(press, values, user, work))  # ruff: ignore[private-member-access] - behind the door, where nothing is caught
                    answered += 1
    assert answered > PLAYED // 4, "most are too wrong to try anything"
