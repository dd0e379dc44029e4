"""Terms and rolling: DOMAIN 8's lines that are not the calendar's own, and DOMAIN 5's default terms."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.domain.calendar import Place
from workflows.domain.terms import BadTerms, Roll, due_on, late_after, rolled, too_long

ISSUED = date(2026, 1, 15)
AMERICA = Place("America/New_York", "US")
ENGLAND = Place("Europe/London", "GB", "ENG")


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("net 30", "2026-02-14"),
        ("30 days", "2026-02-14"),
        ("Net  0", "2026-01-15"),
        ("EOM", "2026-01-31"),
        ("EOM + 30", "2026-03-02"),
        ("30 days then EOM", "2026-02-28"),
        ("15th of following month", "2026-02-15"),
        ("31 following", "2026-02-28"),
        ("45 eom", "2026-03-31"),
        ("eom+45", "2026-03-17"),
    ],
)
def test_terms_say_when_an_invoice_is_due(terms: str, due: str) -> None:
    assert due_on(terms, ISSUED) == date.fromisoformat(due)


def test_a_day_of_the_following_month_may_lie_in_the_next_year() -> None:
    assert due_on("1st of following month", date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize("terms", ["", "soon", "net", "net -3", "0 following", "2/10 net 30", "net 30; drop table", "net ٣"])
def test_words_that_are_no_terms_are_refused(terms: str) -> None:
    with pytest.raises(BadTerms, match="following"):
        due_on(terms, ISSUED)


@pytest.mark.parametrize(
    ("day", "place", "following", "preceding", "modified"),
    [
        ("2026-05-31", AMERICA, "2026-06-01", "2026-05-29", "2026-05-29"),
        ("2026-12-25", ENGLAND, "2026-12-29", "2026-12-24", "2026-12-29"),
        ("2026-06-01", AMERICA, "2026-06-01", "2026-06-01", "2026-06-01"),
    ],
)
def test_a_day_that_is_no_business_day_rolls(day: str, place: Place, following: str, preceding: str, modified: str) -> None:
    found = [rolled(date.fromisoformat(day), place, roll).isoformat() for roll in Roll]
    assert found == [following, preceding, modified]


@pytest.mark.parametrize(
    ("invoiced", "delivered", "last"),
    [("2026-01-15", None, "2026-02-14"), ("2026-01-15", "2026-01-20", "2026-02-19"), ("2026-01-15", "2026-01-02", "2026-02-14")],
)
def test_without_an_agreed_day_thirty_days_count_from_the_later_of_invoice_and_delivery(
    invoiced: str, delivered: str | None, last: str
) -> None:
    got = None if delivered is None else date.fromisoformat(delivered)
    assert late_after(date.fromisoformat(invoiced), got) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("due", "agreed", "doubtful"), [("2026-03-16", False, False), ("2026-03-17", False, True), ("2026-03-17", True, False)]
)
def test_more_than_sixty_days_need_an_express_agreement(due: str, agreed: bool, doubtful: bool) -> None:
    assert too_long(ISSUED, date.fromisoformat(due), expressly_agreed=agreed) is doubtful
