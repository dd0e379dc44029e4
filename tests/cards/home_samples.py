"""A colleague's home: with everything in it, with nothing, and with hostile words wherever they can stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from cards import home as cards
from cards.actions import Action, Name
from cards.elements import Card, Form
from cards.home import Asked, Home, Promised
from tests.cards.digest_samples import GOING, lines
from tests.cards.request_samples import LARGE, WRITE_OFF
from tests.cards.samples import ANA, BOOK, CUSTOMER, HOSTILE, ITEM, MANAGERS, NOW, PROMISE, PROMISED, account, decided, ident, promised
from workflows.domain.access import Role, User
from workflows.domain.account import NoticeState
from workflows.domain.ids import ItemId, NoticeId, TaskId
from workflows.domain.preferences import Notify, Preferences
from workflows.domain.routing import Quiet
from workflows.domain.tasks import Task

READER = User(ANA, "ana@northwind.example", "Ana Weiss", Role.COLLECTOR)
QUIET = Preferences(Notify.NOTHING, "de", Quiet(time(18), time(8)))
TASKS = (
    Task(TaskId(ident(90)), "k1", ITEM.id, "Call their new bookkeeper", NOW, ANA, date(2026, 11, 23)),
    Task(TaskId(ident(91)), "k2", ITEM.id, "Watch the plan", NOW, None, None),
)
WAITING = replace(GOING[0], state=NoticeState.QUEUED, notice=NoticeId(ident(92)))
FULL = Home(
    MANAGERS[0],
    BOOK,
    NOW,
    Preferences(),
    lines(10),
    4,
    asked=(Asked(account(), decided(), WRITE_OFF), Asked(account(), decided(), LARGE)),
    all_asked=2,
    promised=(Promised(PROMISED, promised()),),
    tasks=tuple((task, account()) for task in TASKS),
    leaving=(WAITING, *GOING[1:]),
)

MANY = replace(
    FULL,
    asked=[*FULL.asked] * 4,
    all_asked=40,
    tasks=[*FULL.tasks] * 20,
    promised=[*FULL.promised] * 20,
    leaving=[replace(WAITING, customer=f"Customer {n}") for n in range(50)],
)


def home_cards() -> dict[str, Card]:
    made = {
        "home": cards.home(FULL),
        "home_empty": cards.home(Home(READER, BOOK, NOW, QUIET)),
        "home_many": cards.home(MANY),
        "home_approvals": cards.approvals(MANAGERS[0], MANY.asked, cards.page_of_approvals(40, 1), 40),
        "home_approvals_none": cards.approvals(MANAGERS[0], (), range(0), 0),
        "home_stopped": cards.stopped(account(), decided(), "final", "Next: hand-over step Mon 14 Dec."),
        "home_settings_kept": cards.preferences_set(),
    }
    return made | {f"home_hostile_{name}": hostile_home(words) for name, words in HOSTILE.items()}


def hostile_home(words: str) -> Card:
    of = account(customer=replace(CUSTOMER, name=words), items=(replace(ITEM, number=words),), promises=(PROMISE,))
    task = replace(TASKS[0], what=words)
    told = Home(replace(READER, name=words), replace(BOOK, name=words), NOW, Preferences())
    late, leaving = replace(lines(1)[0], customer=words, words=words), replace(WAITING, customer=words)
    asked = Asked(of, replace(decided(), item=of.items[0]), WRITE_OFF)
    other = replace(ITEM, id=ItemId(ident(33)), number=words)
    due = Promised(replace(of, items=(other,)), replace(promised(), item=other))
    return cards.home(replace(told, late=(late,), tasks=((task, of),), leaving=(leaving,), asked=(asked,), all_asked=1, promised=(due,)))


def home_forms() -> dict[str, Form]:
    stop = Action(Name.CONFIRM_STOP, ITEM.id, 1, {"notice": str(ident(92))})
    return {
        "form_stop": cards.stop_form(account(), decided(), NOW, "final", stop),
        "form_stop_again": cards.stop_form(account(), decided(), NOW, "final", stop, {"why": ""}, HOME_ERRORS["form_stop_again"]),
        "form_preferences": cards.preferences_form(READER, QUIET),
        "form_preferences_again": cards.preferences_form(READER, QUIET, {"quiet": "evenings"}, HOME_ERRORS["form_preferences_again"]),
    }


HOME_ERRORS = {
    "form_stop_again": {"why": "Say in a few words why; colleagues read it on the card."},
    "form_preferences_again": {"quiet": "Write hours like 18:00-08:00, or leave it empty."},
}
