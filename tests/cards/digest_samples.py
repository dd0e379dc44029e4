"""The day's list, what goes out, and what waits for its release."""

from __future__ import annotations

from datetime import date

from cards import digest
from cards.digest import DigestLine, OutgoingLine, Today
from cards.elements import Card
from tests.cards.samples import BOOK, NOW, TODAY, at, eur, ident
from workflows.domain.ids import ItemId
from workflows.domain.money import Money, totals


def lines(count: int) -> tuple[DigestLine, ...]:
    names = (
        "Acme GmbH",
        "Brill & Sons",
        "Costa Lda",
        "Dvorak s.r.o.",
        "Elm Street Studio",
        "Fjord AS",
        "Grove Ltd",
        "Hale & Co",
        "Iris BV",
        "Jura SA",
    )
    words = ("second reminder sent", "first reminder tomorrow", "snoozed until Mon 30 Nov", "nothing sent yet")
    return tuple(
        DigestLine(
            names[n % 10] if n < 10 else f"{names[n % 10]} {n // 10 + 1}",
            (Money(1_240_000 // (n + 1), "EUR" if n % 3 else "USD"),),
            max(25 - n, 1),
            words[n % 4],
            ItemId(ident(100 + n)),
            waits=n % 4 == 2,
        )
        for n in range(count)
    )


TODAY_BRINGS = Today(reminders=9, first_at=at(TODAY), under_review=2)
GOING = tuple(
    OutgoingLine(line.customer, line.amounts, step, at(TODAY, 9, n), line.item)
    for n, (line, step) in enumerate(zip(lines(3), ("first", "second", "final"), strict=True))
)


def digest_cards() -> dict[str, Card]:
    return {
        "digest": digest.digest(BOOK, TODAY, lines(14), TODAY_BRINGS),
        "digest_short": digest.digest(BOOK, TODAY, lines(3), Today(reminders=1, first_at=at(TODAY, 10, 30))),
        "digest_quiet": digest.digest(BOOK, TODAY, (), Today()),
        "digest_stale": digest.digest(BOOK, TODAY, lines(1), Today(stale_since=date(2026, 11, 18))),
        "digest_list": digest.digest_list(
            BOOK, TODAY, lines(50)[20:40], 1, 50, totals(amount for line in lines(50) for amount in line.amounts)
        ),
        "outgoing": digest.outgoing(BOOK, TODAY, GOING),
        "outgoing_nothing": digest.outgoing(BOOK, TODAY, ()),
        "review_released": digest.released(BOOK, 24, "Maria Lindt", NOW, NOW),
        "review": digest.review(BOOK, 24, (eur("86210.00"), Money.of("12900.00", "USD")), ("Acme GmbH", 212)),
    }
