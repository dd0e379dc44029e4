"""Forms: what they ask, what they keep, what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from cards.actions import Name
from cards.elements import ChoiceField, DateField, Facts, Form, NumberField, Quote, Row, Rows, Text, TextField
from cards.forms import escalate_form, plan_form, plan_preview
from cards.reminder import language_name, reminder_preview
from cards.snooze_forms import snooze_form, snoozed_until
from tests.cards.samples import LATER, MANAGERS, NEXT, PARTS, SECOND_DECIDED, SNOOZED, TODAY, account, decided


def words(form: Form) -> str:
    return "\n".join(part.text for part in (*form.intro, *form.outro) if isinstance(part, Text | Quote))


def names(form: Form) -> list[str]:
    return [field.name for field in form.fields]


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({"length": "1"}, date(2026, 11, 25)),
        ({"length": "3", "until": "2027-01-01"}, date(2026, 11, 27)),
        ({"length": "7"}, date(2026, 12, 1)),
        ({"length": "date", "until": "2026-12-24"}, date(2026, 12, 24)),
        ({"length": "date", "until": ""}, None),
        ({"length": "date"}, None),
        ({"until": "2026-12-24"}, date(2026, 12, 24)),
        ({"length": "date", "until": "soon"}, None),
        ({}, None),
    ],
)
def test_a_snooze_reads_its_length_or_its_date(values: Mapping[str, str], until: date | None) -> None:
    assert snoozed_until(values, TODAY) == until


def test_a_snooze_says_what_it_silences_and_when_it_wakes() -> None:
    form = snooze_form(account(), decided(), TODAY, (NEXT, LATER))
    assert "final notice of Wed 25 Nov 09:00 and hand-over of Mon 14 Dec 09:00" in words(form)
    choice = form.fields[0]
    assert isinstance(choice, ChoiceField)
    assert choice.options[2].label == "1 week, wakes Tue 1 Dec"


def test_a_form_carries_how_much_of_the_item_was_seen() -> None:
    submit = snooze_form(SNOOZED, decided(), TODAY).submit.action
    assert (submit.name, submit.id, submit.seen) == (Name.CONFIRM_SNOOZE, decided().item.id, 1)


def test_a_form_shown_again_holds_what_was_typed_and_says_what_was_wrong() -> None:
    typed = {"count": "4", "rhythm": "weekly", "first": "2026-12-24", "deposit": "1.000,00"}
    form = plan_form(account(), decided(), TODAY, values=typed, errors={"": "The plan could not be made."})
    shown = {field.name: field.value for field in form.fields}
    assert shown == {"deposit": "1.000,00", "count": 4, "rhythm": "weekly", "first": date(2026, 12, 24)}
    assert "⚠ The plan could not be made." in words(form)


def test_what_a_field_cannot_hold_is_left_out() -> None:
    form = plan_form(account(), decided(), TODAY, values={"count": "many", "rhythm": "daily", "first": "soon"})
    kept = [field.value for field in form.fields if isinstance(field, NumberField | ChoiceField | DateField)]
    assert kept == [None, "monthly", None]


def test_a_plan_says_what_it_covers() -> None:
    facts = next(part for part in plan_form(account(), decided(), TODAY, (decided(), SECOND_DECIDED)).intro if isinstance(part, Facts))
    assert dict(facts.pairs) == {"Customer": "Acme GmbH", "Amount": "€14,800.00", "Covers": "INV-2041 and INV-2077"}


def preview(warning: str | None = None) -> Form:
    table = [(part.due_on, part.total) for part in PARTS if part.due_on]
    return plan_preview(account(), decided(), TODAY, table, {"count": "3"}, warning=warning)


def test_a_preview_shows_every_instalment_to_the_cent_and_their_sum() -> None:
    rows = next(part for part in preview().intro if isinstance(part, Rows)).rows
    assert [row.cells for row in rows] == [
        ("1", "Tue 1 Dec", "€4,133.34"),
        ("2", "Fri 1 Jan", "€4,133.33"),
        ("3", "1 Feb 2027", "€4,133.33"),
        ("", "Sum", "€12,400.00"),
    ]
    assert rows[-1] == Row(("", "Sum", "€12,400.00"))


def test_a_preview_asks_whether_the_customer_agreed_and_carries_the_terms() -> None:
    form = preview()
    assert names(form) == ["answer"]
    assert form.submit.action.data == {"count": "3"}


def test_a_plan_above_a_limit_asks_for_a_reason() -> None:
    assert names(preview("Above the limit.")) == ["answer", "reason"]
    assert "⚠ Above the limit." in words(preview("Above the limit."))


def reminder(warning: str | None = None) -> Form:
    return reminder_preview(
        account(),
        decided(),
        TODAY,
        to=("a@b.example",),
        sender="us@b.example",
        subject="S",
        text="Line one\nLine two",
        asked=(decided().open,),
        warning=warning,
        data={"shown": "x"},
    )


def test_a_reminder_is_shown_as_the_customer_gets_it() -> None:
    form = reminder()
    assert "Line one\nLine two" in words(form)
    assert form.submit.action.data == {"shown": "x"}
    assert form.fields == ()


def test_a_limit_against_a_reminder_asks_for_a_reason() -> None:
    field = reminder("Reminded yesterday.").fields[0]
    assert isinstance(field, TextField)
    assert (field.name, field.required) == ("reason", True)


def test_a_language_has_a_name_or_its_code() -> None:
    assert [language_name("de"), language_name("xx"), language_name("")] == ["German", "xx", ""]


def test_an_escalation_offers_the_managers_and_chooses_the_only_one() -> None:
    field = escalate_form(account(), decided(), MANAGERS[:1], TODAY).fields[0]
    assert isinstance(field, ChoiceField)
    assert field.value == str(MANAGERS[0].id)
    both = escalate_form(account(), decided(), MANAGERS, TODAY).fields[0]
    assert isinstance(both, ChoiceField)
    assert both.value is None
