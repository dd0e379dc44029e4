"""The demo tells the same on every run, and what it tells can be computed from the sample book."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.bot.cli_place import SAMPLE, Place

TODAY = date(2026, 11, 24)
SIGNS = {"EUR": "€", "USD": "$"}


def rows() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def open_sum(row: dict[str, str]) -> Decimal:
    return max(Decimal(row["Amount"]) - Decimal(row["Paid"] or "0"), Decimal(0))


def late(row: dict[str, str]) -> int:
    return (TODAY - date.fromisoformat(row["Due"])).days


def bucket(row: dict[str, str]) -> str:
    days = late(row)
    return "current" if days <= 0 else next((f"{low}-{low + 29}" for low in (1, 31, 61) if days <= low + 29), "90+")


def shown(currency: str, amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}{SIGNS[currency]}{abs(amount):,.2f}"


def test_the_demo_says_the_same_twice_whatever_lies_around(empty_place: Place) -> None:
    first = empty_place.duebot("demo", "--once")
    empty_place.file("duebot.toml", "nonsense = [")
    second = empty_place.duebot(
        "demo", "--once", env={"DUEBOT_DATABASE_URL": "mysql://h/x", "DUEBOT_SLACK__BOT_TOKEN": "xoxb-1", "DUEBOT_SMTP__PORT": "x"}
    )
    assert (first.code, first.err) == (0, "")
    assert second == first
    assert [file.name for file in empty_place.folder.iterdir()] == ["duebot.toml"]


def test_the_demos_aging_is_the_sample_books(empty_place: Place) -> None:
    told = {tuple(line.split()) for line in empty_place.duebot("demo", "--once").out.splitlines()}
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows():
        if open_sum(row):
            sums[row["Currency"], bucket(row)].append(open_sum(row))
        over = min(Decimal(row["Amount"]) - Decimal(row["Paid"] or "0"), Decimal(0))
        totals[row["Currency"]] += open_sum(row) + over
        if over:
            assert (row["Currency"], "unapplied", "0", shown(row["Currency"], over)) in told
    for (currency, name), found in sums.items():
        assert (currency, name, str(len(found)), shown(currency, sum(found, Decimal(0)))) in told
    for currency, amount in totals.items():
        number = sum(len(found) for (one, _), found in sums.items() if one == currency)
        assert (currency, "total", str(number), shown(currency, amount)) in told


def test_mail_went_to_those_a_step_of_the_policy_is_reached_for(empty_place: Place) -> None:
    """Overdue for 3 days, or due within 3; not paid, with an address, above the least sum, not with a manager, in office hours."""
    expected: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        ripe = late(row) >= 3 or -3 <= late(row) <= 0
        over = [one for one in rows() if one["Customer"] == row["Customer"] and Decimal(one["Paid"] or "0") > Decimal(one["Amount"])]
        asleep = row["Time zone"] == "America/New_York"  # 04:00 there
        if ripe and open_sum(row) >= 25 and row["E-mail"] and late(row) < 45 and not over and not asleep:
            expected[row["E-mail"]].add(row["Invoice number"])
    told = empty_place.duebot("demo", "--once").out
    mails = dict(re.findall(r"^  (\S+@\S+): (.*)$", told, re.MULTILINE))
    assert set(mails) == set(expected)
    for address, numbers in expected.items():
        assert re.findall(r"AF-\d+", mails[address])[0] in numbers
    assert f"{len(expected)} messages queued, {len(expected)} sent" in told


def test_every_open_item_is_accounted_for(empty_place: Place) -> None:
    told = empty_place.duebot("demo", "--once").out.partition("Why each item stands as it does:")[2]
    reasons = dict(re.findall(r"^  .*, (AF-\d+): (.+)$", told, re.MULTILINE))
    assert set(reasons) == {row["Invoice number"] for row in rows() if open_sum(row)}
    assert "limits" in reasons["AF-1039"]
    assert "No address" in reasons["AF-1042"]
    assert "escalated" in reasons["AF-0987"]
    assert "Money on account" in reasons["AF-1064"]
