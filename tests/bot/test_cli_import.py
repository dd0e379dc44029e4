"""`duebot import` from a file to facts, or to a question."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from tests.bot.cli_place import SAMPLE, TODAY, Place
from tests.paths import shared

HEADER = "Invoice number,Customer,Due,Amount,Currency"
GOOD = (HEADER, "A-1,Acme,2026-10-29,100.00,EUR", "A-2,Acme,2026-11-13,50.50,EUR")
BAD = "A-3,Acme,2026-11-20,much,EUR"
UNSAID = ("Invoice number,Customer,Due,Amount", "A-1,Acme,2026-10-29,100.00")
AMBIGUOUS = (HEADER, "A-1,Acme,03/04/2026,100.00,EUR")


def counts(figures: dict[str, object]) -> tuple[object, ...]:
    return tuple(figures[name] for name in ("rows", "invoices", "imported", "updated", "unchanged"))


def known(place: Place) -> int:
    """How many open invoices the book has by now."""
    listed = place.duebot("report", "aging", "--json").json["currencies"]
    return sum(one["count"] for one in listed)


def test_a_file_is_read_and_its_mapping_shown(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", *GOOD))
    assert told.code == 0
    assert told.out == "Read 2 rows: 2 invoices, 2 imported, 0 updated, 0 unchanged, 0 refused.\n"
    assert "number: Invoice number" in told.err


def test_the_same_file_again_changes_nothing(place: Place) -> None:
    name = place.file("a.csv", *GOOD)
    assert counts(place.duebot("import", name, "--json").json) == (2, 2, 2, 0, 0)
    assert counts(place.duebot("import", name, "--yes", "--json").json) == (2, 2, 0, 0, 2)
    paid = place.file("b.csv", f"{HEADER},Paid on,Paid", "A-1,Acme,2026-10-29,100.00,EUR,2026-11-01,100.00")
    assert counts(place.duebot("import", paid, "--json").json) == (1, 1, 0, 1, 0)
    assert known(place) == 1


def test_a_compressed_file_is_read_like_a_plain_one(place: Place) -> None:
    (place.folder / "a.csv.gz").write_bytes(gzip.compress("\n".join(GOOD).encode()))
    assert counts(place.duebot("import", "a.csv.gz", "--json").json) == (2, 2, 2, 0, 0)


@pytest.mark.parametrize(("lines", "asks_for"), [(UNSAID, "--currency"), (AMBIGUOUS, "DD/MM/YYYY")], ids=["no currency", "ambiguous date"])
@pytest.mark.parametrize("yes", [(), ("--yes",)], ids=["", "yes"])
def test_a_question_is_exit_code_2_and_nothing_is_kept(place: Place, lines: tuple[str, ...], asks_for: str, yes: tuple[str, ...]) -> None:
    told = place.duebot("import", place.file("a.csv", *lines), "--json", *yes)
    assert (told.code, told.out) == (2, "")
    assert asks_for in told.err
    assert known(place) == 0


def test_the_answer_to_the_question_lets_it_through(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", *UNSAID), "--currency", "usd", "--json")
    assert told.code == 0
    assert [one["currency"] for one in place.duebot("report", "aging", "--json").json["currencies"]] == ["USD"]


def test_a_mapping_file_says_what_cannot_be_guessed(place: Place) -> None:
    mapping = place.file(
        "m.yaml", "name: ours", "number: A", "customer: B", "due: {column: C, format: DD/MM/YYYY}", "total: D", "currency: {always: EUR}"
    )
    told = place.duebot("import", place.file("a.csv", "A,B,C,D", "1,Acme,03/04/2026,10"), "--map", mapping, "--json")
    assert (told.code, told.json["imported"]) == (0, 1), told.err
    assert "Read as follows" not in told.err


def test_bad_rows_are_refused_by_line_and_column_and_the_good_ones_kept(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", *GOOD, BAD), "--json")
    assert told.code == 0
    assert counts(told.json) == (3, 2, 2, 0, 0)
    (refused,) = told.json["refused"]
    assert (refused["line"], refused["column"]) == (4, "Amount")
    assert known(place) == 2


def test_all_or_nothing_keeps_nothing_and_fails(place: Place) -> None:
    name = place.file("a.csv", *GOOD, BAD)
    told = place.duebot("import", name, "--all-or-nothing")
    assert told.code == 1
    assert "nothing was kept" in told.out
    assert "line 4, Amount:" in told.out
    figures = place.duebot("import", name, "--all-or-nothing", "--json")
    assert (figures.code, figures.json["rows"], len(figures.json["refused"])) == (1, 3, 1)
    assert known(place) == 0
    assert place.duebot("import", place.file("b.csv", *GOOD), "--all-or-nothing").code == 0


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(place: Place) -> None:
    name = place.file("a.csv", *GOOD, BAD)
    told = place.duebot("import", name, "--dry-run")
    assert (told.code, told.out.splitlines()[0]) == (0, "Would read 3 rows: 2 invoices, 2 imported, 0 updated, 0 unchanged, 1 refused.")
    assert place.duebot("import", name, "--dry-run", "--json").json["imported"] == 2
    assert known(place) == 0


def test_what_a_cell_says_never_moves_the_cursor(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", *GOOD, "A-3,Acme,2026-11-20,\x1b[31mmuch,EUR"))
    assert "\x1b" not in told.out + told.err


def test_a_file_from_a_day_to_come_is_refused(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", *GOOD), "--as-of", "2999-01-01")
    assert (told.code, told.out) == (1, "")
    assert "--as-of" in told.err


def test_a_second_book_keeps_its_own_invoices(place: Place) -> None:
    assert place.duebot("book", "north", "--name", "North AS", "--zone", "Europe/Oslo").code == 0
    assert place.duebot("import", place.file("a.csv", *GOOD), "--book", "north").code == 0
    assert known(place) == 0
    assert place.duebot("report", "aging", "--book", "north", "--json").json["currencies"][0]["count"] == 2


# The real ledgers ------------------------------------------------------------------------------------------------------


def aged(place: Place, day: str) -> Iterator[tuple[object, ...]]:
    for one in place.duebot("report", "aging", "--at", day, "--json").json["currencies"]:
        buckets = one["buckets"].values()
        assert one["unapplied"] == "0.00"
        yield (one["currency"], *((bucket["count"], bucket["amount"]) for bucket in buckets), one["count"], one["total"])


NOTHING = (0, "0.00")


def test_the_ibm_ledger_ages_to_the_cent(place: Place) -> None:
    ledger = str(shared("data/ibm-accounts-receivable.csv"))
    told = place.duebot("import", ledger, "--map", "ibm-receivables", "--currency", "USD", "--json")
    assert counts(told.json) == (2466, 2466, 2466, 0, 0)
    assert (told.json["refused"], told.json["repeats"]) == ([], [])
    first = ("USD", (86, "4936.32"), (13, "788.74"), NOTHING, NOTHING, NOTHING, 99, "5725.06")
    second = ("USD", (72, "4284.29"), (12, "835.56"), NOTHING, NOTHING, NOTHING, 84, "5119.85")
    assert list(aged(place, "2012-12-31")) == [first]
    assert list(aged(place, "2013-06-30")) == [second]


def test_the_open_highradius_ledger_ages_to_the_cent_in_both_currencies(place: Place) -> None:
    ledger = str(shared("data/highradius-invoices.csv.gz"))
    told = place.duebot("import", ledger, "--map", "highradius", "--as-of", "2020-05-22", "--json")
    assert (told.code, told.json["rows"], len(told.json["refused"])) == (0, 39_785, 934)
    cad = ((8, "477904.02"), (222, "12149526.34"), (275, "16962266.19"), (96, "5090771.46"))
    usd = ((405, "8327632.20"), (2734, "85778787.56"), (3235, "102122866.36"), (811, "23523642.52"))
    assert list(aged(place, "2020-05-22")) == [("CAD", *cad, NOTHING, 601, "34680468.01"), ("USD", *usd, NOTHING, 7185, "219752928.64")]


def test_the_sample_book_is_read_without_a_question(place: Place) -> None:
    assert counts(place.duebot("import", str(SAMPLE), "--json").json) == (15, 15, 15, 0, 0)


def test_what_cannot_be_guessed_is_asked_beside_a_draft(place: Place) -> None:
    told = place.duebot("import", place.file("a.csv", "Invoice number,Customer,When,Amount", "A-1,Acme,2026-10-29,100.00"))
    assert (told.code, told.out) == (2, "")
    assert "number: Invoice number\ncustomer: Customer\ndue: '?'\ntotal: Amount\n" in told.err
    assert told.err.endswith("Keep the lines above in a file, write the column's name for each ?, and give it with --map.\n")
    told = place.duebot("import", place.file("b.csv", f"{HEADER},Colour", "A-1,Acme,2026-10-29,100.00,EUR,red"))
    assert 'Not read: "Colour".' in told.err


def test_an_open_invoice_that_the_file_no_longer_has_is_named_and_waits(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    both, one = place.file("both.csv", *GOOD), place.file("one.csv", *GOOD[:-1])
    assert place.duebot("import", both, "--json").json["unlisted"] == []
    monkeypatch.setattr(SystemClock, "now", lambda _clock: TODAY + timedelta(hours=1))
    assert place.duebot("import", one, "--part", "--json").json["unlisted"] == []
    told = place.duebot("import", one)
    assert told.out.splitlines()[1:] == [
        "  Open before, and not in this file: 1 invoice (A-2).",
        "  What is gone may be paid, so reminders about it wait until a file has it again, or somebody releases it.",
        "  A file that has only some of the open invoices is read with --part.",
    ]
    assert "no longer has it, so it may be paid." in place.duebot("explain", "A-2").out
    assert place.duebot("import", both, "--json").json["unlisted"] == []
    assert "may be paid" not in place.duebot("explain", "A-2").out
