"""The verb `interest`: what may be charged on a late invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from bot.app import App
from bot.rates import read_rates
from bot.verbs.options import JSON, Day, OnlyBook, one_of
from bot.verbs.terminal import QUESTION, polite, say, say_json, stop, with_app
from cards.clean import clean
from cards.format import days, locale_of, money
from workflows.domain.account import Item
from workflows.domain.interest import Charge, Contract, Unit
from workflows.domain.regimes import REGIMES
from workflows.errors import NotKnown
from workflows.work_out_interest import WorkOutInterest, work_out_interest

verbs = typer.Typer(rich_markup_mode=None)
verbs.callback()(lambda: None)
KNOWN = sorted({row.id for row in REGIMES})


def a_regime(text: str) -> str:
    if text not in KNOWN:
        raise typer.BadParameter(f"“{text}” is no regime; choose one of {', '.join(KNOWN)}.")
    return text


def a_percent(text: str) -> Decimal:
    try:
        percent = Decimal(text)
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise typer.BadParameter(f"“{text}” is no percentage; write it like 1.5.")
    return percent


@verbs.command()
@polite
async def interest(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.", show_default=False)],
    regime: Annotated[
        str | None, typer.Option(parser=a_regime, metavar="REGIME", help=f"The law: {', '.join(KNOWN)}; else the seller's country.")
    ] = None,
    monthly: Annotated[
        Decimal | None, typer.Option(parser=a_percent, metavar="PERCENT", help="What the contract says a month, in place of the law.")
    ] = None,
    unit: Annotated[Unit, typer.Option(parser=one_of(Unit), metavar="|".join(Unit), help="How the contract counts months.")] = Unit.DAILY,
    cap: Annotated[Decimal | None, typer.Option(parser=a_percent, metavar="PERCENT", help="The most a year that the state allows.")] = None,
    grace_days: Annotated[int, typer.Option(min=0, max=365, metavar="DAYS", help="Days without interest after the due day.")] = 0,
    book: OnlyBook = None,
    at: Day = None,
    as_json: JSON = False,
) -> None:
    """Says what may be charged on a late invoice.

    Interest and the fixed sum by law, from the rates in DUEBOT_RATES, or by a contract. It charges nothing: that is a request a second
    person approves.
    """

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            found = await work.find_items(invoice, None if book is None else (await work.book(book)).id)
            if not found:
                raise NotKnown(f"No invoice has the number “{invoice}”.")
            if len(found) > 1:
                stop(QUESTION, f"{invoice} is in several books: {', '.join(sorted(one.book.slug for one in found))}. Name one with --book.")
            account = await work.account(found[0].customer.id)
        on = at or account.book.place.day(app.clock.now())
        contract = None if monthly is None else Contract(monthly, unit, cap)
        charge = work_out_interest(
            WorkOutInterest(on, regime, contract, grace_days), account, found[0].item, read_rates(app.settings.rates)
        )
        _tell(found[0].item, charge, on, locale_of(account.book), as_json=as_json)

    await with_app(run)


def _tell(item: Item, charge: Charge, on: date, locale: str, *, as_json: bool) -> None:
    fixed = charge.fixed_sum
    if as_json:
        figures = {"days": charge.days, "interest": charge.interest.plain, "fixed_sum": fixed.plain if fixed else None}
        say_json({"invoice": item.number, "at": on.isoformat(), "currency": charge.interest.currency, **figures})
        return
    also = f", and the fixed sum of {money(fixed, locale)}" if fixed else ""
    say(clean(f"{item.number} is {days(charge.days)} late: interest of {money(charge.interest, locale)}{also}."))
