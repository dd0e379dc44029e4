"""From a shared case of what collections software must decide to a policy, a ledger and what must come out: by the case's shape, never by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Any

from tests.workflows import peer_lists, peer_money
from tests.workflows.ledgers import Row, a_policy, invoice, remind
from tests.workflows.peer_plays import CannotExpress, Play, amounts_of, at, bill, money, sent, sent_on, steps_of, tick

Case = dict[str, Any]
_DAY = timedelta(days=1)
_SENT = ("after_due", "after_issue")


def plays(case: Case, setup: Case) -> Iterator[Play]:
    """Raises `CannotExpress`."""
    given = case.get("given") or {}
    for shape, translate in _SHAPES:
        if all(key in given or key in case for key in shape):
            yield from translate(case | {"setup": setup}, given | case.get("settings", {}))
            return
    raise CannotExpress(case["id"])


def _ages(case: Case, given: Case) -> Iterator[Play]:
    """Levels by the age of documents, probed at the day's look and after what happens that noon."""
    if any("min_age_days" not in state for state in given["states"]):
        raise CannotExpress(case["id"])
    names = {f"s{n}": state["name"] for n, state in enumerate(sorted(given["states"], key=itemgetter("min_age_days")), 1)}
    steps = steps_of(sorted(state["min_age_days"] for state in given["states"]))
    rows = [
        {"on": "2000-01-01", "fact": "customer", "customer": one["id"], "parent": one.get("parent")} for one in given.get("accounts", [])
    ]
    if "hold" in given:
        rows.append({"on": str(given["hold"]["from"]), "fact": "hold", "customer": "C1"})
    for paper in given["documents"]:
        rows.append(bill(paper["id"], paper["date"], paper["amount"], customer=paper.get("account", "C1"), issued=paper["date"]))
        if "paid_on" in paper:
            rows.append(money("payment", paper["paid_on"], paper["amount"], invoice=paper["id"], id=f"pay {paper['id']}"))
    rows += _events(given)
    for probe in case["expect"]:
        until = at(probe["day"], "12:00" if "after" in probe else "09:00")
        later = [row for row in rows if row["on"] > until and "after_probe" not in row]
        shown = [row for row in rows if row not in later]
        yield Play(
            a_policy(*steps, age_from="issue" if given.get("age_from") == "invoice_date" else "due"),
            _up_to(shown, probe),
            min(paper["date"] for paper in given["documents"]),
            probe["day"],
            probe["state"],
            lambda lines: _worst(lines, names),
        )


def _up_to(rows: list[Row], probe: Row) -> list[Row]:
    """What is known at the probe: of two events on one noon the first one's outcome is asked before the second happens."""
    noon = [row for row in rows if row["on"] == at(probe["day"])]
    wanted = str(probe.get("after", "")).split(" ")[0]
    index = next((n for n, row in enumerate(noon) if row.get("what", "").startswith(wanted)), -1) if wanted else -1
    last = next((n for n in reversed(range(len(noon))) if noon[n].get("what") == (noon[index].get("what") if index >= 0 else None)), -1)
    hidden = noon[last + 1 :]
    return [{key: value for key, value in row.items() if key != "what"} for row in rows if row not in hidden]


def _events(given: Case) -> Iterator[Row]:
    open_ones = list(given["documents"])
    for event in given.get("events", []):
        on = at(event["day"]) if event.get("after_probe") else str(event["day"])
        chosen = [paper for paper in open_ones if event.get("doc", "all") in {"all", paper["id"]}]
        match event["do"]:
            case "pay_all" | "pay" | "credit_full":
                fact = "credit" if event["do"] == "credit_full" else "payment"
                yield from (money(fact, on, paper["amount"], invoice=paper["id"], what=event["do"]) for paper in chosen)
                open_ones = [paper for paper in open_ones if paper not in chosen]
            case "account_credit":
                yield money("credit", on, event["amount"], customer="C1", what="account_credit")
            case "chargeback":
                yield {"on": on, "fact": "reversal", "of": f"pay {event['doc']}", "id": f"back {event['doc']}", "what": "chargeback"}
            case "chargeback_reversed":
                yield {"on": on, "fact": "reversal", "of": f"back {event['doc']}", "what": "chargeback_reversed"}
            case "lift_hold":
                yield {"on": on, "fact": "release", "customer": "C1", "what": "lift_hold"}
            case other:
                raise CannotExpress(other)


