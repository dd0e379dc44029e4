"""How long what must be kept: the law's years for the seller's records, and for records of contact with those who owe (not legal advice)."""

from __future__ import annotations

from datetime import date

from workflows.domain.account import Account, Party
from workflows.domain.calendar import months_after
from workflows.domain.values import value


@value
class Retention:
    """`years` after the end of the calendar year of the record, in force from that day; `country` is the seller's."""

    country: str
    years: int
    valid_from: date
    source: str


INVOICES = (
    Retention("DE", 10, date(1977, 1, 1), "German Fiscal Code, section 147, as it was"),
    Retention("DE", 8, date(2025, 1, 1), "German Fiscal Code, section 147, since the fourth law against bureaucracy"),
    Retention("FR", 10, date(1999, 1, 1), "French Commercial Code, article L123-22"),
    Retention("GB", 6, date(2006, 11, 8), "Companies Act 2006, section 388, with the VAT rules"),
)
LONGEST = 10  # years, where the seller's country has no row: the longest of those known
US_CONTACT_YEARS = 3  # Regulation F, 1006.100: after the last activity


def invoices_until(country: str | None, issued: date, today: date) -> date:
    """The last day on which a copy of an invoice of that day has to be there."""
    return date(issued.year + _years(country, today), 12, 31)


def invoices_kept_from(country: str | None, today: date) -> date:
    """Of what was issued, paid or written before that day no record has to be there any more."""
    return date(today.year - _years(country, today), 1, 1)


def _years(country: str | None, today: date) -> int:
    known = [row for row in INVOICES if row.country == country and row.valid_from <= today]
    return max(known, key=lambda row: row.valid_from).years if known else LONGEST


def contact_until(account: Account, last_activity: date) -> date | None:
    """The last day for what was written to and by a consumer in the United States; null: nothing says that it is kept."""
    if account.customer.party is not Party.CONSUMER or account.customer.place.country != "US":
        return None
    return months_after(last_activity, 12 * US_CONTACT_YEARS)
