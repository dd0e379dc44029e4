"""Shared cases of who is written to, and what the message lists: thresholds, campaigns, sums, counters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from tests.workflows.ledgers import Row, a_policy, remind
from tests.workflows.peer_plays import Play, amounts_of, bill, money, sent, sent_on, tick

Case = dict[str, Any]
_DAY = timedelta(days=1)


def threshold_table(case: Case, given: Case) -> Iterator[Play]:
    """The last attempt so long ago, or sums in several currencies."""
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    for row in case["table"]:
        owed = row.get("overdue", given.get("overdue"))
        bills = [bill(f"{code}{n}", date(2026, 3, 1), one, currency=code) for code, all_ in owed.items() for n, one in enumerate(all_)]
        ticks = [now]
        if (days := re.search(r"(\d+) days", str(row.get("last_attempt", "")))) is not None:
            ticks.append(now - timedelta(days=int(days[1]), seconds=1 if "1 second" in row["last_attempt"] else 0))
        policy = a_policy(remind("s1", "after_due", 1, 1), minimum=given["threshold"], gap_days=given.get("gap_days", 0))
        rows = [*bills, *(tick(one.isoformat()) for one in ticks)]
        expect = set(row["expect_attempts"]) if "expect_attempts" in row else {"attempt": set(owed), "none": set()}[row["expect"]]
        yield Play(
            policy, rows, date(2026, 3, 1), now.date(), expect, lambda lines: _currencies(lines, now.isoformat().replace("+00:00", "Z"))
        )


def _currencies(lines: list[Row], instant: str) -> set[str]:
    return {line["currency"] for line in sent(lines) if line["at"] == instant}


def own_campaign(case: Case, given: Case) -> Iterator[Play]:
    """Everybody's policy and the customer's own, which may be in another currency."""
    today, own = date(2026, 3, 2), given["customer_campaign"]
    everyone = a_policy(remind("s1", "after_due", 1), minimum=given["entity_campaign"])
    for row in case["table"]:
        code = row.get("customer_campaign_currency", "EUR")
        applies = {"customer": ["C1"], "currency": [code]}
        mine = a_policy(remind("s1", "after_due", 1), name="customer", applies_to=applies, minimum={code: own["EUR"]})
        bills = [
            bill(f"{code}{n}", today - _DAY, one, currency=code) for code, all_ in row["overdue"].items() for n, one in enumerate(all_)
        ]
        expect = {(row["expect"]["campaign"], code) for code in row["expect"]["attempts"]}
        yield Play(
            [everyone, mine], [*bills, tick(today)], today, today, expect, lambda lines: {(x["policy"], x["currency"]) for x in sent(lines)}
        )


def campaign(case: Case, given: Case) -> Iterator[Play]:
    """A gap of strictly more than so many whole days is one calendar day more. Nothing tells of `finished` yet."""
    gap = given["gap_days"] + ("gap_rule" in given)
    policy = a_policy(remind("s1", "after_due", 0, 1), minimum=given["threshold"], gap_days=gap, max_attempts=given["max_attempts"])
    rows = [
        bill(f"I{n}", date.fromisoformat(one["day"][:10]) - _DAY, one["amount"], currency=one["currency"], on=f"{one['day']}:00Z")
        for n, one in enumerate(given["overdue_from"])
    ]
    rows += [tick(f"{run['at']}:00Z") for run in case["runs"]]
    days = [date.fromisoformat(run["at"][:10]) for run in case["runs"]]
    expect = [(set(run["expect"]["attempted"]), run["expect"]["requests_total"]) for run in case["runs"]]

    def read(lines: list[Row]) -> Any:
        runs = [f"{run['at']}:00Z" for run in case["runs"]]
        return [(_currencies(lines, run), sum(line["at"] <= run for line in sent(lines))) for run in runs]

    yield Play(policy, rows, days[0], days[-1], expect, read)


def sums(case: Case, given: Case) -> Iterator[Play]:
    for row in case["table"]:
        rows: list[Row] = []
        for one in given["invoices_cents"]:
            cents = one | row.get("override", {}).get(one["id"], {})
            rows.append(bill(one["id"], date(2026, 3, 1), f"{cents['total'] / 100:.2f}"))
            if cents["paid"]:
                rows.append(money("payment", "2026-03-01", f"{cents['paid'] / 100:.2f}", invoice=one["id"]))
        offsets = row["credit_offsets"]
        rows += [money("credit", "2026-03-01", f"{o['offset'] / 100:.2f}", invoice=o["inv"], status=o["status"]) for o in offsets]
        expect = [f"{row['expect_cents'] / 100:.2f}"]
        yield Play(a_policy(remind("s1", "after_due", 3)), rows, date(2026, 3, 1), date(2026, 3, 9), expect, amounts_of)


def listed(case: Case, given: Case) -> Iterator[Play]:
    """One old invoice triggers; a reminder inside the interval silences everybody."""
    today = given["today"]
    for row in case["table"]:
        one_step = remind("s1", "after_due", given["trigger_days"] + 1, 1 if "min_interval_days" in given else None)
        policy = a_policy(one_step, gap_days=given.get("min_interval_days", 0))
        if "due_dates" in row:
            rows = [bill(str(due), due) for due in row["due_dates"]]
            expect: Any = [str(due) for due in row["expect_listed"]]
            yield Play(
                policy, [*rows, tick(today)], today, today, expect, lambda lines: [n for line in sent(lines) for n in line["invoices"]]
            )
            continue
        rows = [bill(f"I{n}", one["due"]) for n, one in enumerate(row["invoices"])]
        ticks = [tick(one["last_reminder"]) for one in row["invoices"] if "last_reminder" in one]
        contacted = row["expect"] == "contacted"
        yield Play(policy, [*rows, *ticks, tick(today)], date(2026, 3, 1), today, contacted, lambda lines: today in sent_on(lines))


def counted(case: Case, given: Case) -> Iterator[Play]:
    """A was written of as often as it says, B joins it, and the last step goes over the row's channel."""
    day = date(2026, 3, 2)
    for row in case["table"]:
        said = row["counters"]["A"]
        steps = [remind(f"s{n}", "after_due", n) for n in range(1, said + 1)]
        last = remind("last", "after_due", said + 1) | {"do": [{"remind": {"via": [row["channel"]], "template": "first"}}]}
        dues = dict(zip(row["counters"], (day, day + said * _DAY), strict=False))
        rows = [bill(name, dues[name]) for name in row["counters"]]
        end = day + (said + 1) * _DAY
        yield Play(a_policy(*steps, last), rows, day, end, row["expect"], partial(_counts, tuple(dues)))


def _counts(names: tuple[str, ...], lines: list[Row]) -> Row:
    ordinals = [line["ordinal"] for line in sent(lines)]
    written = [line for line in sent(lines) if line["ordinal"] is not None]
    counters = {name: sum(name in line["invoices"] for line in written) for name in names}
    return {"counters": counters} | ({} if ordinals[-1] is None else {"notice_number": ordinals[-1]})


SHAPES: list[tuple[tuple[str, ...], Callable[[Case, Case], Iterator[Play]]]] = [
    (("threshold", "table"), threshold_table),
    (("customer_campaign", "table"), own_campaign),
    (("threshold", "runs"), campaign),
    (("invoices_cents",), sums),
    (("trigger_days", "table"), listed),
]
TABLES: list[tuple[frozenset[str], Callable[[Case, Case], Iterator[Play]]]] = [(frozenset({"counters", "channel"}), counted)]