def _worst(lines: list[Row], names: dict[str, str]) -> str:
    """The highest level of what is chased; what is on hold is enforced for nobody."""
    if any("not supported yet" in line.get("because", "") for line in lines):
        raise CannotExpress(lines)
    now = {line["invoice"]: line for line in lines if "state" in line}
    return names.get(max((line["level"] or "" for line in now.values() if line["state"] == "chasing"), default=""), "CLEAR")


def _conditions(case: Case, _: Case) -> Iterator[Play]:
    if any("condition" not in row for row in case["table"]):
        raise CannotExpress(case["id"])
    today = date(2026, 3, 20)
    for row in case["table"]:
        wanted, facts = row["condition"], row["facts"]
        age = facts.get("oldest_age", 10)
        count = 0 if age is None or facts.get("total") == "0" else facts.get("count", 1)
        keys: Row = {"minimum_count": wanted["min_unpaid_count"]} if "min_unpaid_count" in wanted else {}
        keys |= {"minimum": {"EUR": wanted["min_unpaid_total"]}} if "min_unpaid_total" in wanted else {}
        bills = [bill(f"I{n}", today - (age or 0) * _DAY, facts.get("total", "100.00")) for n in range(count)]
        policy = a_policy(remind("s1", "after_due", wanted.get("min_age_days", 1)), **keys)
        yield Play(policy, [*bills, tick(today)], today, today, row["expect"], lambda lines: bool(sent(lines)))


def _levels(case: Case, given: Case) -> Iterator[Play]:
    """Items climb one level a run. Letters are not sent by anything yet: the level and the sum are what is compared."""
    setup = case["setup"]["setup"]
    anchors = {
        "days_after_due": "after_due",
        "end_of_month_after_due_plus": "month_end_after_due",
        "days_after_previous_notice": "after_previous",
    }
    steps = [remind(f"s{step['level']}", anchors[step["rule"]], step["days"]) for step in setup["policies"][given["policy"]]]
    least = dict.fromkeys(("EUR", "USD"), setup["tolerance"])
    rows = [tick(day) for day in setup["runs"]]
    shared = given.get("invoice", {})
    for one in given["items"]:
        currency = one.get("currency", shared.get("currency", "EUR"))
        rows.append(bill(one["id"], one["due"], one["amount"], currency=currency))
        rows += [money("payment", paid["day"], paid["amount"], invoice=one["id"]) for paid in one.get("payments", [])]
    expect = {
        number: {day: (f"s{row[0]}", row[2] if len(row) > 2 else None) for day, row in runs.items()}
        for number, runs in case["expect"].items()
    }

    def read(lines: list[Row]) -> Any:
        found: dict[str, dict[date, tuple[str, str | None]]] = {number: {} for number in expect}
        for number, runs in found.items():
            level = None
            for day in setup["runs"]:
                now = next((line for line in reversed(lines) if line.get("invoice") == number and line["on"] <= str(day)), None)
                if now is not None and now["level"] not in {level, None}:
                    level = now["level"]
                    asked = (expect[number].get(day) or (None, None))[1]
                    runs[day] = (level, now["open"] if asked else None)
            assert set(runs) <= {day for day in sent_on(lines) if _lists(lines, day, number)}
        return found

    policy = a_policy(*steps, sequence="invoice", advance="one_per_run", tolerance=least)
    yield Play(policy, rows, setup["runs"][0], setup["runs"][-1], expect, read)


def _lists(lines: list[Row], day: date, number: str) -> bool:
    return any(number in line["invoices"] for line in sent(lines) if line["on"] == day.isoformat())


def _overdue(case: Case, _: Case) -> Iterator[Play]:
    """An invoice whose payment was disputed and lost is given up."""
    today = date(2026, 3, 20)
    days = {"yesterday": today - _DAY, "2 days ago": today - 2 * _DAY, "tomorrow": today + _DAY, None: None}
    for row in case["table"]:
        rows = [bill("I1", days[row["due"]], on="2026-03-01", status=row["status"])]
        if row["paid"]:
            rows.append(money("payment", "2026-03-02", "100.00", invoice="I1"))
        if row.get("dispute_lost"):
            rows.append({"on": "2026-03-02", "fact": "write_off", "invoice": "I1"})
        yield Play(
            a_policy(remind("s1", "after_due", 1)), [*rows, tick(today)], today, today, row["expect"], lambda lines: bool(sent(lines))
        )


