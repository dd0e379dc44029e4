"""The dry run of what steps and events do: fees, approvals, plans that are not kept, receipts, answers, stops."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.workflows.ledgers import Row, a_policy, actions, invoice, remind, reminded, simulated, states_of

SPAN = ("2026-03-01", "2026-05-31")
WRITE: Row = {"remind": {"via": ["email"], "template": "first"}}


def step(name: str, after_due: int, *do: Row) -> Row:
    return {"name": name, "when": {"after_due": after_due}, "do": list(do)}


def run(policy: str | list[str], *rows: Row, last: str = SPAN[1]) -> list[dict[str, Any]]:
    return simulated(policy, list(rows), SPAN[0], last, states=True)


def fact(on: str, name: str, **rest: Any) -> Row:
    return {"on": on, "fact": name, **({"invoice": "I1"} | rest)}


class TestFees:
    FEE: ClassVar[Row] = {"fee": {"flat": {"EUR": "10.00"}, "percent": "2.5", "interest": "10.0"}}

    def test_the_parts_are_added_rounded_once_and_asked_for_with_what_is_open(self) -> None:
        """10.00 + 2.50 + 100.00 x 10 % x 15 / 365 = 12.9109…"""
        lines = run(a_policy(step("late", 15, self.FEE, WRITE)), invoice())
        assert [(x["action"], x["amount"]) for x in lines if x.get("action") in {"fee", "remind"}] == [
            ("fee", "12.91"),
            ("remind", "112.91"),
        ]

    def test_a_fee_behind_the_reminder_is_not_in_it(self) -> None:
        lines = run(a_policy(step("late", 15, WRITE, self.FEE)), invoice())
        assert [(x["action"], x["amount"]) for x in lines if x.get("action") in {"fee", "remind"}] == [
            ("remind", "100.00"),
            ("fee", "12.91"),
        ]

    def test_one_for_each_step_and_never_on_earlier_fees(self) -> None:
        steps = [step("one", 5, {"fee": {"percent": "10"}}), step("two", 10, {"fee": {"percent": "10", "of": "original"}})]
        part = fact("2026-03-08", "payment", amount="30.00")
        lines = run(a_policy(*steps), invoice(), part)
        assert [(x["step"], x["amount"]) for x in lines if x.get("action") == "fee"] == [("one", "10.00"), ("two", "10.00")]
        assert states_of(lines, "I1")[-1][3] == "90.00"

    def test_money_fills_the_fee_before_the_sum_it_was_charged_on(self) -> None:
        steps = [step("one", 5, {"fee": {"percent": "10"}}), step("two", 10, {"fee": {"percent": "10"}})]
        lines = run(a_policy(*steps), invoice(), fact("2026-03-08", "payment", amount="30.00"))
        assert [x["amount"] for x in lines if x.get("action") == "fee"] == ["10.00", "8.00"], "of the 80.00 left"


class TestApprovals:
    def test_what_stands_behind_an_approval_waits_for_it_and_is_asked_once(self) -> None:
        policy = a_policy(step("last", 5, {"approve": {"by": "manager"}}, {"hand_over": {"to": "collections"}}))
        lines = run(policy, invoice(), fact("2026-03-20", "approved", step="last"))
        assert actions(lines) == [("2026-03-07", "approval", "last"), ("2026-03-20", "hand_over", "last")]
        assert states_of(lines, "I1")[-1][1] == "escalated"

    def test_a_step_that_is_left_out_is_left_out_alone(self) -> None:
        policy = a_policy(remind("one", "after_due", 3), remind("two", "after_due", 10))
        assert [row[1] for row in reminded(run(policy, invoice(), fact("2026-03-03", "skip", step="one")))] == ["two"]

    @pytest.mark.parametrize(("mode", "done"), [("active", ["remind"]), ("draft", ["approval"]), ("off", [])])
    def test_in_draft_every_message_waits_and_off_nothing_is_done(self, mode: str, done: list[str]) -> None:
        lines = run(a_policy(remind("one", "after_due", 3), mode=mode), invoice())
        assert [action for _, action, _ in actions(lines)] == done

    def test_approved_in_draft_it_leaves(self) -> None:
        policy = a_policy(remind("one", "after_due", 3), mode="draft")
        lines = run(policy, invoice(), fact("2026-03-09", "approved", step="one"))
        assert actions(lines) == [("2026-03-05", "approval", "one"), ("2026-03-09", "remind", "one")]


class TestPlans:
    """DOMAIN 7's table: an instalment due on Friday 13 March 2026, the calendar of the United States, five and ten days."""

    BOOK: ClassVar[Row] = {"on": "2026-01-01", "fact": "book", "zone": "America/New_York", "country": "US", "currency": "USD"}
    PLAN: ClassVar[Row] = {"id": "p", "on": "2026-02-02", "fact": "plan", "invoices": ["I1"]} | {
        "instalments": [{"due": "2026-03-13", "amount": "100.00"}, {"due": "2026-05-15", "amount": "100.00"}]
    }
    POLICY = a_policy(remind("first", "after_due", 90), events=[{"on": "plan_late", "do": [WRITE]}], tolerance={"USD": "1.00"})

    def play(self, *rows: Row) -> tuple[tuple[str, str, str], ...]:
        owed = invoice("I1", "2026-01-31", "200.00", currency="USD", on="2026-01-02")
        lines = simulated(self.POLICY, [self.BOOK, owed, self.PLAN, *rows], "2026-03-01", "2026-04-20")
        return tuple(row for row in actions(lines) if row[2] != "first")

    DEFAULT = (("2026-03-21", "alert", "plan_late"), ("2026-03-23", "remind", "plan_late"), ("2026-04-03", "alert", "plan_defaulted"))

    @pytest.mark.parametrize(
        ("paid", "amount", "then"),
        [
            ("2026-03-20", "100.00", ()),
            (None, "", DEFAULT),
            ("2026-03-20", "90.00", DEFAULT),
            ("2026-04-02", "100.00", DEFAULT[:2]),
        ],
        ids=["paid on the fifth business day", "unpaid", "ninety percent within grace", "cured on the last day"],
    )
    def test_the_table(self, paid: str | None, amount: str, then: tuple[tuple[str, str, str], ...]) -> None:
        assert self.play(*([fact(paid, "payment", amount=amount)] if paid else [])) == then

    def test_a_payment_that_is_taken_back_is_late_at_once(self) -> None:
        rows = [fact("2026-03-13", "payment", amount="100.00", id="pay"), fact("2026-03-17", "reversal", of="pay", invoice=None)]
        assert self.play(*rows)[:2] == (("2026-03-17", "alert", "plan_late"), ("2026-03-17", "remind", "plan_late"))

    def test_money_after_the_end_is_no_waiver(self) -> None:
        assert self.play(fact("2026-04-06", "payment", amount="100.00")) == self.DEFAULT

    def test_a_new_invoice_is_not_covered(self) -> None:
        owed = [invoice("I1", "2026-01-31", "200.00", currency="USD", on="2026-01-02"), invoice("I2", "2026-03-02", currency="USD")]
        lines = simulated(a_policy(remind("first", "after_due", 3)), [self.BOOK, *owed, self.PLAN], "2026-03-01", "2026-03-12")
        assert reminded(lines) == [("2026-03-05", "first", ["I2"], "100.00")]


