"""Shared cases about fees, approvals, tasks, counts and policies beside one another: from a case's shape to policies and ledgers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from tests.workflows.ledgers import Row, a_policy, remind
from tests.workflows.peer_plays import CannotExpress, Play, at, bill, money, sent, sent_on, steps_of, tick
from workflows.domain.calendar import months_after

Case = dict[str, Any]
_DAY = timedelta(days=1)
TODAY = date(2026, 3, 20)


def _step(name: str, after_due: int, *do: Row) -> Row:
    return {"name": name, "when": {"after_due": after_due}, "do": list(do)}


def _write(template: str = "first") -> Row:
    return {"remind": {"via": ["email"], "template": template}}


def _lines(lines: list[Row], action: str) -> list[Row]:
    return [line for line in lines if line.get("action") == action]


def counts(case: Case, given: Case) -> Iterator[Play]:
    """A level for so many unpaid documents is a policy of its own with that minimum, told daily."""
    names = [state["name"] for state in sorted(given["states"], key=itemgetter("min_unpaid_count"))]
    for state in given["states"]:
        rank, least = names.index(state["name"]), state["min_unpaid_count"]
        policy = a_policy(remind("s1", "after_due", 1, 1), minimum_count=least)
        for count, reached in case["expect_by_count"].items():
            rows = [*(bill(f"I{n}", TODAY - _DAY) for n in range(count)), tick(TODAY)]
            expect = reached in names[rank:]
            yield Play(policy, rows, TODAY, TODAY, expect, lambda lines: bool(sent(lines)))
        most, after = max(case["expect_by_count"]), case["then_paid_one_by_one"]
        rows = [bill(f"I{n}", TODAY - _DAY) for n in range(most)]
        rows += [money("payment", TODAY + n * _DAY, "100.00", invoice=f"I{n}") for n in range(most)]
        wanted = [TODAY + n * _DAY for n, reached in enumerate(after) if reached in names[rank:]]
        yield Play(policy, rows, TODAY, TODAY + most * _DAY, wanted, sent_on)


def campaigns(case: Case, given: Case) -> Iterator[Play]:
    """The customer's own campaign beside that of everybody."""
    for row in case["table"]:
        mine = {row.get("customer_campaign_currency", "EUR"): given["customer_campaign"]["EUR"]}
        step = remind("s1", "after_due", 1)
        policies = [
            a_policy(step, name="entity", minimum=given["entity_campaign"]),
            a_policy(step, name="customer", minimum=mine, applies_to={"customer": ["C1"]}),
        ]
        bills = [
            bill(f"{code}{n}", TODAY - _DAY, one, currency=code) for code, all_ in row["overdue"].items() for n, one in enumerate(all_)
        ]
        expect = {(row["expect"]["campaign"], code) for code in row["expect"]["attempts"]} if row["expect"]["attempts"] else set()
        yield Play(
            policies,
            [*bills, tick(TODAY)],
            TODAY,
            TODAY,
            expect,
            lambda lines: {(line["policy"], line["currency"]) for line in sent(lines)},
        )


def charged(case: Case, given: Case) -> Iterator[Play]:
    """A notice with its fee and interest; a fee of nothing is none."""
    due, age = date(2026, 3, 2), given["days_overdue"]
    parts = {"flat": {"EUR": given["fee"]}, "interest": given["annual_rate"]}
    is_some = float(given["fee"]) or float(given["annual_rate"])
    policy = a_policy(_step("s1", age, *([{"fee": parts}] if is_some else []), _write()))
    expect = [given["outstanding"]] if not is_some else [case["expect"]["dunning_amount"], case["expect"]["total"]]
    yield Play(
        policy,
        [bill("I1", due, given["outstanding"])],
        due,
        due + age * _DAY,
        expect,
        lambda lines: [line["amount"] for line in lines if line.get("action") in {"fee", "remind"}],
    )


def fees(case: Case, _: Case) -> Iterator[Play]:
    for row in case["table"]:
        if "due" in row:
            policy = a_policy(_step("s1", row["grace_days"], {"fee": {"flat": {"EUR": "5.00"}}}))
            rows = [bill("I1", row["due"])]
            expect: Any = [row["expect_fee_on"].isoformat()]
            last = row["due"] + 30 * _DAY
            yield Play(policy, rows, row["due"], last, expect, lambda lines: [line["on"] for line in _lines(lines, "fee")])
            continue
        policy = a_policy(_step("s1", 1, {"fee": {"percent": str(row["percent"])}}))
        rows = [bill(f"I{n}", TODAY - _DAY, f"{amount}.00") for n, amount in enumerate(row["invoices"])]
        yield Play(
            policy,
            [*rows, tick(TODAY)],
            TODAY,
            TODAY,
            row["expect_fees"],
            lambda lines: [line["amount"] for line in sorted(_lines(lines, "fee"), key=lambda line: str(line["invoices"]))],
        )