def _steps(rows: list[Row]) -> list[Row]:
    names = {"days_after_issue": "after_issue", "days_before_due": "before_due", "days_after_due": "after_due"}
    return [remind(f"s{n}", names[key], row[key]) for n, row in enumerate(rows, 1) for key in row if key in names]


def _schedule(case: Case, given: Case) -> Iterator[Play]:
    for row in case.get("table", [given | case.get("expect", {})]):
        issued = row.get("issued") or row["invoice"]["issued"]
        due = row.get("due") or issued + timedelta(days=row.get("invoice", {}).get("terms_days", 30))
        steps = _steps(row["steps"])
        if "repeat_every_days_after_last" in row:
            steps[-1]["when"]["repeat_every"] = row["repeat_every_days_after_last"]
        rows = [bill("I1", due, issued=issued)]
        before = [step["sent"] for step in row["steps"] if "sent" in step]
        today = row.get("today", issued)
        wanted = row.get("sent_on") or [*before, row.get("first_on") or row["next_on"]]
        days = [issued + n * _DAY for n in range((wanted[-1] - issued).days + 1)]
        rows += [tick(day) for day in days if day >= today or day in before]
        yield Play(a_policy(*steps), rows, issued, wanted[-1], wanted, sent_on)


def _their_hour(case: Case, given: Case) -> Iterator[Play]:
    client, issued = given["client"], given["invoice_issued"]
    opens = f"{client['hour']:02}:00-18:00"
    book = {"on": str(issued), "fact": "book", "zone": given["company"]["zone"]}
    who = {"on": str(issued), "fact": "customer", "customer": "C1", "zone": client["zone"]}
    hours = [datetime.combine(issued, time(), UTC) + timedelta(hours=n) for n in range(96)]
    rows = [book, who, bill("I1", issued + 30 * _DAY, issued=issued), *(tick(one.isoformat()) for one in hours)]
    expect = [case["expect"]["sent_at_utc"].replace("Z", ":00Z")]
    policy = a_policy(*_steps([given["step"]]), hours=opens)
    yield Play(policy, rows, issued, issued + 4 * _DAY, expect, lambda lines: [line["at"] for line in sent(lines)])


def _hour_table(case: Case, given: Case) -> Iterator[Play]:
    policy = a_policy(remind("s1", "after_due", 1), hours=f"{given['hour_local']}-18:00", business_days=given["weekdays_only"])
    for row in case["table"]:
        days = [row["step_reached"] + n * _DAY for n in range(5)]
        rows = [bill("I1", row["step_reached"] - _DAY), *(tick(at(day, clock)) for day in days for clock in ("08:29", "08:30", "09:30"))]
        expect = [f"{row['expect']}:00Z"]
        yield Play(policy, rows, days[0], days[-1], expect, lambda lines: [line["at"] for line in sent(lines)])


def _gap(case: Case, given: Case) -> Iterator[Play]:
    steps = [remind("s1", "after_due", 1), remind("s2", "after_previous", given["step_gap_days"])]
    first, last = given["step1_sent"], case["expect"]["step2_on"]
    policy = a_policy(*steps, gap_days=given["min_contact_delay_days"])
    yield Play(policy, [bill("I1", first - _DAY)], first, last + 10 * _DAY, [first, last], sent_on)


def _carrier(case: Case, given: Case) -> Iterator[Play]:
    """The oldest has been written to at a step; then some are paid. The steps lie so that the age of the oldest is that step's day."""
    today, late, last = date(2026, 3, 20), given["overdue_days"], given["last_step_sent"]
    days = [1, *(10 * n for n in range(1, last - 1)), max(late.values()), max(late.values()) + 10]
    rows = [bill(name, today - age * _DAY) for name, age in late.items()]
    rows += [money("payment", at(today), "100.00", invoice=name) for name in case["when"]["paid"]]
    rows += [tick(today + n * _DAY) for n in range(60)]
    for mode, step in case["expect"].get("next_step_by_mode", {"by_age": case["expect"].get("next_step")}).items():
        expect = (case["expect"]["carrier"], f"s{step}")
        yield Play(a_policy(*steps_of(days), on_new_leader=mode), rows, today, today + 59 * _DAY, expect, lambda lines: _led(lines)[1])


