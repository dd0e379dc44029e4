"""The contact rules: DOMAIN 10's cases, and that the strictest of them wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.account import Party
from workflows.domain.calendar import Place
from workflows.domain.forbidden_words import holds_account_number, promotion_in
from workflows.domain.guard_rows import GUARDS, US_ZONES, Effect, Side
from workflows.domain.guards import Contact, Past, Recipient, Verdict, allowed, places_of

NEW_YORK = Place("America/New_York", "US", "NY")
LOS_ANGELES = Place("America/Los_Angeles", "US", "CA")
BOSTON = Place("America/New_York", "US", "MA")
TORONTO = Place("America/Toronto", "CA", "ON")
LONDON = Place("Europe/London", "GB")
BERLIN = Place("Europe/Berlin", "DE")
NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # Wednesday, noon in New York
TEXT = Contact("sms", facts=frozenset({"opt_out", "sender_registered"}))
EMAIL = Contact("email", facts=frozenset({"opt_out", "identity"}))
CALL = Contact("voice")
WHATSAPP = Contact("whatsapp", facts=frozenset({"whatsapp_consent"}))


def person(*places: Place, party: Party | None = Party.CONSUMER, **rest: object) -> Recipient:
    return Recipient(party, places, **rest)  # type: ignore[arg-type]


def local(place: Place, clock: str, on: date = date(2026, 3, 4)) -> datetime:
    return place.at(on, datetime.fromisoformat(f"2026-01-01T{clock}").time())


def calls(*days: str, channel: str = "voice", talked: bool = False) -> tuple[Past, ...]:
    return tuple(Past(channel, date.fromisoformat(day), talked) for day in days)


SEVEN = calls("2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")


@pytest.mark.parametrize("contact", [EMAIL, TEXT, CALL], ids=lambda one: one.channel)
@pytest.mark.parametrize(
    ("clock", "effect", "until"),
    [
        ("07:59", Effect.DEFER, "2026-03-04T08:00"),
        ("08:00", Effect.ALLOW, None),
        ("20:59", Effect.ALLOW, None),
        ("21:01", Effect.DEFER, "2026-03-05T08:00"),
    ],
)
def test_a_consumer_is_left_alone_at_night(contact: Contact, clock: str, effect: Effect, until: str | None) -> None:
    found = allowed(contact, person(NEW_YORK), local(NEW_YORK, clock))
    assert found.effect is effect
    assert (None if found.until is None else f"{NEW_YORK.local(found.until):%Y-%m-%dT%H:%M}") == until


def test_a_number_and_an_address_in_two_zones_wait_for_both() -> None:
    now = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    found = allowed(TEXT, person(NEW_YORK, LOS_ANGELES), now)
    assert (found.effect, found.rules) == (Effect.DEFER, ("US-HOURS",))
    assert found.until == local(NEW_YORK, "11:00", date(2026, 7, 1))
    assert found.local == ("2026-07-01 08:30 America/New_York", "2026-07-01 05:30 America/Los_Angeles")


@pytest.mark.parametrize("contact", [CALL, TEXT], ids=lambda one: one.channel)
def test_a_number_of_no_place_without_an_address_is_not_called_or_texted(contact: Contact) -> None:
    found = allowed(contact, person(), NOON)
    assert found.effect is Effect.BLOCK
    assert "ask for an address" in found.evidence[0]


@pytest.mark.parametrize(
    ("contact", "party", "effect"),
    [
        (CALL, Party.CONSUMER, Effect.BLOCK),
        (TEXT, Party.CONSUMER, Effect.ALLOW),
        (EMAIL, Party.CONSUMER, Effect.ALLOW),
        (CALL, Party.BUSINESS, Effect.ALLOW),
        (replace(CALL, facts=frozenset({"call_consent"})), Party.CONSUMER, Effect.ALLOW),
    ],
)
def test_the_eighth_call_in_a_week_is_one_too_many_for_a_consumer(contact: Contact, party: Party, effect: Effect) -> None:
    assert allowed(contact, person(NEW_YORK, party=party, past=SEVEN), NOON).effect is effect


def test_a_call_eight_days_ago_counts_no_more() -> None:
    past = (*calls("2026-02-25"), *SEVEN[1:])
    assert allowed(CALL, person(NEW_YORK, past=past), NOON).effect is Effect.ALLOW


@pytest.mark.parametrize(("day", "effect"), [("2026-03-02", Effect.BLOCK), ("2026-03-08", Effect.BLOCK), ("2026-03-09", Effect.ALLOW)])
def test_a_conversation_is_followed_by_a_week_without_calls(day: str, effect: Effect) -> None:
    talked = calls("2026-03-02", talked=True)
    assert allowed(CALL, person(NEW_YORK, past=talked), local(NEW_YORK, "12:00", date.fromisoformat(day))).effect is effect


@pytest.mark.parametrize(("texts", "effect"), [(1, Effect.ALLOW), (2, Effect.BLOCK)])
def test_massachusetts_allows_two_texts_a_week(texts: int, effect: Effect) -> None:
    past = calls("2026-03-02", "2026-03-03", channel="sms")[:texts]
    found = allowed(TEXT, person(BOSTON, past=past), NOON)
    assert (found.effect, found.rules) == (effect, () if effect is Effect.ALLOW else ("US-MA",))


def test_where_only_the_country_is_known_the_strictest_of_its_parts_counts() -> None:
    past = calls("2026-03-02", "2026-03-03", channel="sms")
    assert allowed(TEXT, person(Place("America/New_York", "US"), past=past), NOON).rules == ("US-MA",)
    assert allowed(TEXT, person(NEW_YORK, past=past), NOON).rules == ()


def test_a_country_without_its_zone_waits_for_all_its_zones() -> None:
    places = places_of(Place("Europe/Berlin", "US"))
    assert [place.zone for place in places] == list(US_ZONES)
    assert places_of(NEW_YORK) == (NEW_YORK,)
    found = allowed(EMAIL, person(*places), local(NEW_YORK, "09:00"))
    assert found.until == local(NEW_YORK, "13:00")  # 08:00 in Honolulu


def test_a_party_nobody_told_of_counts_as_a_consumer() -> None:
    assert allowed(EMAIL, person(NEW_YORK, party=None), local(NEW_YORK, "07:59")).effect is Effect.DEFER
    assert allowed(EMAIL, person(NEW_YORK, party=Party.BUSINESS), local(NEW_YORK, "07:59")).effect is Effect.ALLOW


def test_without_a_country_a_consumer_has_the_rules_of_all_and_a_business_none() -> None:
    nowhere, night = Place("UTC"), datetime(2026, 3, 4, 22, 0, tzinfo=UTC)
    assert allowed(Contact("email"), person(nowhere), night).effect is Effect.DEFER
    assert allowed(Contact("email"), person(nowhere, party=Party.BUSINESS), night).effect is Effect.ALLOW


OFFER = "Please pay INV-1. And 20 % off your next order!"


@pytest.mark.parametrize(
    ("place", "party", "effect"),
    [
        (NEW_YORK, Party.CONSUMER, Effect.BLOCK),
        (NEW_YORK, Party.BUSINESS, Effect.BLOCK),
        (LONDON, Party.SOLE_TRADER, Effect.BLOCK),
        (LONDON, Party.BUSINESS, Effect.ALLOW),
        (BERLIN, Party.BUSINESS, Effect.ALLOW),
    ],
)
def test_a_reminder_that_promotes_something_is_none(place: Place, party: Party, effect: Effect) -> None:
    assert allowed(replace(EMAIL, words=OFFER), person(place, party=party), NOON).effect is effect


@pytest.mark.parametrize(
    "words",
    [
        OFFER,
        "Use promo code SAVE",
        "Jetzt kaufen",
        "10% Rabatt auf Ihre nächste Bestellung",
        "une offre spéciale",
        "un 20 % de descuento en su próximo pedido",
    ],
)
def test_promotion_is_told_in_four_languages(words: str) -> None:
    assert promotion_in(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "Your payment of 20 % is due",
        "2 % discount if paid within 10 days",
        "We write off nothing",
        "Special delivery",
        "Ihre nächste Rate",
        "offered plan",
    ],
)
def test_words_of_an_ordinary_reminder_promote_nothing(words: str) -> None:
    assert promotion_in(words) is None


@pytest.mark.parametrize(("facts", "effect"), [({"opt_out"}, Effect.ALLOW), (set(), Effect.REQUIRE)])
def test_a_consumer_in_america_can_opt_out_of_every_mail(facts: set[str], effect: Effect) -> None:
    assert allowed(Contact("email", facts=frozenset(facts)), person(NEW_YORK), NOON).effect is effect


@pytest.mark.parametrize("missing", ["opt_out", "identity"])
def test_mail_to_canada_says_who_writes_and_how_to_unsubscribe(missing: str) -> None:
    found = allowed(replace(EMAIL, facts=EMAIL.facts - {missing}), person(TORONTO, party=Party.BUSINESS), NOON)
    assert (found.effect, found.rules) == (Effect.REQUIRE, ("CA-CASL",))
    assert allowed(EMAIL, person(TORONTO, party=Party.BUSINESS), NOON).effect is Effect.ALLOW


@pytest.mark.parametrize("fact", ["at_work", "ceased"])
def test_work_addresses_and_those_who_asked_for_silence_get_nothing(fact: str) -> None:
    assert allowed(replace(EMAIL, facts=EMAIL.facts | {fact}), person(NEW_YORK), NOON).effect is Effect.BLOCK


@pytest.mark.parametrize(
    ("hours", "facts", "effect"),
    [
        (timedelta(hours=23, minutes=59), set(), Effect.ALLOW),
        (timedelta(hours=24, minutes=1), set(), Effect.REQUIRE),
        (timedelta(hours=24, minutes=1), {"template"}, Effect.ALLOW),
    ],
)
def test_a_day_after_they_wrote_whatsapp_takes_templates_only(hours: timedelta, facts: set[str], effect: Effect) -> None:
    contact = replace(WHATSAPP, facts=WHATSAPP.facts | facts)
    assert allowed(contact, person(BERLIN, heard_at=NOON - hours), NOON).effect is effect


def test_whatsapp_needs_an_opt_in_and_carries_no_account_number() -> None:
    heard = person(BERLIN, heard_at=NOON)
    assert allowed(replace(WHATSAPP, facts=frozenset()), heard, NOON).rules == ("WA-OPTIN",)
    found = allowed(replace(WHATSAPP, words="Pay to DE89 3704 0044 0532 0130 00 please"), heard, NOON)
    assert (found.effect, found.rules) == (Effect.BLOCK, ("WA-DATA",))
    assert "link" in found.evidence[0]


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("DE89370400440532013000", True),
        ("GB29 NWBK 6016 1331 9268 19 NOW", True),
        ("DE89370400440532013001", False),
        ("4111 1111 1111 1111", True),
        ("4111 1111 1111 1112", False),
        ("Invoice 2026-000123-000456, call +49 30 1234567", False),
        ("RF18539007547034", False),
    ],
)
def test_account_numbers_are_told_by_their_check_digits(words: str, holds: bool) -> None:
    assert holds_account_number(words) is holds


@pytest.mark.parametrize(
    ("contact", "rule"), [(replace(TEXT, facts=frozenset({"opt_out"})), "US-SMS"), (Contact("voice_recorded"), "US-VOICE")]
)
def test_texts_and_recorded_calls_need_what_their_law_asks_for(contact: Contact, rule: str) -> None:
    found = allowed(contact, person(NEW_YORK, party=Party.BUSINESS), NOON)
    assert (found.effect, found.rules) == (Effect.BLOCK, (rule,))


def test_carriers_take_no_texts_about_somebody_elses_debt() -> None:
    theirs = replace(TEXT, facts=TEXT.facts | {"third_party"}, side=Side.THIRD_PARTY)
    assert allowed(theirs, person(NEW_YORK, party=Party.BUSINESS), NOON).effect is Effect.BLOCK


def test_the_strictest_rule_wins_and_all_are_named() -> None:
    found = allowed(Contact("email", OFFER), person(NEW_YORK), local(NEW_YORK, "05:00"))
    assert (found.effect, found.until) == (Effect.BLOCK, None)
    assert found.rules == ("US-CANSPAM", "US-HOURS", "US-OPTOUT", "US-SOLICIT")


def test_what_is_kept_names_the_rules_and_the_local_time() -> None:
    kept = Verdict(Effect.DEFER, ("US-HOURS",), None, ("2026-07-01 08:30 America/New_York",), ()).kept
    assert kept == {"allowed": "defer", "rules": ["US-HOURS"], "local": ["2026-07-01 08:30 America/New_York"]}


def test_a_rule_holds_from_its_day_on() -> None:
    before = datetime(2021, 11, 29, 17, 0, tzinfo=UTC)
    assert allowed(Contact("email"), person(NEW_YORK), before).rules == ()
    assert allowed(Contact("email"), person(NEW_YORK), before + timedelta(days=1)).rules == ("US-OPTOUT",)


def test_every_row_says_where_it_comes_from() -> None:
    assert all(row.source and row.channels and row.parties for row in GUARDS)


YEAR = timedelta(days=365)


@given(st.timedeltas(timedelta(0), YEAR), st.sets(st.sampled_from(US_ZONES), min_size=1, max_size=3))
def test_what_waits_may_leave_when_its_wait_is_over(later: timedelta, zones: set[str]) -> None:
    recipient = person(*(Place(zone, "US", "NY") for zone in zones))
    found = allowed(EMAIL, recipient, NOON + later)
    if found.until is not None:
        assert NOON + later < found.until <= NOON + later + timedelta(days=1)
        assert allowed(EMAIL, recipient, found.until).effect is Effect.ALLOW
        assert allowed(EMAIL, recipient, found.until - timedelta(seconds=1)).effect is Effect.DEFER
