"""What customers' words seem to say: the single words of the law, stops in free wording, and suggestions in four languages."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.contact import Meaning
from workflows.domain.inbound_words import HELP_WORDS, START_WORDS, STOP_WORDS, keyword, understand
from workflows.domain.money import Money
from workflows.domain.said_values import said_amount, said_day

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
@pytest.mark.parametrize("shape", ["{}", " {}. ", "«{}!»".replace("«", '"').replace("»", '"'), "\n\t{}\n", "*{}*"])
def test_a_stop_word_alone_is_a_stop_for_sure_in_any_case(word: str, shape: str) -> None:
    for written in (word, word.upper(), word.title()):
        assert understand(shape.format(written), TODAY).meaning is Meaning.STOP
        assert understand(shape.format(written), TODAY).sure


@pytest.mark.parametrize(
    ("word", "meaning"), [*((w, Meaning.START) for w in sorted(START_WORDS)), *((w, Meaning.HELP) for w in sorted(HELP_WORDS))]
)
def test_start_and_help_are_single_words_too(word: str, meaning: Meaning) -> None:
    assert keyword(f" {word.upper()}! ") is meaning
    assert keyword(f"{word} and then more words") is None


def test_yes_answers_a_question_where_one_is_pending() -> None:
    assert keyword("Yes") is Meaning.START
    assert keyword("Yes", asked=True) is None
    assert keyword("START", asked=True) is Meaning.START


def test_accents_do_not_hide_a_stop() -> None:
    assert understand("Arrêt", TODAY).sure


# words, what they mean; the first three are DOMAIN's own
SAID = [
    ("STOP sending", Meaning.STOP),
    ("don't stop the delivery", Meaning.OTHER),
    ("please don't text me any more", Meaning.STOP),
    ("no más", Meaning.STOP),
    ("Please stop", Meaning.STOP),
    ("stop it now please", Meaning.STOP),
    ("Stop emailing us.", Meaning.STOP),
    ("Never stop the good work", Meaning.OTHER),
    ("Remove me from your list", Meaning.STOP),
    ("Please unsubscribe me, thanks", Meaning.STOP),
    ("We do not want any discussion, no more e-mails!", Meaning.STOP),
    ("Schreiben Sie mir bitte nicht mehr.", Meaning.STOP),
    ("Bitte keine weiteren E-Mails.", Meaning.STOP),
    ("Arrêtez de m'écrire", Meaning.STOP),
    ("Veuillez me désabonner", Meaning.STOP),
    ("Deje de enviar mensajes", Meaning.STOP),
    ("no me escriban más", Meaning.STOP),
    ("Please cancel order 55 and send the goods of order 56", Meaning.OTHER),
    ("The end of the project is near, we are in touch with Ana about it", Meaning.OTHER),
    ("We have paid this invoice already.", Meaning.PAID),
    ("payment was sent yesterday", Meaning.PAID),
    ("Bereits bezahlt", Meaning.PAID),
    ("Die Rechnung wurde gestern überwiesen", Meaning.PAID),
    ("C'est déjà payé", Meaning.PAID),
    ("El virement? hemos pagado la factura", Meaning.PAID),
    ("La transferencia ha sido realizada", Meaning.PAID),
    ("We have not paid yet", Meaning.OTHER),
    ("Wir haben noch nicht bezahlt", Meaning.OTHER),
    ("not paid yet, will pay tomorrow", Meaning.PROMISE),
    ("The invoice is wrong", Meaning.DISPUTE),
    ("Die Rechnung ist falsch", Meaning.DISPUTE),
    ("Wir haben die Ware nicht erhalten", Meaning.DISPUTE),
    ("Nous contestons cette facture", Meaning.DISPUTE),
    ("Nunca recibimos la mercancía", Meaning.DISPUTE),
    ("We will pay on Friday once the wrong price is corrected", Meaning.DISPUTE),
    ("You have the wrong person", Meaning.WRONG_PERSON),
    ("Frau Meier arbeitet nicht mehr hier", Meaning.WRONG_PERSON),
    ("Vous avez la mauvaise adresse", Meaning.WRONG_PERSON),
    ("Es una persona equivocada", Meaning.WRONG_PERSON),
    ("Thanks for your mail, Ana", Meaning.OTHER),
    ("", Meaning.OTHER),
]


@pytest.mark.parametrize(("words", "meaning"), SAID)
def test_free_words_are_a_suggestion_and_never_sure(words: str, meaning: Meaning) -> None:
    found = understand(words, TODAY)
    assert found.meaning is meaning
    assert not found.sure


EUR = [Money.of(amount, "EUR") for amount in ("1234.56", "500.00", "1200.50", "300.00", "1000.00")]
PROMISES = [
    ("I will pay €1,234.56 on December 3rd", date(2026, 12, 3), EUR[0]),
    ("wir zahlen 500,00 € am 3.12.", date(2026, 12, 3), EUR[1]),
    ("Guten Morgen, wir überweisen am Freitag 1.200,50 EUR", date(2026, 11, 27), EUR[2]),
    ("nous paierons 300 euros le 5 décembre", date(2026, 12, 5), EUR[3]),
    ("pagaremos 1.000 € el viernes", date(2026, 11, 27), EUR[4]),
    ("The money will be transferred by the end of the month", date(2026, 11, 30), None),
    ("Die Zahlung erfolgt bis 2026-12-01", date(2026, 12, 1), None),
    ("El pago se realizará el 3 de diciembre", date(2026, 12, 3), None),
    ("We can pay in two weeks", date(2026, 12, 8), None),
    ("Wir zahlen nächste Woche", date(2026, 12, 4), None),
    ("we'll settle it tomorrow", date(2026, 11, 25), None),
    ("we will pay", None, None),
]


@pytest.mark.parametrize(("words", "until", "amount"), PROMISES)
def test_a_promise_is_read_with_its_day_and_amount(words: str, until: date | None, amount: Money | None) -> None:
    found = understand(words, TODAY)
    assert (found.meaning, found.until, found.amount) == (Meaning.PROMISE, until, amount)


def test_three_of_twelve_is_a_day_in_march_where_the_month_comes_first() -> None:
    assert said_day("on 3/12", TODAY) == date(2026, 12, 3)
    assert said_day("on 3/12", TODAY, month_first=True) == date(2027, 3, 12)
    assert said_day("am 3.12.", TODAY, month_first=True) == date(2026, 12, 3)


@pytest.mark.parametrize("words", ["on 31.2.2027", "on 3.12.2019", "99/99", "version 1.2.3.4", "call 555-1234", ""])
def test_what_is_no_day_to_come_is_none(words: str) -> None:
    assert said_day(words, TODAY) is None


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("$1,234", "1234.00 USD"),
        ("1.234 eur", "1234.00 EUR"),
        ("us$ 12.5", "12.50 USD"),
        ("£99", "99.00 GBP"),
        ("chf 1'250.00", "1250.00 CHF"),
    ],
)
def test_an_amount_stands_with_its_currency(words: str, plain: str) -> None:
    found = said_amount(words)
    assert found is not None
    assert f"{found.plain} {found.currency}" == plain


@pytest.mark.parametrize("words", ["invoice 2041", "1234.56", "99999999999999999 €", "€", "¥ 12.50"])
def test_a_bare_number_is_no_amount(words: str) -> None:
    assert said_amount(words) is None


@given(st.text(max_size=400))
def test_any_text_means_something(words: str) -> None:
    assert understand(words, TODAY).meaning in set(Meaning)


@pytest.mark.parametrize(
    "piece", ["on ", "\n", "stop ", "bereits ", "will ", "keine ", "1.", "1,234", "rechnung ", "do not ", "a", "payment "]
)
def test_no_text_takes_longer_than_its_length(piece: str) -> None:
    started = time.process_time()
    understand(piece * (200_000 // len(piece)), TODAY)
    assert time.process_time() - started < 0.5