class TestWhatIsHeard:
    POLICY = a_policy(remind("one", "after_due", 3), remind("two", "after_due", 10))

    def test_an_answer_waits_for_somebody_and_the_step_for_it(self) -> None:
        lines = run(self.POLICY, invoice(), fact("2026-03-04", "reply"), fact("2026-03-08", "release"))
        assert reminded(lines)[0][:2] == ("2026-03-08", "one")
        assert ("2026-03-04", "held") in [row[:2] for row in states_of(lines, "I1")]

    def test_who_opted_out_is_a_colleagues_task_until_that_is_undone(self) -> None:
        stop = {"id": "s", "on": "2026-03-03", "fact": "opt_out", "customer": "C1", "channel": "email"}
        lines = run(self.POLICY, invoice(), stop, {"on": "2026-03-09", "fact": "reversal", "of": "s"})
        assert actions(lines) == [("2026-03-05", "task", "one"), ("2026-03-09", "remind", "one"), ("2026-03-12", "remind", "two")]

    def test_a_collection_is_waited_for_and_its_failure_ends_that(self) -> None:
        scheduled = fact("2026-03-04", "collection_scheduled", **{"for": "2026-03-10"})
        catches_up = a_policy(remind("one", "after_due", 3), remind("two", "after_due", 10), after_pause="catch_up")
        assert reminded(run(catches_up, invoice(), scheduled))[0][:2] == ("2026-03-13", "two")
        failed = run(self.POLICY, invoice(), scheduled, fact("2026-03-10", "payment_failed"))
        assert reminded(failed)[0][:2] == ("2026-03-12", "two")

    def test_after_silence_but_not_after_an_answer(self) -> None:
        steps = [remind("one", "after_due", 3), {"name": "nudge", "when": {"no_reply": 5}, "do": [WRITE]}]
        assert [row[:2] for row in reminded(run(a_policy(*steps), invoice()))] == [("2026-03-05", "one"), ("2026-03-10", "nudge")]
        answered = run(a_policy(*steps), invoice(), fact("2026-03-07", "reply"), fact("2026-03-08", "release"))
        assert [row[1] for row in reminded(answered)] == ["one"]

    def test_a_parent_pays_and_is_asked(self) -> None:
        child = {"on": "2026-02-01", "fact": "customer", "customer": "sub", "parent": "C1"}
        lines = run(self.POLICY, child, invoice(), invoice("S1", "2026-03-03", customer="sub"))
        assert next((x["customer"], x["invoices"]) for x in lines if x.get("action") == "remind") == ("C1", ["I1", "S1"])