def _led(lines: list[Row]) -> list[tuple[str, str]]:
    return [(line["invoices"][0], line["step"]) for line in sent(lines)]


def _older_arrives(case: Case, given: Case) -> Iterator[Play]:
    last, carrier, later = given["last_step_sent"], given["carrier"], given["arrives"]
    days = [1, *(10 * n for n in range(1, last + 2))]
    written = carrier["due"] + days[last - 1] * _DAY
    rows = [bill(carrier["id"], carrier["due"]), bill(later["id"], later["due"], on=at(written)), tick(written)]
    rows += [tick(written + n * _DAY) for n in range(1, 5)]
    expect = [(carrier["id"], f"s{last}"), (case["expect"]["carrier"], f"s{case['expect']['next_step']}")]
    yield Play(a_policy(*steps_of(days)), rows, written, written + 4 * _DAY, expect, _led)


def _first_contact(case: Case, given: Case) -> Iterator[Play]:
    modes = {"replay_all": "replay", "highest_due_once": "highest_due", "hold_for_review": "review"}
    today, days = given["today"], given["steps_at_days"]
    due = today - given["overdue_days"] * _DAY
    next_step = min(due + each * _DAY for each in days if due + each * _DAY > today)
    for mode, expect in case["expect_by_mode"].items():
        policy = a_policy(*steps_of(days), first_contact=modes[mode], gap_days=given["min_contact_delay_days"])
        wanted = (expect["sent_on"], [f"s{step}" for step in expect.get("steps", [])], expect.get("card", False))
        last = max([next_step - _DAY, *expect["sent_on"]])

        def read(lines: list[Row]) -> Any:
            return sent_on(lines), [line["step"] for line in sent(lines)], any(line.get("action") == "review" for line in lines)

        yield Play(policy, [bill("I1", due, on=today)], today, last, wanted, read)


def _switched_off(case: Case, given: Case) -> Iterator[Play]:
    due, modes = date(2026, 3, 2), {"no_catch_up": "skip", "catch_up": "catch_up"}
    off = {"on": str(due + given["off_at_age"] * _DAY), "fact": "policy_off"}
    on = {"on": str(due + given["on_at_age"] * _DAY), "fact": "policy_on"}
    for mode, expect in case["expect_by_mode"].items():
        policy = a_policy(*steps_of(given["steps_days_after_due"]), after_pause=modes[mode])
        wanted = [due + age * _DAY for age in expect["sent_at_age"]]
        yield Play(policy, [bill("I1", due), off, on], due, due + 60 * _DAY, wanted, sent_on)


def _promised(case: Case, given: Case) -> Iterator[Play]:
    promise, days = given["promise"], given["steps_on"]
    due = days[0] - _DAY
    policy = a_policy(*steps_of([(day - due).days for day in days]), promise_grace_days=given["promise_grace_days"])
    for row in case["table"]:
        rows: list[Row] = [
            bill("I1", due, on=promise["made"]),
            {"on": str(promise["made"]), "fact": "promise", "invoices": ["I1"], "until": str(promise["for"])},
        ]
        if row["paid_on"]:
            rows.append(money("payment", row["paid_on"], "100.00", invoice="I1"))
        expect = (row["expect"]["sent_on"], row["expect"].get("broken_on"))

        def read(lines: list[Row]) -> Any:
            stood = [line for line in lines if "state" in line]
            broken = (date.fromisoformat(b["on"]) for a, b in pairwise(stood) if (a["state"], b["state"]) == ("promised", "chasing"))
            return sent_on(lines), next(broken, None)

        yield Play(policy, rows, promise["made"], days[-1] + 30 * _DAY, expect, read)


