"""The cards of reports and summaries, of one book in two currencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cards.aging import aging
from cards.elements import Card, files_of, pictured
from cards.figures import figures
from cards.forecast import forecast
from cards.summary import WaitingLine, debtors, summary, waiting
from cards.summary_lists import Between, answered, collected, coming, promises_due, sent
from workflows.domain.account import Book, NoticeState
from workflows.domain.aging import AgingRow, Debtor, nothing_open
from workflows.domain.contact import Meaning
from workflows.domain.forecast import DueSum, by_due_day
from workflows.domain.ids import CustomerId, ItemId, new_id
from workflows.domain.metrics import Countback, Figures, PromisesDue
from workflows.domain.money import Money
from workflows.domain.promises import Fate
from workflows.domain.summary import (
    Ahead,
    Answered,
    Broken,
    Coming,
    Correspondence,
    CurrencySummary,
    Judged,
    Movement,
    Period,
    Plans,
    Sent,
    State,
    Summary,
)

SUNDAY = date(2026, 11, 22)


def aged(currency: str, *amounts: str, unapplied: str = "0") -> AgingRow:
    """Two items in each bucket that has an amount."""
    current, first, second, third, last = ((2 * int(amount != "0"), Money.of(amount, currency)) for amount in amounts)
    return AgingRow(currency, current, first, second, third, last, Money.of(unapplied, currency))


EUR = aged("EUR", "315900.00", "48200.00", "31000.00", "17200.00", "0", unapplied="-1200.00")
USD = aged("USD", "4100.00", "0", "0", "0", "8800.50")


def owing(name: str, amount: str, oldest: date | None, currency: str = "EUR") -> Debtor:
    return Debtor(CustomerId(new_id()), f"C-{name[:3]}", name, aged(currency, "100.00", amount, "0", "0", "0"), oldest)


DEBTORS = (
    owing("Acme GmbH", "31000.00", date(2026, 9, 30)),
    owing("Brill & Sons", "18200.00", date(2026, 10, 7)),
    owing("Costa Lda", "9990.00", date(2026, 11, 20)),
)


_MOVED = (
    Movement("Acme GmbH", Money.of("900.00", "EUR"), SUNDAY),
    Movement("<!here> *Costa* Lda", Money.of("-12.50", "EUR"), SUNDAY - timedelta(2)),
)
_SENT = tuple(
    Sent(who, step, state, datetime(2026, 11, 20, 9, 5, tzinfo=UTC))
    for who, step, state in (("Acme GmbH", "second", NoticeState.DELIVERED), ("@channel", "final", NoticeState.FAILED))
)


def _summary(book: Book, period: Period = Period.WEEKLY, last: date = SUNDAY, broken: str = "Costa Lda") -> Summary:
    def state(currency: str, open_: str, overdue: str, dso: str | None, collected: str) -> State:
        return State(Money.of(open_, currency), Money.of(overdue, currency), Decimal(dso) if dso else None, Money.of(collected, currency))

    euros = CurrencySummary(
        "EUR",
        state("EUR", "411100.00", "96400.00", "41.2000", "138900.00"),
        state("EUR", "399126.21", "108314.61", "43.4000", "0.00"),
        EUR,
        DEBTORS,
        Money.of("88000.00", "EUR"),
    )
    dollars = CurrencySummary(
        "USD",
        state("USD", "12900.50", "8800.50", None, "0.00"),
        state("USD", "0.00", "0.00", None, "0.00"),
        USD,
        (owing("Dale Inc", "8800.50", date(2026, 7, 1), "USD"),),
        Money.zero("USD"),
    )
    ahead = Ahead(last + timedelta(days=1), period.next_last_day(last), {"second": 12, "first": 29, "final": 1})
    return Summary(
        book,
        period,
        period.first_day(last),
        last,
        (euros, dollars),
        PromisesDue(4, 1, 1),
        (Broken(broken, Money.of("3000.00", "EUR")),),
        Plans(4, 1),
        Correspondence(sent=57, delivered=53, bounced=3, unknown=1, failed=2, answers=12, waiting=3),
        ahead,
        90,
    )


def _quiet(book: Book) -> Summary:
    first = Period.MONTHLY.first_day(date(2026, 10, 31))
    ahead = Ahead(date(2026, 11, 1), date(2026, 11, 30))
    return Summary(book, Period.MONTHLY, first, date(2026, 10, 31), (), PromisesDue(), (), Plans(), Correspondence(), ahead, 90)


def _figures() -> tuple[Figures, ...]:
    known = Figures(
        "EUR",
        Money.of("411100.00", "EUR"),
        Money.of("315900.00", "EUR"),
        Money.of("898000.00", "EUR"),
        Money.of("901250.00", "EUR"),
        Decimal("41.2016"),
        Decimal("31.6604"),
        Decimal("9.5412"),
        Countback(Decimal("43.1000"), insufficient_history=False),
        Decimal("90.4100"),
        Decimal("-1.2000"),
        Decimal("4.8000"),
        PromisesDue(6, 3, 1),
        Money.of("12000.00", "EUR"),
        Money.of("8900.00", "EUR"),
        Money.of("2756.74", "EUR"),
    )
    none = Money.zero("USD")
    young = Countback(Decimal("91.0000"), insufficient_history=True)
    empty = Figures("USD", USD.balance, none, none, none, None, None, None, young, None, None, None, PromisesDue(), none, none, None)
    return known, empty


def report_cards(book: Book, item: ItemId, now: datetime, hostile: Mapping[str, str]) -> dict[str, Card]:
    sums = [DueSum(SUNDAY + timedelta(days=days), Money.of(amount, "EUR")) for days, amount in ((-9, "900.00"), (3, "50.25"), (20, "7.00"))]
    lines = [WaitingLine("Acme GmbH", "answered: dispute", now - timedelta(days=2), item), WaitingLine("Brill & Sons", "task: call", now)]
    many = [owing(f"Customer {n}", f"{1000 - n}.00", SUNDAY - timedelta(days=n) if n < 15 else None) for n in range(20)]
    outside = {f"hostile_{kind}_summary": summary(_summary(book, broken=words)) for kind, words in hostile.items()}
    return outside | {
        "summary": summary(_summary(book)),
        "summary_fortnight": summary(_summary(book, Period.FORTNIGHTLY)),
        "summary_to_a_day": summary(_summary(book, last=date(2026, 11, 24))),
        "summary_quiet": summary(_quiet(book)),
        "summary_collected": collected(Between(book, SUNDAY, SUNDAY, 0), ()),
        "summary_collected_page": collected(Between(book, SUNDAY - timedelta(6), SUNDAY, 1), (*_MOVED * 11, _MOVED[0])),
        "summary_answers": answered(
            Between(book, SUNDAY - timedelta(6), SUNDAY, 0),
            (
                Answered("Acme GmbH", Meaning.DISPUTE, False, datetime(2026, 11, 20, 9, 5, tzinfo=UTC)),
                Answered("*Costa* <!here>", Meaning.PROMISE, True, datetime(2026, 11, 19, 9, 5, tzinfo=UTC)),
            ),
        ),
        "summary_promises_due": promises_due(
            Between(book, SUNDAY - timedelta(6), SUNDAY, 0),
            (
                Judged("Acme GmbH", Money.of("900.00", "EUR"), Money.of("900.00", "EUR"), Fate.KEPT),
                Judged("*Costa* <!here>", Money.of("50.00", "EUR"), Money.of("0.00", "EUR"), Fate.BROKEN),
            ),
        ),
        "summary_coming": coming(
            Between(book, SUNDAY + timedelta(1), SUNDAY + timedelta(7), 0),
            (Coming("Acme GmbH", "second", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),),
            at_least=True,
        ),
        "summary_sent": sent(Between(book, SUNDAY - timedelta(6), SUNDAY, 0), _SENT),
        "summary_pictured": pictured(summary(_summary(book)), {file.about: "F0123456789" for file in files_of(summary(_summary(book)))}),
        "report_aging": aging(book, SUNDAY, [EUR, USD]),
        "report_aging_nothing": aging(book, SUNDAY, []),
        "report_figures": figures(book, SUNDAY, 90, _figures()),
        "report_forecast": forecast(book, SUNDAY, by_due_day([*sums, DueSum(None, nothing_open("EUR").open)], SUNDAY)),
        "debtors": debtors(book, SUNDAY, many, 1, more=True),
        "waiting": waiting(book, lines, len(lines), 0, now),
        "waiting_nothing": waiting(book, (), 0, 0, now),
    }