class TestEvents:
    def play(self, name: Any, *rows: Row, do: Row = WRITE) -> list[tuple[str, str, str]]:
        policy = a_policy(remind("late", "after_due", 300), events=[{"on": name, "do": [do]}])
        return actions(run(policy, invoice(), *rows))

    def test_a_payment_is_thanked_for_once_and_that_is_no_reminder(self) -> None:
        receipt: Row = {"receipt": {"via": ["email"]}}
        assert self.play("payment_received", fact("2026-03-09", "payment", amount="100.00"), do=receipt) == [
            ("2026-03-09", "receipt", "payment_received")
        ]

    @pytest.mark.parametrize(
        ("name", "rows", "on"),
        [
            ("overdue", [], "2026-03-03"),
            ("flagged", [fact("2026-03-10", "flag")], "2026-03-10"),
            ("promise_broken", [fact("2026-03-10", "promise", until="2026-03-13")], "2026-03-18"),
            ("payment_failed", [fact("2026-03-10", "payment_failed")], "2026-03-10"),
            ("reply_received", [fact("2026-03-10", "reply")], "2026-03-10"),
            ({"balance_over": {"EUR": "150.00"}}, [invoice("I2", "2026-05-30", on="2026-03-11")], "2026-03-11"),
        ],
    )
    def test_each_is_acted_on_once(self, name: Any, rows: list[Row], on: str) -> None:
        done = self.play(name, *rows, do={"task": {"what": "look"}})
        said = name if isinstance(name, str) else "balance_over"
        assert [row for row in done if row[1] == "task"] == [(on, "task", said)]

    @pytest.mark.parametrize(
        ("name", "on"), [("instalment_created", "2026-03-02"), ("plan_late", "2026-03-17"), ("plan_defaulted", "2026-03-28")]
    )
    def test_the_turns_of_a_plan_are_acted_on_once(self, name: str, on: str) -> None:
        parts = [{"due": "2026-03-09", "amount": "50.00"}, {"due": "2026-06-09", "amount": "50.00"}]
        plan = {"id": "p", "on": "2026-03-02", "fact": "plan", "invoices": ["I1"], "instalments": parts}
        done = self.play(name, plan, do={"task": {"what": "look"}})
        assert [row for row in done if row[1] == "task"] == [(on, "task", name)]

    def test_the_end_of_the_sequence_is_acted_on_once_and_again_after_money(self) -> None:
        ends = a_policy(remind("one", "after_due", 3), events=[{"on": "end_of_sequence", "do": [{"task": {"what": "look"}}]}])
        part = fact("2026-04-01", "payment", amount="10.00")
        done = [(on, step) for on, kind, step in actions(run(ends, invoice(), part)) if kind == "task"]
        assert done == [("2026-03-05", "end_of_sequence"), ("2026-04-01", "end_of_sequence")]

    @pytest.mark.parametrize(
        ("name", "days"),
        [
            ("monthly", ["2026-04-01", "2026-05-01"]),
            ("weekly", ["2026-03-09", "2026-03-16"]),
            ("fortnightly", ["2026-03-16", "2026-03-30"]),
        ],
    )
    def test_statements_come_with_their_period(self, name: str, days: list[str]) -> None:
        assert [on for on, _, _ in self.play(name)][:2] == days


def test_it_is_told_once_that_nothing_more_comes_and_again_after_money() -> None:
    policy = a_policy(remind("one", "after_due", 3), remind("two", "after_due", 10))
    part = fact("2026-04-01", "payment", amount="10.00")
    assert actions(run(policy, invoice(), part), "finished") == [("2026-03-12", "finished", "two"), ("2026-04-01", "finished", "two")]


def test_a_policy_for_an_invoice_and_one_for_a_customer_win_over_the_one_for_all() -> None:
    step_ = remind("one", "after_due", 3)
    policies = [
        a_policy(step_, name="all"),
        a_policy(step_, name="theirs", applies_to={"customer": ["C2"]}),
        a_policy(step_, name="its", applies_to={"invoice": ["I3"]}),
    ]
    rows = [invoice("I1"), invoice("I2", customer="C2"), invoice("I3", customer="C3")]
    found = {x["customer"]: x["policy"] for x in run(policies, *rows) if x.get("action") == "remind"}
    assert found == {"C1": "all", "C2": "theirs", "C3": "its"}