def _planned(case: Case, given: Case) -> Iterator[Play]:
    owed, expect = given["invoice"], case["expect"]
    plan: Row = {"id": "plan", "on": str(owed["due"]), "fact": "plan", "invoices": ["I1"]}
    plan |= {"instalments": [{"due": str(part["due"]), "amount": part["amount"]} for part in given["plan"]]}
    rows = [bill("I1", owed["due"], owed["total"]), plan]
    rows += [money("payment", paid["day"], paid["amount"], invoice="I1") for paid in given["paid"]]
    keys = {key: given[key] for key in ("grace_days", "cure_days")}
    policy = a_policy(*steps_of(given["steps_days_after_due"], "after_instalment"), **keys)
    wanted = [(str(one["day"]), one["asks"]) for one in expect["sent"]]
    until = expect["observed_until"]
    yield Play(policy, rows, owed["due"], until, wanted, lambda lines: [(x["on"], x["amount"]) for x in sent(lines)])
    late = [expect["plan_in_default_from"].isoformat()]
    yield Play(policy, rows, owed["due"], until, late, lambda lines: [x["on"] for x in lines if x.get("step") == "plan_late"])


def _split(case: Case, _: Case) -> Iterator[Play]:
    """What is edited in the form is a form's matter."""
    for row in case["table"]:
        if "edited" in row:
            continue
        due = date(2026, 3, 2)
        parts = [{"due": str(due + n * _DAY), "share": 1} for n in range(row["n"])]
        rows = [bill("I1", due, row["total"]), {"id": "p", "on": str(due), "fact": "plan", "invoices": ["I1"], "instalments": parts}]

        def read(lines: list[Row], count: int = row["n"]) -> Any:
            refused = any(line.get("action") == "refused" for line in lines)
            return "rejected" if refused else [line["open"] for line in lines if line.get("invoice", "").startswith("p/")][:count]

        yield Play(a_policy(remind("s1", "after_due", 90)), rows, due, due, row["expect"], read)


def _resolved(case: Case, given: Case) -> Iterator[Play]:
    owed, today = given["invoice"], given["today"]
    parts = [{"due": str(part["due"]), "share": part["pct"]} for part in owed["instalments"]]
    rows: list[Row] = [invoice("I1", None, owed["total"], issued=str(owed["issued"]), instalments=parts), tick(today)]
    policy = a_policy(remind("s1", "after_due", 1))
    for n, step in enumerate(case["steps"]):
        on = at(today, f"{12 + n}:00")
        if step["do"] == "pay":
            rows = [*rows, money("payment", on, step["amount"], invoice="I1", id="paid")]
        elif step["do"] == "cancel_payment":
            rows = [*rows, {"on": on, "fact": "reversal", "of": "paid"}]
        expect = [item["amount"] for item in step["expect"].get("items", [])] or step["expect"]["case"]

        def read(lines: list[Row], *, asked: bool = "items" in step["expect"]) -> Any:
            now = {line["invoice"]: line for line in lines if "state" in line}
            is_open = any(line["state"] == "chasing" for line in now.values())
            return amounts_of(lines) if asked else "open" if is_open else "resolved"

        yield Play(policy, rows, owed["issued"], today, expect, read)


_SHAPES: list[tuple[tuple[str, ...], Callable[[Case, Case], Iterator[Play]]]] = [
    *peer_money.SHAPES,
    *peer_lists.SHAPES,
    (("states", "documents"), _ages),
    (("policy", "items"), _levels),
    (("steps", "invoice", "expect"), _schedule),
    (("client", "company"), _their_hour),
    (("hour_local", "table"), _hour_table),
    (("step1_sent",), _gap),
    (("overdue_days", "when"), _carrier),
    (("arrives",), _older_arrives),
    (("steps_at_days",), _first_contact),
    (("off_at_age",), _switched_off),
    (("promise", "steps_on"), _promised),
    (("plan", "invoice"), _planned),
    (("today", "invoice", "steps"), _resolved),
]
_TABLES: list[tuple[frozenset[str], Callable[[Case, Case], Iterator[Play]]]] = [
    (frozenset({"condition", "facts"}), _conditions),
    (frozenset({"status", "paid", "due"}), _overdue),
    (frozenset({"issued", "due", "steps"}), _schedule),
    (frozenset({"total", "n"}), _split),
    *peer_money.TABLES,
    *peer_lists.TABLES,
]


def _by_row(case: Case, given: Case) -> Iterator[Play]:
    for shape, translate in _TABLES:
        if not given and all(shape <= set(row) for row in case["table"]):
            return translate(case, given)
    if given:
        raise CannotExpress(case["id"])
    return peer_money.mixed(case, given)


_SHAPES.append((("table",), _by_row))
