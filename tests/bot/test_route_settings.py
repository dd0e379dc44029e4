"""Which cards go to which channel, and when, as the settings say it."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.config import BadSetting, read_settings
from bot.live.route_settings import RouteSettings, routing_of
from workflows.domain.calendar import Place
from workflows.domain.money import Money
from workflows.domain.routing import Channel, ChannelFacts, Quiet, Route, Subject, against, channels_for

EUR = Money.of("1000.00", "EUR")
TOLD = """
[quiet]
C1 = "18:00-08:00"

[[routes]]
to = ["C-large", "teams:19:x"]
least = "1000.00 EUR"

[[routes]]
to = ["C-ana"]
owner = "ana@seller.example"
days = 30
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_routes_and_quiet_hours_are_a_table_in_the_settings_file(folder: Path) -> None:
    (folder / "duebot.toml").write_text(TOLD, encoding="utf-8")
    settings = read_settings()
    routing = routing_of(settings.routes, settings.quiet)
    assert routing.routes == (
        Route((Channel("", "C-large"), Channel("teams", "19:x")), least=EUR),
        Route((Channel("", "C-ana"),), days=30, owner="ana@seller.example"),
    )
    assert routing.quiet == {Channel("", "C1"): Quiet(time(18), time(8))}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('[quiet]\nC1 = "at night"', "expected hours like 18:00-08:00"),
        ('[[routes]]\nto = ["C1"]\nleast = "much"', "expected an amount and its currency"),
        ("[[routes]]\nto = []", "ROUTES__TO"),
        ('[[routes]]\nto = ["C1"]\ncolour = "red"', "ROUTES__COLOUR"),
    ],
)
def test_a_wrong_route_is_named_before_anything_starts(folder: Path, wrong: str, told: str) -> None:
    (folder / "duebot.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(BadSetting, match=told):
        read_settings()


ROUTES = routing_of(
    (
        RouteSettings(to=("C-south",), book="south"),
        RouteSettings(to=("C-licences",), product="licences", days=10),
        RouteSettings(to=("C-large",), least="1000.00 EUR"),
    ),
    {},
).routes


@pytest.mark.parametrize(
    ("subject", "goes"),
    [
        (Subject("south", amounts=(EUR,)), "C-south"),
        (Subject("main", frozenset({"licences"}), (EUR,), 10), "C-licences"),
        (Subject("main", frozenset({"licences"}), (EUR,), 9), "C-large"),
        (Subject("main", amounts=(Money.of("999.99", "EUR"),)), "C1"),
        (Subject("main", amounts=(Money.of("5000.00", "USD"),)), "C1"),
    ],
)
def test_the_first_route_that_fits_wins_else_the_books_own_channel(subject: Subject, goes: str) -> None:
    assert [one.id for one in channels_for(ROUTES, subject, "C1")] == [goes]


def test_a_book_without_a_channel_has_none() -> None:
    assert channels_for((), Subject("main"), None) == ()


BERLIN = Place("Europe/Berlin", "DE")


@pytest.mark.parametrize(
    ("quiet", "hour", "over"),
    [
        (Quiet(time(18), time(8)), 17, None),
        (Quiet(time(18), time(8)), 18, (25, 8)),
        (Quiet(time(18), time(8)), 23, (25, 8)),
        (Quiet(time(18), time(8)), 7, (24, 8)),
        (Quiet(time(18), time(8)), 8, None),
        (Quiet(time(12), time(13)), 12, (24, 13)),
        (Quiet(time(12), time(13)), 13, None),
    ],
)
def test_quiet_hours_are_of_the_books_day_and_may_pass_midnight(quiet: Quiet, hour: int, over: tuple[int, int] | None) -> None:
    now = BERLIN.at(date(2026, 11, 24), time(hour))
    expected = now if over is None else BERLIN.at(date(2026, 11, over[0]), time(over[1]))
    assert quiet.over(BERLIN, now) == expected


def test_a_night_that_the_clocks_change_in_ends_at_the_same_hour() -> None:
    now = BERLIN.at(date(2026, 10, 24), time(22))
    assert Quiet(time(18), time(8)).over(BERLIN, now) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "approved", "may"),
    [
        (ChannelFacts("C1", "credit", private=True), frozenset[str](), True),
        (ChannelFacts("C1", "credit", private=False), frozenset[str](), False),
        (ChannelFacts("C1", "credit", private=False), frozenset({"C1"}), True),
        (ChannelFacts("C1", "credit", private=False), frozenset({"credit"}), True),
        (ChannelFacts("C1", "", private=False), frozenset({""}), False),
        (ChannelFacts("C1", "credit", private=True, shared=True), frozenset[str](), False),
        (ChannelFacts("C1", "credit", private=True, shared=True), frozenset({"C1"}), False),
        (ChannelFacts("C1", "credit", private=True, shared=True), frozenset({"credit"}), True),
        (ChannelFacts("C1", "", private=True, shared=True), frozenset({""}), False),
        (ChannelFacts("C1", "", private=True, shared=True), frozenset({"C1"}), True),
    ],
)
def test_names_and_amounts_go_to_private_channels_and_to_approved_ones(facts: ChannelFacts, approved: frozenset[str], may: bool) -> None:
    assert (against(facts, approved) is None) is may


@pytest.mark.parametrize(
    ("facts", "approve"),
    [
        (ChannelFacts("C1", "credit", private=False), "C1"),
        (ChannelFacts("C1", "", private=False), "C1"),
        (ChannelFacts("C1", "credit", private=False, shared=True), "credit"),
        (ChannelFacts("C1", "our; partners", private=False, shared=True), "our; partners"),
        (ChannelFacts("C1", "", private=False, shared=True), "C1"),
    ],
)
def test_a_refusal_says_which_channel_it_is_and_a_command_that_helps(facts: ChannelFacts, approve: str) -> None:
    reason = against(facts, frozenset())
    assert reason is not None
    assert reason.startswith(f"#{facts.name or facts.id} is ")
    assert shlex.split(reason)[-4:] == ["duebot", "channel", "approve", f"{approve}."]
    assert against(facts, frozenset({approve})) is None
