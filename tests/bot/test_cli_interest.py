"""What may be charged on a late invoice is worked out from the ledger, the rates and the law."""

from __future__ import annotations

import pytest

from tests.bot.cli_place import Place

HEAD = "Invoice number,Customer number,Customer,Amount,Currency,Issued,Due,Country,Paid on,Paid"
RATES = {"DUEBOT_RATES": "rates.csv"}


@pytest.fixture
def owed(place: Place) -> Place:
    lines = [
        HEAD,
        "U-1,C1,Acme Ltd,12500.00,GBP,2026-01-01,2026-01-31,GB,,",
        "U-2,C1,Acme Ltd,1000.00,GBP,2026-01-01,2026-01-31,GB,2026-02-20,400.00",
    ]
    place.file("rates.csv", "regime,valid_from,percent", "uk,2025-12-18,3.75")
    assert place.duebot("book", "main", "--country", "GB", "--zone", "Europe/London").code == 0
    assert place.duebot("import", place.file("owed.csv", *lines), "--yes").code == 0
    return place


def test_the_law_of_the_sellers_country_is_applied(owed: Place) -> None:
    told = owed.duebot("interest", "U-1", "--at", "2026-03-17", "--json", env=RATES).json
    assert told == {"invoice": "U-1", "at": "2026-03-17", "currency": "GBP", "days": 45, "interest": "181.08", "fixed_sum": "100.00"}
    assert (
        "45 days late: interest of £181.08, and the fixed sum of £100.00."
        in owed.duebot("interest", "U-1", "--at", "2026-03-17", env=RATES).out
    )


def test_money_that_came_late_counts_from_its_day(owed: Place) -> None:
    assert owed.duebot("interest", "U-2", "--at", "2026-03-02", "--json", env=RATES).json["interest"] == "8.37"


def test_a_contract_takes_the_place_of_the_law(owed: Place) -> None:
    words = ("interest", "U-1", "--monthly", "1.5", "--unit", "started_months", "--at", "2026-03-17", "--json")
    assert owed.duebot(*words).json["interest"] == "375.00"


@pytest.mark.parametrize(
    ("words", "env", "code", "said"),
    [
        (("U-1", "--at", "2026-03-17"), {}, 1, "No rate of “uk” for 2025-12-31 is loaded"),
        (("U-1", "--at", "2026-01-31"), RATES, 1, "not more than 0 days late"),
        (("U-9",), RATES, 1, "No invoice has the number “U-9”."),
        (("U-1", "--regime", "mars"), RATES, 2, "no regime"),
        (("U-1", "--monthly", "NaN"), RATES, 2, "no percentage"),
    ],
)
def test_what_cannot_be_charged_is_said(owed: Place, words: tuple[str, ...], env: dict[str, str], code: int, said: str) -> None:
    told = owed.duebot("interest", *words, env=env)
    assert (told.code, said in " ".join(told.err.split())) == (code, True)