def proposed(case: Case, given: Case) -> Iterator[Play]:
    """Each thing done comes a day after the one before it, for a level goes up on a later day than its message."""
    due = date(2026, 3, 2)
    policy = a_policy(*steps_of(given["levels_days"]), mode="draft", advance="one_per_run", sequence="invoice", after_pause="catch_up")
    rows, age, level = [bill("I1", due, f"{given['open_item']['amount']}.00")], 0, 1
    for step in case["steps"]:
        age = max(age + 1, step.get("run_at_age", 0))
        on = due + age * _DAY
        match step.get("do"):
            case "process":
                rows += [{"on": at(on, "08:00"), "fact": "approved", "invoice": "I1", "step": f"s{level}"}, tick(on)]
            case "block":
                rows.append({"on": at(on, "08:00"), "fact": "hold", "invoice": "I1"})
            case "unblock":
                rows.append({"on": at(on, "08:00"), "fact": "release", "invoice": "I1"})
            case "pay":
                rows.append(money("payment", at(on, "08:00"), "100.00", invoice="I1"))
            case _:
                rows.append(tick(on))
        wanted = step.get("expect")
        if isinstance(wanted, dict):
            level = wanted["level"]
            yield Play(policy, list(rows), due, on, (f"s{level}", wanted["state"]), _stage)
        elif wanted is not None:
            yield Play(policy, list(rows), due, on, None, _stage)


def _stage(lines: list[Row]) -> tuple[str, str] | None:
    """The level of the item, and whether its message left."""
    now = next((line for line in reversed(lines) if "state" in line), None)
    if now is None or now["level"] is None:
        return None
    return now["level"], "sent" if any(line["step"] == now["level"] for line in sent(lines)) else "proposed"


def runs(case: Case, given: Case) -> Iterator[Play]:
    """The last level is a telephone call."""
    due, days = date(2026, 3, 2), given["level_days"]
    steps = [*steps_of(days[:-1]), _step(f"s{len(days)}", days[-1], {"task": {"what": "call"}})]
    for row in case["table"]:
        ticks = [tick(at(due + age * _DAY, f"{9 + n:02}:00")) for n, age in enumerate(row["runs_at_age"])]
        level = row["expect"].get("level", 3)
        expect = (None if level == "none" else f"s{level}", 1 if level == 3 else 0)  # done or not, a second run makes no second task

        def read(lines: list[Row]) -> Any:
            levels = [line["level"] for line in lines if "state" in line]
            return levels[-1], len(_lines(lines, "task"))

        yield Play(a_policy(*steps), [bill("I1", due), *ticks], due, due + 60 * _DAY, expect, read)


def two_a_day(case: Case, given: Case) -> Iterator[Play]:
    soon = [one["due_in"] for one in given["customer_items"] if one["due_in"] > 0]
    late = [-one["due_in"] for one in given["customer_items"] if one["due_in"] < 0]
    steps = [remind(f"early{n}", "before_due", days) for n, days in enumerate(sorted(soon, reverse=True))]
    steps += [remind(f"late{n}", "after_due", days) for n, days in enumerate(sorted(late))]
    rows = [bill(f"D{one['due_in']}", TODAY + one["due_in"] * _DAY, on="2026-03-01") for one in given["customer_items"]]
    expect = [(one["kind"], one["items"]) for one in case["expect"]["messages"]]

    def read(lines: list[Row]) -> Any:
        return [("upcoming" if line["step"].startswith("early") else "overdue", len(line["invoices"])) for line in sent(lines)]

    yield Play(a_policy(*steps, messages_per_day=case["settings"]["messages_per_day"]), [*rows, tick(TODAY)], TODAY, TODAY, expect, read)


def modes(case: Case, _: Case) -> Iterator[Play]:
    names = {"inactive": "off"}
    for row in case["table"]:
        policy = a_policy(remind("s1", "after_due", 1), mode=names.get(row["mode"], row["mode"]))
        wanted = (row["expect"].get("queued", 0), row["expect"]["sent"])
        rows = [bill("I1", TODAY - _DAY), tick(TODAY), tick(TODAY + _DAY)]
        yield Play(policy, rows, TODAY, TODAY + _DAY, wanted, lambda lines: (len(_lines(lines, "approval")), len(sent(lines))))


