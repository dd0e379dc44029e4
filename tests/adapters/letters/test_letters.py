"""What customers read: every step in every language as it will arrive, and what text from outside cannot do to it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.letters.template_letters import TemplateLetters
from cards.clean import bare, clean
from tests.adapters.letters.samples import BOOK, CUSTOMER, DOLLARS, LATER, ONE_DAY, PART_PAID, SOON, letter, line, samples
from workflows.domain.messages import Letter, Message
from workflows.domain.money import Money
from workflows.errors import Refused

LANGUAGES = ("en", "de", "fr", "es")
GOLDEN = Path(__file__).parent / "golden"
CASES = [(language, case) for language in LANGUAGES for case in samples(language)]
LETTERS = TemplateLetters()
MONTHS = {
    "en": ("October 2026", "November 2026", "December 2026"),
    "de": ("Oktober 2026", "November 2026", "Dezember 2026"),
    "fr": ("octobre 2026", "novembre 2026", "décembre 2026"),
    "es": ("octubre de 2026", "noviembre de 2026", "diciembre de 2026"),
}
AS_PRINTED = {
    "en": "Please pay as stated on the invoice.",
    "de": "Bitte zahlen Sie, wie auf der Rechnung angegeben.",
    "fr": "Veuillez régler selon les indications portées sur la facture.",
    "es": "Le rogamos que pague según lo indicado en la factura.",
}
ANSWER = {
    "en": "Reply to this message.",
    "de": "Antworten Sie auf diese Nachricht.",
    "fr": "Répondez à ce message.",
    "es": "Responda a este mensaje.",
}
THREATS = {
    "en": ("friendly reminder", "lawyer", "court", "collection agency", "legal action"),
    "de": ("freundliche erinnerung", "anwalt", "gericht", "inkasso", "rechtliche schritte"),
    "fr": ("rappel amical", "avocat", "huissier", "tribunal", "mise en demeure", "recouvrement", "poursuites"),
    "es": ("recordatorio amistoso", "abogado", "tribunal", "juzgado", "cobro", "acciones legales", "moroso"),
}


def written(asked: Letter) -> Message:
    return LETTERS.write(asked)


def html_of(message: Message) -> str:
    assert message.html is not None
    return message.html


@pytest.mark.parametrize(("language", "case"), CASES)
def test_a_letter_reads_as_it_was_last_approved(language: str, case: str) -> None:
    message = written(samples(language)[case])
    bodies = {"txt": f"Subject: {message.subject}\n\n{message.text}", "html": html_of(message)}
    for part, body in bodies.items():
        name = f"{language}-{case}.{part}"
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / name).write_text(body, encoding="utf-8")
        assert body == (GOLDEN / name).read_text(encoding="utf-8"), f"{name} changed; read the difference, then UPDATE_GOLDEN=1"


def test_no_golden_letter_is_left_over() -> None:
    approved = {f"{language}-{case}.{part}" for language, case in CASES for part in ("txt", "html")}
    assert {file.name for file in GOLDEN.iterdir()} == approved


@pytest.mark.parametrize(("language", "case"), CASES)
def test_both_parts_say_the_same(language: str, case: str) -> None:
    message = written(samples(language)[case])
    seen = _Reader.of(html_of(message)).words
    for said in filter(None, (part.strip() for part in message.text.splitlines())):
        for piece in re.split(r"\s?: ", said):
            assert " ".join(piece.split()) in seen


@pytest.mark.parametrize(("language", "case"), CASES)
def test_amount_and_due_date_stand_in_the_first_two_lines(language: str, case: str) -> None:
    asked = samples(language)[case]
    first_two = written(asked).text.splitlines()[:2]
    months = MONTHS[language]
    assert any(character in first_two[0] for character in "€$")
    assert any(month in first_two[0] for month in months) or case == "promise_noted-many"


@pytest.mark.parametrize(("language", "case"), CASES)
def test_the_subject_names_the_invoice_and_the_seller(language: str, case: str) -> None:
    subject = written(samples(language)[case]).subject
    assert "INV-20" in subject or case in {"receipt-on-account", "statement", "statement-one", "statement-credit"}
    assert "Northwind GmbH" in subject


@pytest.mark.parametrize(("language", "case"), CASES)
def test_no_letter_tracks_loads_or_threatens(language: str, case: str) -> None:
    message = written(samples(language)[case])
    for word in ("<img", "<script", "<link", "url(", "@import", "http://", "https://", "src="):
        assert word not in html_of(message)
    for word in THREATS[language]:
        assert word not in message.text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("email", ["ar@seller.example", None])
@pytest.mark.parametrize("phone", ["+49 30 1", None])
@pytest.mark.parametrize("pay", ["IBAN DE00", None])
def test_a_book_without_a_way_to_pay_or_to_ask_still_says_one(language: str, email: str | None, phone: str | None, pay: str | None) -> None:
    book = replace(BOOK, seller_email=email, seller_phone=phone, payment_instructions=pay)
    message = written(letter("second", line(), language=language, book=book))
    how, ask = AS_PRINTED[language], ANSWER[language]
    said = message.text.splitlines()
    assert [way in said for way in (email, phone, pay) if way] == [True] * sum(map(bool, (email, phone, pay)))
    assert (how in said) == (pay is None)
    assert (ask in said) == (email is None and phone is None)
    assert ("mailto:" in html_of(message)) == (email is not None)
    assert "\n\n\n" not in message.text


@pytest.mark.parametrize(("language", "case"), CASES)
def test_no_letter_has_a_gap_or_a_blank_too_many(language: str, case: str) -> None:
    message = written(samples(language)[case])
    assert "\n\n\n" not in message.text
    assert not re.search(r"\S {2,}|[ \u00a0\u202f][.,]|\(\)", message.subject + message.text)


def test_a_message_goes_to_every_address_and_answers_to_the_seller() -> None:
    message = written(letter("first", line()))
    assert message.to == ("ap@acme.example", "boss@acme.example")
    assert (message.sender_name, message.reply_to, message.language) == ("Northwind GmbH", "receivables@northwind.example", "en")


@pytest.mark.parametrize(
    ("customer", "book", "used"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("EN_us", "de", "en"),
        ("it", "de", "de"),
        ("it", "pt", "en"),
        ("fr-CA", "de", "fr"),
        ("es_419", "de", "es"),
        ("../en", "de", "de"),
        ("", "de", "de"),
    ],
)
def test_the_customer_s_language_wins_then_the_book_s_then_english(customer: str, book: str, used: str) -> None:
    assert written(letter("first", line(), language=customer, book=replace(BOOK, language=book))).language == used


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (25, ("25 days late", "seit 25 Tagen überfällig", "en retard de 25 jours", "hace 25 días")),
        (1, ("1 day late", "seit 1 Tag überfällig", "en retard de 1 jour", "hace 1 día")),
        (0, ("today", "heute", "aujourd’hui", "hoy")),
        (-1, ("tomorrow", "morgen", "demain", "mañana")),
        (-2, ("in 2 days", "in 2 Tagen", "dans 2 jours", "dentro de 2 días")),
    ],
)
def test_one_day_is_not_days(late: int, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert f", {words}\n" in written(letter("upcoming", upcoming=(line(late=late),), language=language)).text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, ("1 day later", "1 Tag später sind", "1 jour plus tard", "1 día después")),
        (2, ("2 days later", "2 Tage später sind", "2 jours plus tard", "2 días después")),
    ],
)
def test_the_final_notice_counts_days_too(days: int, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words in written(letter("final", line(late=days), language=language)).text


def test_near_days_have_a_weekday_and_far_ones_have_none() -> None:
    text = written(letter("first", line(late=15), line("INV-9", 14))).text
    assert "Due 9 November 2026, 15 days late" in text
    assert "Due Tuesday, 10 November 2026, 14 days late" in text


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.56", "EUR", ("€1,234.56", "1.234,56\u00a0€", "1\u202f234,56\u00a0€", "1.234,56\u00a0€")),
        ("1234", "JPY", ("JP¥1,234", "1.234\u00a0¥", "1\u202f234\u00a0JPY", "1.234\u00a0JPY")),
        ("1234.567", "KWD", ("KWD\u00a01,234.567", "1.234,567\u00a0KWD", "1\u202f234,567\u00a0KWD", "1.234,567\u00a0KWD")),
        ("5.050", "IQD", ("IQD\u00a05.050", "5,050\u00a0IQD", "5,050\u00a0IQD", "5,050\u00a0IQD")),
    ],
)
def test_amounts_have_the_digits_of_their_currency(amount: str, currency: str, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words in written(letter("first", line(open_=amount, currency=currency), language=language)).text


def test_currencies_are_never_added() -> None:
    text = written(letter("first", PART_PAID, DOLLARS, ONE_DAY)).text
    assert "Total in EUR: €12,400.00\nTotal in USD: US$900.00\n" in text
    assert "13,300" not in text


def test_money_on_account_is_deducted_in_its_own_currency_alone() -> None:
    text = written(letter("first", line(), DOLLARS, on_account=(Money.of("400.00", "EUR"),))).text
    assert "Total in EUR: €10,000.00\nCredit on your account with us: −€400.00\nTo pay in EUR: €9,600.00\nTotal in USD: US$900.00\n" in text
    assert text.startswith("€9,600.00 and US$900.00 open")


def test_a_partial_payment_is_thanked_for() -> None:
    text = written(letter("second", PART_PAID)).text
    assert "Thank you for the €2,000.00 you have already paid on invoice INV-2041." in text
    assert "Paid €2,000.00 of €12,000.00" in text
    assert "Thank" not in written(letter("second", line())).text


@pytest.mark.parametrize(
    ("credit", "said"),
    [
        ("500.00", "Paid €1,500.00 and credited €500.00 of €12,000.00"),
        ("2000.00", "Credited €2,000.00 of €12,000.00"),
        (None, "Paid €2,000.00 of €12,000.00"),
    ],
)
def test_a_credit_note_is_not_called_money_paid(credit: str | None, said: str) -> None:
    text = written(letter("second", line(total="12000.00", credit=credit))).text
    assert f"\n  {said}\n" in text
    assert "and €10,000.00 of it is still unpaid" in text
    assert ("Thank you" in text) == (credit != "2000.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_and_credit_notes_are_told_apart_in_every_language(language: str) -> None:
    both, credited, paid = (
        _part_of(written(letter("first", line(total="12000.00", credit=credit), language=language)))
        for credit in ("500.00", "2000.00", None)
    )
    assert len({both, credited, paid}) == 3
    assert all(figure in both for figure in ("500", "12"))


def _part_of(message: Message) -> str:
    """The line below the due day."""
    return next(said for said in message.text.splitlines() if said.startswith("  ") and "2026" not in said)


def test_thanks_stand_before_the_last_word() -> None:
    text = written(letter("final", PART_PAID)).text
    assert text.index("still unpaid") < text.index("Thank you") < text.index("final notice. If")


def test_the_oldest_is_the_oldest_even_when_a_person_chose_another_to_lead() -> None:
    message = written(letter("first", ONE_DAY, line()))
    assert message.subject.startswith("Invoice INV-2077 and one more")
    assert "The oldest, INV-2041, was due on 30 October 2026." in message.text


def test_words_for_what_is_late_are_not_used_where_nothing_is() -> None:
    assert written(letter("final", upcoming=(SOON,))) == written(letter("upcoming", upcoming=(SOON,)))
    assert written(letter("upcoming", line())) == written(letter("first", line()))


def test_what_falls_due_is_listed_beside_what_is_late_but_not_asked_for() -> None:
    message = written(letter("first", line(), upcoming=(SOON, LATER)))
    assert message.text.startswith("€10,000.00 open, due on")
    assert "2 more invoices fall due soon and are listed for your planning." in message.text
    assert "Total: €1,330.50" in message.text


def test_a_letter_about_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="no invoice"):
        written(letter("first"))


@pytest.mark.parametrize("template", ["fifth", "../en/first", "words/../first", ""])
def test_an_unknown_template_is_refused_by_name(template: str) -> None:
    with pytest.raises(Refused, match="There is no letter"):
        written(letter(template, line()))


class TestTemplatesOfOneSOwn:
    def test_go_before_the_shipped_ones_and_share_the_rest(self, tmp_path: Path) -> None:
        self._put(
            tmp_path,
            "{% block subject %}{{ lead.number }} {{ seller }}{% endblock %}{% block heading %}H{% endblock %}{% block opening %}Ours.{% endblock %}",
        )
        message = TemplateLetters(tmp_path).write(letter("first", line()))
        assert message.subject == "INV-2041 Northwind GmbH"
        assert "\nOurs.\n" in message.text
        assert TemplateLetters(tmp_path).write(letter("final", line())) == written(letter("final", line()))

    def test_may_add_a_step(self, tmp_path: Path) -> None:
        self._put(
            tmp_path, "{% block subject %}S{% endblock %}{% block heading %}H{% endblock %}{% block opening %}O{% endblock %}", name="fifth"
        )
        assert TemplateLetters(tmp_path).write(letter("fifth", line())).subject == "S"

    @pytest.mark.parametrize(
        "wrong",
        [
            "{{ nothing_of_that_name }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ 1 / 0 }}",
            "{{ lead + 1 }}",
            "{% block %}",
            "{% if %}",
            "{% include '../../secret' %}",
        ],
    )
    def test_that_are_faulty_or_reach_out_write_nothing(self, tmp_path: Path, wrong: str) -> None:
        inside = wrong if wrong.startswith("{% ") and "include" not in wrong else "{% block subject %}" + wrong + "{% endblock %}"
        self._put(tmp_path, inside)
        with pytest.raises(Refused, match=r"en/first\.txt"):
            TemplateLetters(tmp_path).write(letter("first", line()))

    def test_that_lack_a_part_are_named(self, tmp_path: Path) -> None:
        self._put(tmp_path, "{% block subject %}S{% endblock %}")
        with pytest.raises(Refused, match="lacks the block"):
            TemplateLetters(tmp_path).write(letter("first", line()))

    def _put(self, folder: Path, text: str, name: str = "first") -> None:
        (folder / "en").mkdir()
        (folder / "en" / f"{name}.txt").write_text(text, encoding="utf-8")


HOSTILE = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [
                "<script>alert(1)</script>",
                "{{ 7*7 }}",
                "{% raw %}",
                "\r\nBcc: x@y.example\r\n",
                "\u202e",
                "חברה",
                '"',
                "'",
                "&amp;",
                "<a href=x>",
                "\n\n",
                "-->",
                "x" * 500,
            ]
        )
    ).map("".join),
)


@given(seller=HOSTILE, customer=HOSTILE, number=HOSTILE, reference=HOSTILE, ways=HOSTILE)
def test_text_from_outside_never_becomes_markup_or_a_line_of_its_own(
    seller: str, customer: str, number: str, reference: str, ways: str
) -> None:
    message = written(_letter_of(seller, customer, number, reference, ways))
    assert _Reader.of(html_of(message)).tags == _Reader.of(html_of(written(_letter_of("A", "B", "C", "D", _harmless(ways))))).tags
    assert len(message.subject.splitlines()) <= 1
    assert message.text.count("\n") == written(_letter_of("A", "B", "C", "D", _harmless(ways))).text.count("\n")


def test_a_name_is_no_template() -> None:
    message = written(_letter_of("{{ 7*7 }} {% if %}", "{{ lead }}", "{{ 7*7 }}", "{# x #}", "{{ seller }}"))
    assert message.subject == "Invoice {{ 7*7 }} from {{ 7*7 }} {% if %} was due on 30 October 2026"
    assert "49" not in html_of(message).replace("IBAN", "")


def test_a_very_long_name_is_cut_so_that_the_letter_stays_readable() -> None:
    message = written(_letter_of("s" * 500, "c" * 500, "n" * 500, "r" * 500, "w"))
    assert len(message.subject) < 200
    assert max(map(len, message.text.splitlines())) < 300


def _letter_of(seller: str, customer: str, number: str, reference: str, ways: str) -> Letter:
    book = replace(BOOK, name=seller, seller_email=ways or None, seller_phone=ways or None, payment_instructions=ways or None)
    return letter("first", line(number, reference=reference or "-"), book=book, customer=replace(CUSTOMER, name=customer))


def _harmless(text: str) -> str:
    """As many lines as the text has in the letter, of plain letters."""
    return "\n".join("w" for each in clean(text, lines=True).split("\n") if bare(each))


class _Reader(HTMLParser):
    """What a mail program makes of the HTML: its tags with their attributes' names, and the words one sees."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words = ""

    @classmethod
    def of(cls, html: str) -> _Reader:
        reader = cls()
        reader.feed(html)
        reader.words = " ".join(reader.words.split())
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data
