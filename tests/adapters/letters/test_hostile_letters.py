"""What text from outside cannot do to a letter."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cards.clean import bare, clean
from tests.adapters.letters.reading import Reader, html_of, written
from tests.adapters.letters.samples import BOOK, CUSTOMER, letter, line
from workflows.domain.messages import Letter

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
    assert Reader.of(html_of(message)).tags == Reader.of(html_of(written(_letter_of("A", "B", "C", "D", _harmless(ways))))).tags
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