def wall_clock(case: Case, given: Case) -> Iterator[Play]:
    """Every so many months: the days of this one interval, at the same hour on the wall."""
    zone = ZoneInfo(given["zone"])
    before = datetime.fromisoformat(given["previous"]).replace(tzinfo=zone)
    following = months_after(before.date(), given["every_months"])
    opens = f"{given['hour']:02}:00-{given['hour'] + 1:02}:00"
    steps = [remind("s1", "after_due", 1), remind("s2", "after_previous", (following - before.date()).days)]
    hours = [datetime.combine(following, time(), UTC) + timedelta(hours=n) for n in range(36)]
    book = {"on": "2026-01-01", "fact": "book", "zone": given["zone"]}
    rows = [book, bill("I1", before.date() - _DAY), tick(before.isoformat()), *(tick(one.isoformat()) for one in hours)]
    expect = [case["expect"]["next_utc"].replace("Z", ":00Z")]
    yield Play(
        a_policy(*steps, hours=opens), rows, before.date(), following + _DAY, expect, lambda lines: [line["at"] for line in sent(lines)][1:]
    )


def snoozes(case: Case, _: Case) -> Iterator[Play]:
    """What a ledger can say of it: who takes an item or owns it is no fact of the debt."""
    until = {"D": TODAY + 5 * _DAY, "E": TODAY + 3 * _DAY, "F": TODAY + 8 * _DAY}
    policy = a_policy(_step("s1", 1, {"alert": {}}, _write()), after_pause="catch_up")
    for row in case["table"]:
        rows: list[Row] = [bill("I1", TODAY - _DAY)]
        known = (
            row.get("state") in {"open", "snoozed until D", "closed"}
            and "acknowledge" not in row.get("do", "")
            and "owner_changed" not in row
        )
        if not known:
            continue
        if row["state"] == "closed":
            rows.append(money("payment", TODAY, "100.00", invoice="I1"))
        last = next((day for name, day in reversed(until.items()) if f"until {name}" in row.get("do", "")), until["D"])
        wanted: Any = [last.isoformat()]
        if row["state"] == "snoozed until D":
            rows.append({"on": str(TODAY), "fact": "snooze", "invoice": "I1", "until": str(until["D"])})
        if "snooze" in row.get("do", ""):
            rows.append({"on": str(TODAY), "fact": "snooze", "invoice": "I1", "until": str(last)})
        if "invoice_paid_before" in row:
            rows.append(money("payment", TODAY + _DAY, "100.00", invoice="I1"))
        if row["state"] == "closed" or "invoice_paid_before" in row:
            wanted = []
        refused = row.get("expect") == "rejected"

        def read(lines: list[Row], *, refused: bool = refused) -> Any:
            assert bool(_lines(lines, "refused")) is refused
            return sorted({line["on"] for line in lines if line.get("action") in {"alert", "remind"}})

        yield Play(policy, rows, TODAY, TODAY + 6 * _DAY if last != until["F"] else TODAY + 9 * _DAY, wanted, read)


def reset(case: Case, _: Case) -> Iterator[Play]:
    """Moving to another policy is no fact of a ledger; money is."""
    for row in case["table"]:
        if "paid" not in row["event"]:
            continue
        paid = row["event"].split("dunned ")[1][:3]
        most = row["counters"][paid]
        bills = [bill(f"{code}{n}", TODAY - _DAY, currency=code) for code in row["counters"] for n in range(2)]
        payment = money("payment", TODAY + most * _DAY, "100.00", invoice=f"{paid}0") | {"currency": paid}
        policy = a_policy(remind("s1", "after_due", 1, 1), max_attempts=most)
        expect = {code: most if code == paid else 0 for code in row["counters"]}

        yield Play(policy, [*bills, payment], TODAY, TODAY + 20 * _DAY, expect, partial(_asked_since, payment["on"], list(expect)))


def _asked_since(day: str, codes: list[str], lines: list[Row]) -> dict[str, int]:
    after = [line for line in sent(lines) if line["on"] >= day]
    return {code: sum(line["currency"] == code for line in after) for code in codes}


def mixed(case: Case, given: Case) -> Iterator[Play]:
    """Tables whose rows have several shapes."""
    if any("expect_fees" in row for row in case["table"]):
        return fees(case, given)
    if any("snooze" in row.get("do", "") for row in case["table"]):
        return snoozes(case, given)
    raise CannotExpress(case["id"])


SHAPES: list[tuple[tuple[str, ...], Callable[[Case, Case], Iterator[Play]]]] = [
    (("states", "expect_by_count"), counts),
    (("entity_campaign",), campaigns),
    (("outstanding", "annual_rate"), charged),
    (("levels_days",), proposed),
    (("level_days", "last_level_action"), runs),
    (("customer_items",), two_a_day),
    (("every_months",), wall_clock),
]
TABLES: list[tuple[frozenset[str], Callable[[Case, Case], Iterator[Play]]]] = [
    (frozenset({"mode", "step_due"}), modes),
    (frozenset({"counters", "event"}), reset),
]
