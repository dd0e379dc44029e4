"""The dry run: what a ledger's facts come to, and the lines that tell of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.verbs.ledger_lines import BadLine, read_ledger
from tests.workflows.ledgers import a_policy, actions, escalate, invoice, remind, reminded, simulated, states_of

LADDER = a_policy(remind("first", "after_due", 3), remind("second", "after_due", 10))
SPAN = ("2026-03-01", "2026-03-31")


def run(*rows: dict[str, Any], policy: str = LADDER, states: bool = False) -> list[dict[str, Any]]:
    return simulated(policy, list(rows), *SPAN, states=states)


def test_a_line_says_who_what_when_how_much_and_why() -> None:
    assert run(invoice())[0] == {
        "on": "2026-03-05",
        "at": "2026-03-05T09:00:00Z",
        "customer": "C1",
        "invoices": ["I1"],
        "step": "first",
        "action": "remind",
        "by": "email",
        "amount": "100.00",
        "currency": "EUR",
        "because": "The step first is due.",
        "policy": "table",
        "ordinal": 1,
    }


def test_a_notice_lists_the_leader_first_and_one_line_per_currency() -> None:
    lines = run(invoice("B", "2026-03-02", "50.00"), invoice("A", "2026-03-03"), invoice("U", "2026-03-04", "70.00", currency="USD"))
    assert [(line["on"], line["invoices"], line["amount"], line["currency"]) for line in lines[:2]] == [
        ("2026-03-05", ["B", "A"], "150.00", "EUR"),
        ("2026-03-05", ["U"], "70.00", "USD"),
    ]


def test_days_begin_at_the_books_place() -> None:
    lines = run({"fact": "book", "on": "2026-01-01", "zone": "America/New_York", "currency": "EUR"}, invoice(), states=True)
    assert [line["at"] for line in lines[:2]] == ["2026-03-02T05:00:00Z", "2026-03-05T14:00:00Z"]


def test_a_fact_after_nine_is_seen_the_next_day_and_one_at_nine_the_same_day() -> None:
    late = run(invoice(due="2026-02-20", on="2026-03-04T15:00:00Z"))
    assert late[0]["on"] == "2026-03-05"
    assert run(invoice(due="2026-02-20", on="2026-03-04T09:00:00Z"))[0]["on"] == "2026-03-04"


def test_with_ticks_in_the_ledger_nothing_is_decided_at_other_times() -> None:
    lines = run(invoice(), {"on": "2026-03-07", "fact": "tick"}, {"on": "2026-03-20T16:30:00Z", "fact": "tick"})
    assert [line["at"] for line in lines if line["action"] == "remind"] == ["2026-03-07T09:00:00Z", "2026-03-20T16:30:00Z"]


def test_history_is_applied_and_nothing_is_decided_there() -> None:
    lines = run(invoice(due="2026-01-05", on="2025-12-06"))
    assert actions(lines) == [("2026-03-01", "remind", "second")]


def test_facts_count_in_order_of_time_whatever_the_order_of_the_lines() -> None:
    payment = {"on": "2026-03-04", "fact": "payment", "invoice": "I1", "amount": "100.00"}
    assert run(payment, invoice()) == run(invoice(), payment) == []


def test_states_are_told_when_they_change_and_only_then() -> None:
    payment = {"on": "2026-03-06", "fact": "payment", "invoice": "I1", "amount": "40.00"}
    rest = {"on": "2026-03-20", "fact": "payment", "invoice": "I1", "amount": "60.00"}
    assert states_of(run(invoice(), payment, rest, states=True), "I1") == [
        ("2026-03-02", "open", None, "100.00"),
        ("2026-03-05", "chasing", "first", "100.00"),
        ("2026-03-06", "chasing", "first", "60.00"),
        ("2026-03-12", "chasing", "second", "60.00"),
        ("2026-03-20", "settled", None, "0.00"),
    ]


def test_a_level_reached_on_a_day_without_messages_is_told_that_day_and_withheld_once() -> None:
    weekdays = a_policy(remind("first", "after_due", 3), weekdays=["mon"])
    lines = run(invoice(), policy=weekdays, states=True)
    assert states_of(lines, "I1")[1] == ("2026-03-05", "chasing", "first", "100.00")
    assert actions(lines) == [("2026-03-05", "none", "first"), ("2026-03-09", "remind", "first")]


def test_first_contact_gives_one_review_until_it_is_released() -> None:
    review = a_policy(remind("first", "after_due", 3), first_contact="review")
    rows = (invoice(due="2026-02-20", on="2026-03-04"), {"on": "2026-03-10", "fact": "release", "customer": "C1"})
    assert actions(run(*rows, policy=review)) == [("2026-03-04", "review", None), ("2026-03-10", "remind", "first")]


def test_what_is_escalated_rests_until_it_is_released() -> None:
    steps = a_policy(remind("first", "after_due", 3), escalate("boss", 5), remind("last", "after_due", 20))
    lines = run(invoice(), {"on": "2026-03-20", "fact": "release", "invoice": "I1"}, policy=steps, states=True)
    assert [(day, state) for day, state, *_ in states_of(lines, "I1")][2:] == [
        ("2026-03-07", "escalated"),
        ("2026-03-20", "chasing"),
        ("2026-03-22", "chasing"),
    ]
    assert actions(lines) == [("2026-03-05", "remind", "first"), ("2026-03-07", "escalate", "boss"), ("2026-03-22", "remind", "last")]


class TestMoney:
    def test_for_an_invoice_in_instalments_fills_the_earliest_first(self) -> None:
        parts = [{"due": "2026-03-20", "share": 50}, {"due": "2026-03-10", "share": 50}]
        payment = {"id": "p", "on": "2026-03-11", "fact": "payment", "invoice": "I1", "amount": "60.00"}
        back = {"on": "2026-03-12", "fact": "reversal", "of": "p"}
        lines = run(invoice(amount="100.01", instalments=parts), payment, back, states=True)
        assert [row[2:] for row in states_of(lines, "I1/1")][:3] == [(None, "50.01"), (None, "0.00"), (None, "50.01")]
        assert [row[3] for row in states_of(lines, "I1/2")][:3] == ["50.00", "40.01", "50.00"]
        assert reminded(lines)[0] == ("2026-03-13", "first", ["I1/1"], "50.01")

    def test_that_is_taken_back_twice_counts_again(self) -> None:
        rows = [
            invoice(),
            {"id": "p", "on": "2026-03-02", "fact": "payment", "invoice": "I1", "amount": "100.00"},
            {"id": "r", "on": "2026-03-06", "fact": "reversal", "of": "p"},
            {"id": "rr", "on": "2026-03-08", "fact": "reversal", "of": "r"},
        ]
        lines = run(*rows, states=True)
        assert [(day, level) for day, _, level, _ in states_of(lines, "I1")][2:] == [("2026-03-06", "first"), ("2026-03-08", None)]
        assert actions(lines) == [("2026-03-06", "remind", "first")]

    def test_on_account_covers_everything_or_is_looked_at(self) -> None:
        all_of_it = {"on": "2026-03-03", "fact": "payment", "customer": "C1", "amount": "100.00", "currency": "EUR"}
        assert run(invoice(), all_of_it) == []
        part = all_of_it | {"amount": "30.00"}
        assert next(action for _, action, _ in actions(run(invoice(), part))) == "review"
        net = a_policy(remind("first", "after_due", 3), on_account="send")
        assert reminded(run(invoice(), part, policy=net)) == [("2026-03-05", "first", ["I1"], "70.00")]

    @pytest.mark.parametrize("fact", ["void", "write_off"])
    def test_of_an_invoice_that_is_void_or_written_off_is_not_asked_for_until_that_is_reversed(self, fact: str) -> None:
        end = {"id": "e", "on": "2026-03-04", "fact": fact, "invoice": "I1"}
        lines = run(invoice(), end, {"on": "2026-03-15", "fact": "reversal", "of": "e"}, states=True)
        assert states_of(lines, "I1")[1] == ("2026-03-04", "settled", None, "0.00")
        assert actions(lines) == [("2026-03-15", "remind", "second")]

    def test_for_a_void_invoice_is_money_on_account(self) -> None:
        payment = {"on": "2026-03-02", "fact": "payment", "invoice": "I1", "amount": "40.00"}
        void = {"on": "2026-03-03", "fact": "void", "invoice": "I1"}
        net = a_policy(remind("first", "after_due", 3), on_account="send")
        assert reminded(run(invoice(), payment, void, invoice("I2"), policy=net))[0][2:] == (["I2"], "60.00")

    def test_in_drafts_counts_for_nothing(self) -> None:
        draft = invoice("D", status="draft")
        credit = {"on": "2026-03-02", "fact": "credit", "invoice": "I1", "amount": "50.00", "status": "draft"}
        assert reminded(run(draft, invoice(), credit))[0][2:] == (["I1"], "100.00")


def test_a_snooze_silences_up_to_its_day_and_is_not_made_up_for() -> None:
    lines = run(invoice(), {"on": "2026-03-04", "fact": "snooze", "invoice": "I1", "until": "2026-03-09"}, states=True)
    assert [(day, state) for day, state, *_ in states_of(lines, "I1")][1:3] == [("2026-03-04", "snoozed"), ("2026-03-05", "snoozed")]
    assert actions(lines) == [("2026-03-09", "alert", "woke"), ("2026-03-12", "remind", "second")]


def test_a_plan_takes_the_invoices_place() -> None:
    steps = a_policy(remind("first", "after_due", 3), remind("late", "after_instalment", 3))
    thirds = [{"due": f"2026-03-{day}", "share": 1} for day in ("10", "20", "30")]
    plan = {"id": "plan", "on": "2026-03-04", "fact": "plan", "invoices": ["I1"], "instalments": thirds}
    lines = run(invoice(), plan, policy=steps, states=True)
    assert [line["open"] for line in lines if line.get("invoice", "").startswith("plan/")][:3] == ["33.34", "33.33", "33.33"]
    assert states_of(lines, "I1")[1][:3] == ("2026-03-04", "on_plan", None)
    assert reminded(lines)[0] == ("2026-03-13", "late", ["plan/1"], "33.34")
    assert states_of(lines, "I1")[-1][:3] == ("2026-03-29", "chasing", "first"), "not kept: all of it is due again"
    assert actions(lines, "alert") == [
        ("2026-03-18", "alert", "plan_late"),
        ("2026-03-28", "alert", "plan_late"),
        ("2026-03-29", "alert", "plan_defaulted"),
    ]


def test_without_an_address_somebody_has_a_task() -> None:
    lines = run({"on": "2026-03-01", "fact": "customer", "customer": "C1", "channels": ["sms"]}, invoice())
    assert actions(lines) == [("2026-03-05", "task", "first"), ("2026-03-12", "task", "second")]
    assert {line["by"] for line in lines} == {None}


def test_each_book_of_policies_says_which_one_decided() -> None:
    other = a_policy(remind("first", "after_due", 5), name="other", applies_to={"book": ["uk"]})
    lines = simulated([LADDER, other], [invoice()], *SPAN)
    assert {line["policy"] for line in lines} == {"table"}


@pytest.mark.parametrize(
    ("fact", "because"),
    [
        ({"fact": "snooze", "invoice": "I1", "until": "2026-03-04"}, "which has come"),
        ({"fact": "snooze", "invoice": "I9", "until": "2026-03-14"}, "There is no invoice I9 yet."),
        ({"fact": "reversal", "of": "nothing"}, "There is no fact nothing"),
        ({"fact": "payment", "invoice": "I9", "amount": "1.00", "currency": "EUR"}, "There is no invoice I9 yet."),
        ({"fact": "payment", "invoice": "I1", "customer": "C2", "amount": "1.00"}, "several customers: C1, C2"),
        ({"fact": "plan", "invoices": ["I1"], "instalments": [{"due": "2026-04-01", "amount": "99.99"}]}, "do not add up to 100.00 EUR"),
        ({"fact": "plan", "invoices": ["P"], "instalments": [{"due": f"2026-04-0{n}", "share": 1} for n in (1, 2, 3)]}, "0.02 EUR"),
        ({"fact": "collection_scheduled", "invoice": "I1", "for": "2026-03-01"}, "The day of the collection has passed."),
        ({"fact": "customer", "customer": "C1", "parent": "C0"}, "has facts of its own already"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_with_the_reason_and_changes_nothing(fact: dict[str, Any], because: str) -> None:
    before = [invoice(), invoice("P", amount="0.02")]
    lines = run(*before, {"on": "2026-03-04", **fact}, states=True)
    refused = [line for line in lines if line.get("action") == "refused"]
    assert len(refused) == 1
    assert because in refused[0]["because"]
    assert [line for line in lines if line.get("action") != "refused"] == run(*before, states=True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "Line 2: this is no JSON"),
        ("[]", "Line 2: expected one JSON object."),
        ('{"on": "2026-03-01", "fact": "invoyce"}', "Line 2: there is no fact “invoyce”"),
        ('{"on": "2026-03-01"}', "Line 2: there is no `fact`."),
        ('{"on": "2026-03-01", "fact": "invoice", "number": "A", "amount": "1", "currency": "EUR"}', "Line 2: there is no `customer`."),
        ('{"on": "2026-03-01", "fact": "payment", "customer": "A", "amount": "1"}', "Line 2: there is no `currency`."),
        ('{"on": "2026-03-01", "fact": "payment", "customer": "A", "amount": "1", "currency": "EUX"}', "Line 2: "),
        ('{"on": "2026-03-01", "fact": "payment", "customer": "A", "amount": "1.001", "currency": "EUR"}', "Line 2: "),
        (
            '{"on": "2026-03-01", "fact": "payment", "customer": "A", "amount": 1.5, "currency": "EUR"}',
            "Line 2: `amount` is a text in quotes.",
        ),
        ('{"on": "soon", "fact": "tick"}', "Line 2: “soon” is neither a date nor a time"),
        ('{"on": "2026-03-01T09:00:00", "fact": "tick"}', "has no offset"),
        ('{"on": "2026-03-01", "fact": "customer", "customer": "A", "zone": "Mars"}', "'Mars' is not a time zone"),
        ('{"on": "2026-03-01", "fact": "book"}', "Line 2: the fact book stands on the first line only."),
        ('{"on": "2026-03-01", "fact": "snooze", "invoice": "A", "until": "2026-02-30"}', "Line 2: `until` is “2026-02-30”"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, words: str) -> None:
    with pytest.raises(BadLine) as caught:
        read_ledger('{"on": "2026-03-01", "fact": "tick"}\n' + line + "\n")
    assert words in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_the_same_ledger_gives_the_same_lines() -> None:
    rows = [invoice(), invoice("I2", "2026-03-08", customer="C2")]
    assert run(*rows, states=True) == run(*rows, states=True)


def _leaders(mode: str) -> list[dict[str, Any]]:
    """The first invoice is paid after the step `third`; the second one, twenty days younger, takes over."""
    rules = a_policy(
        *(remind(name, "after_due", days) for name, days in (("one", 1), ("two", 10), ("three", 30), ("four", 45))), on_new_leader=mode
    )
    paid = {"on": "2026-02-15", "fact": "payment", "invoice": "A", "amount": "100.00"}
    return simulated(rules, [invoice("A", "2026-01-10"), invoice("B", "2026-01-30"), paid], "2026-01-01", "2026-04-30")


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("by_age", [("2026-03-01", "three"), ("2026-03-16", "four")]),
        ("restart", [("2026-02-15", "one"), ("2026-02-16", "two"), ("2026-03-01", "three"), ("2026-03-16", "four")]),
        ("keep", [("2026-03-16", "four")]),
    ],
)
def test_who_leads_next_begins_where_the_policy_says(mode: str, after: list[tuple[str, str]]) -> None:
    sent = [(day, step) for day, step, *_ in reminded(_leaders(mode))]
    assert sent == [("2026-01-11", "one"), ("2026-01-20", "two"), ("2026-02-09", "three"), *after]


def test_one_step_a_run_never_skips_one() -> None:
    rules = a_policy(
        remind("a", "after_due", 3), remind("b", "after_due", 10), remind("c", "after_previous", 2), advance="one_per_run", gap_days=2
    )
    lines = simulated(rules, [invoice(due="2026-02-01")], *SPAN, states=True)
    assert [(day, step) for day, step, *_ in reminded(lines)] == [("2026-03-01", "a"), ("2026-03-03", "b"), ("2026-03-05", "c")]
    assert [(day, level) for day, _, level, _ in states_of(lines, "I1")] == [("2026-03-01", "a"), ("2026-03-02", "b"), ("2026-03-05", "c")]


def test_an_old_debt_is_replayed_step_by_step_where_the_policy_says_so() -> None:
    rules = a_policy(*(remind(f"s{n}", "after_due", n) for n in (1, 5, 10, 30)), first_contact="replay", gap_days=3)
    old = invoice(due="2026-02-15", on="2026-03-04")
    new = invoice("N", due="2026-03-20", on="2026-03-04", customer="C2")
    lines = simulated(rules, [old, new], *SPAN)
    assert [(line["on"], line["step"]) for line in lines if line["customer"] == "C1" and line["action"] == "remind"] == [
        ("2026-03-04", "s1"),
        ("2026-03-07", "s5"),
        ("2026-03-10", "s10"),
        ("2026-03-17", "s30"),
    ]


@pytest.mark.parametrize(
    ("facts", "state", "sent"),
    [
        ([{"fact": "promise", "invoice": "I1", "until": "2026-03-13"}], "promised", [("2026-03-18", "second")]),
        ([{"fact": "hold", "customer": "C1", "until": "2026-03-09"}], "held", [("2026-03-12", "second")]),
        ([{"fact": "hold", "invoice": "I1"}, {"on": "2026-03-11", "fact": "release", "invoice": "I1"}], "held", [("2026-03-12", "second")]),
        (
            [{"fact": "dispute", "invoice": "I1"}, {"on": "2026-03-08", "fact": "dispute_resolved", "invoice": "I1"}],
            "disputed",
            [("2026-03-12", "second")],
        ),
        ([{"fact": "policy_off"}, {"on": "2026-03-10", "fact": "policy_on"}], "held", [("2026-03-12", "second")]),
        ([{"fact": "customer", "customer": "C1", "excluded": True}], "held", []),
    ],
)
def test_what_is_said_and_noted_silences_and_ends(facts: list[dict[str, Any]], state: str, sent: list[tuple[str, str]]) -> None:
    lines = run(invoice(), *({"on": "2026-03-04", **fact} for fact in facts), states=True)
    assert [(day, now) for day, now, *_ in states_of(lines, "I1")][:2] == [("2026-03-02", "open"), ("2026-03-04", state)]
    assert [(day, step) for day, step, *_ in reminded(lines)] == sent


def test_a_policy_that_is_off_is_off_for_those_who_come_later_and_may_catch_up() -> None:
    off, on = {"on": "2026-03-01", "fact": "policy_off"}, {"on": "2026-03-10", "fact": "policy_on"}
    catches_up = a_policy(remind("first", "after_due", 3), after_pause="catch_up")
    assert reminded(run(off, invoice(), on)) == [("2026-03-12", "second", ["I1"], "100.00")]
    assert [row[:2] for row in reminded(run(off, invoice(), on, policy=catches_up))] == [("2026-03-10", "first")]
