"""The contact rules as rows of data: what each protects, whom, where, and where it comes from in short (not legal advice).

Limits a policy sets for itself (its hours, its messages a day) are keys of the policy and no rows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import IntEnum, StrEnum

from workflows.domain.account import Party
from workflows.domain.values import value

EMAIL, SMS, VOICE, RECORDED_VOICE, WHATSAPP = "email", "sms", "voice", "voice_recorded", "whatsapp"
ANYWHERE, EU = "*", "EU"
EU_COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


class Effect(IntEnum):
    """The stricter, the higher. A person cannot override `BLOCK`; `REQUIRE` is lifted by what is missing, `DEFER` by time."""

    ALLOW = 0
    WARN = 1
    REQUIRE = 2
    DEFER = 3
    BLOCK = 4


class Check(StrEnum):
    """How a row is judged. `hours`: from, to, at every place the person may be. `times`: most contacts in so many days.

    `quiet`: days after a conversation, that day being the first. `needs`, `not_if`: a fact that must, or must not, be known.
    `window`: hours since they last wrote, after which a fact is needed. `promotion`, `numbers`: what the words must not hold.
    `elsewhere`: kept by another part, which is named.
    """

    HOURS = "hours"
    TIMES = "times"
    QUIET = "quiet"
    NEEDS = "needs"
    NOT_IF = "not_if"
    WINDOW = "window"
    PROMOTION = "promotion"
    NUMBERS = "numbers"
    ELSEWHERE = "elsewhere"


class Side(StrEnum):
    """Whose debt is collected."""

    OWN = "own"
    THIRD_PARTY = "third_party"


CONSUMERS = frozenset({Party.CONSUMER})
PERSONS = frozenset({Party.CONSUMER, Party.SOLE_TRADER})
EVERYBODY = frozenset(Party)
BOTH_SIDES = frozenset(Side)
EVERY_CHANNEL = frozenset({EMAIL, SMS, VOICE, RECORDED_VOICE, WHATSAPP})
CALLS = frozenset({VOICE, RECORDED_VOICE})
WRITTEN = frozenset({EMAIL, SMS})


@value
class Guard:
    """`where` is a country, `US-MA` a part of one, `EU` its members, `*` everywhere."""

    id: str
    where: str
    parties: frozenset[Party]
    channels: frozenset[str]
    check: Check
    effect: Effect
    valid_from: date
    source: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    sides: frozenset[Side] = BOTH_SIDES


GUARDS = (
    Guard(
        "US-HOURS",
        "US",
        CONSUMERS,
        EVERY_CHANNEL,
        Check.HOURS,
        Effect.DEFER,
        date(1978, 3, 20),
        "Fair Debt Collection Practices Act and Regulation F: inconvenient times, where the person is when it is sent",
        {"from": "08:00", "to": "21:00"},
    ),
    Guard(
        "US-CALLS",
        "US",
        CONSUMERS,
        CALLS,
        Check.TIMES,
        Effect.BLOCK,
        date(2021, 11, 30),
        "Regulation F, 1006.14: more than seven calls in seven days about one debt are presumed harassment",
        {"most": 7, "days": 7, "lifted_by": "call_consent"},
    ),
    Guard(
        "US-CALLS",
        "US",
        CONSUMERS,
        CALLS,
        Check.QUIET,
        Effect.BLOCK,
        date(2021, 11, 30),
        "Regulation F, 1006.14: no call within seven days of a conversation, which is the first of them",
        {"days": 7, "lifted_by": "call_consent"},
    ),
    Guard(
        "US-OPTOUT",
        "US",
        CONSUMERS,
        WRITTEN,
        Check.NEEDS,
        Effect.REQUIRE,
        date(2021, 11, 30),
        "Regulation F, 1006.6: every electronic message says how to stop messages to that address",
        {"fact": "opt_out"},
    ),
    Guard(
        "US-WORK",
        "US",
        CONSUMERS,
        EVERY_CHANNEL,
        Check.NOT_IF,
        Effect.BLOCK,
        date(2021, 11, 30),
        "Regulation F, 1006.6 and 1006.22: not to an address of the employer, not at work once told so",
        {"fact": "at_work"},
    ),
    Guard(
        "US-CEASE",
        "US",
        CONSUMERS,
        EVERY_CHANNEL,
        Check.NOT_IF,
        Effect.BLOCK,
        date(1978, 3, 20),
        "Fair Debt Collection Practices Act: a written stop, a lawyer who was named, or bankruptcy",
        {"fact": "ceased"},
    ),
    Guard(
        "US-MA",
        "US-MA",
        CONSUMERS,
        frozenset({SMS, *CALLS}),
        Check.TIMES,
        Effect.BLOCK,
        date(2012, 3, 2),
        "Massachusetts debt collection regulations, which bind creditors too: two calls or texts in seven days",
        {"most": 2, "days": 7},
    ),
    Guard(
        "US-VOICE",
        "US",
        EVERYBODY,
        frozenset({RECORDED_VOICE}),
        Check.NEEDS,
        Effect.BLOCK,
        date(1992, 12, 20),
        "Telephone Consumer Protection Act: recorded or dialled calls to a mobile need consent",
        {"fact": "voice_consent"},
    ),
    Guard(
        "US-SOLICIT",
        "US",
        EVERYBODY,
        EVERY_CHANNEL,
        Check.PROMOTION,
        Effect.BLOCK,
        date(2021, 7, 1),
        "Solicitation laws of the states have narrower hours, so reminders stay free of promotion",
    ),
    Guard(
        "US-SMS",
        "US",
        EVERYBODY,
        frozenset({SMS}),
        Check.NEEDS,
        Effect.BLOCK,
        date(2023, 8, 31),
        "Carriers take texts of registered brands and campaigns only",
        {"fact": "sender_registered"},
    ),
    Guard(
        "US-SMS",
        "US",
        EVERYBODY,
        frozenset({SMS}),
        Check.NOT_IF,
        Effect.BLOCK,
        date(2023, 8, 31),
        "Carriers carry no texts about somebody else's debt",
        {"fact": "third_party"},
        frozenset({Side.THIRD_PARTY}),
    ),
    Guard(
        "US-CANSPAM",
        "US",
        EVERYBODY,
        frozenset({EMAIL}),
        Check.PROMOTION,
        Effect.BLOCK,
        date(2004, 1, 1),
        "CAN-SPAM Act: a reminder of an agreed deal is transactional until it promotes something",
    ),
    Guard(
        "CA-CASL",
        "CA",
        EVERYBODY,
        WRITTEN,
        Check.NEEDS,
        Effect.REQUIRE,
        date(2014, 7, 1),
        "Canada's Anti-Spam Legislation: who sends it and where they are reached",
        {"fact": "identity"},
    ),
    Guard(
        "CA-CASL",
        "CA",
        EVERYBODY,
        WRITTEN,
        Check.NEEDS,
        Effect.REQUIRE,
        date(2014, 7, 1),
        "Canada's Anti-Spam Legislation: a way to unsubscribe",
        {"fact": "opt_out"},
    ),
    Guard(
        "UK-PECR",
        "GB",
        PERSONS,
        EVERY_CHANNEL,
        Check.PROMOTION,
        Effect.BLOCK,
        date(2003, 12, 11),
        "Privacy and Electronic Communications Regulations: a service message stays neutral",
    ),
    Guard(
        "UK-EU-INT",
        "GB",
        CONSUMERS,
        EVERY_CHANNEL,
        Check.ELSEWHERE,
        Effect.BLOCK,
        date(1998, 11, 1),
        "Late payment interest and fixed sums are owed between businesses",
        {"kept_by": "interest"},
    ),
    Guard(
        "UK-EU-INT",
        EU,
        CONSUMERS,
        EVERY_CHANNEL,
        Check.ELSEWHERE,
        Effect.BLOCK,
        date(2013, 3, 16),
        "Late payment interest and fixed sums are owed between businesses",
        {"kept_by": "interest"},
    ),
    Guard(
        "EU-GDPR",
        EU,
        PERSONS,
        EVERY_CHANNEL,
        Check.ELSEWHERE,
        Effect.BLOCK,
        date(2018, 5, 25),
        "General Data Protection Regulation: purpose, retention, objection and erasure",
        {"kept_by": "retention"},
    ),
    Guard(
        "WA-OPTIN",
        ANYWHERE,
        EVERYBODY,
        frozenset({WHATSAPP}),
        Check.NEEDS,
        Effect.BLOCK,
        date(2021, 1, 1),
        "WhatsApp Business policy: a recorded opt-in that names the business and the channel",
        {"fact": "whatsapp_consent"},
    ),
    Guard(
        "WA-WINDOW",
        ANYWHERE,
        EVERYBODY,
        frozenset({WHATSAPP}),
        Check.WINDOW,
        Effect.REQUIRE,
        date(2021, 1, 1),
        "WhatsApp Business policy: a day after the customer's last message only approved templates",
        {"hours": 24, "fact": "template"},
    ),
    Guard(
        "WA-DATA",
        ANYWHERE,
        EVERYBODY,
        frozenset({WHATSAPP}),
        Check.NUMBERS,
        Effect.BLOCK,
        date(2021, 1, 1),
        "WhatsApp Business policy: no full card, account or identity numbers",
    ),
)
