from __future__ import annotations

from itertools import starmap
from pathlib import Path

import pytest

from adapters.accounting.mapping import BadMapping, load_mapping, shipped_names
from adapters.accounting.records import Unreadable
from tests.adapters.accounting.files import kept, plain, reading, refused


def _mapping(folder: Path, text: str) -> str:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_mappings_are_found_by_name_and_survive_being_written_out(tmp_path: Path) -> None:
    assert shipped_names() == (
        "freshbooks", "highradius", "ibm-receivables", "invoice-ninja", "invoice2go", "invoicely", "ordinary", "wave", "zoho",
    )  # fmt: skip
    for name in shipped_names():
        mapping = load_mapping(name)
        assert mapping.name == name
        assert load_mapping(_mapping(tmp_path, mapping.as_yaml())) == mapping


def test_every_fault_of_a_mapping_comes_with_its_line(tmp_path: Path) -> None:
    name = _mapping(tmp_path, "customer: {column: C, pad_digits: -1}\ndue: {column: D, format: YY}\ntotl: T\n")
    with pytest.raises(BadMapping) as caught:
        load_mapping(name)
    told = [line.removeprefix(f"{name}:").split(" ")[:2] for line in str(caught.value).splitlines()]
    assert told == [["1:", "customer.pad_digits:"], ["2:", "due.format:"], ["1:", "total:"], ["3:", "totl:"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number: N\ncustomer: A\ncustomer: B\n", "3: `customer` stands twice"),
        ("number: [\n", "2: "),
        ("- 1\n", "1: takes keys and values"),
        ("", "1: takes keys and values"),
        ("a: *b\n", "1: "),
        ("&a x: [*a]\n", "1: "),
        ("customer: C\ntotal: T\n", "1: give `due`, or `issued` with `terms_days`"),
        ("customer: C\ntotal: T\ndue: D\ncurrency: {}\n", "4: currency: say `column` or `always`"),
        ("customer: C\ntotal: T\ndue: D\ncurrency: {always: QQQ}\n", "4: currency.always: 'QQQ' is not"),
    ],
)
def test_a_bad_mapping_file_is_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadMapping) as caught:
        load_mapping(_mapping(tmp_path, text))
    assert f"m.yaml:{words}" in str(caught.value)


def test_a_mapping_that_is_not_there_names_the_shipped_ones() -> None:
    with pytest.raises(BadMapping, match="ordinary, wave, zoho"):
        load_mapping("nowhere.yaml")


def test_a_column_may_be_called_no(tmp_path: Path) -> None:
    mapping = load_mapping(_mapping(tmp_path, "number: No\ncustomer: C\ntotal: T\ndue: D\ncurrency: EUR\n"))
    (row,) = kept(reading(tmp_path, "No,C,T,D", "007,A,5,2026-01-31", mapping=mapping).rows())
    assert (row.number, str(row.total)) == ("007", "5.00 EUR")


def test_codes_of_digits_get_their_lost_zeros_back_and_others_stay(tmp_path: Path) -> None:
    mapping = plain(customer={"column": "customer", "pad_digits": 6})
    head = "number,customer,due,total,currency"
    rows = kept(
        reading(
            tmp_path, head, *(f"{n},{code},2026-01-31,5,EUR" for n, code in enumerate(("042", "CCU1", "1234567"))), mapping=mapping
        ).rows()
    )
    assert [row.customer_number for row in rows] == ["000042", "CCU1", "1234567"]


def test_a_column_that_is_missing_or_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r'has no column "currency" .* "Sum"'):
        reading(tmp_path, "number,customer,due,total,Sum", "1,C,2026-01-31,5,EUR", mapping=plain())
    with pytest.raises(Unreadable, match='more than one column "total"'):
        reading(tmp_path, "number,customer,due,total,total,currency", "1,C,2026-01-31,5,5,EUR", mapping=plain())


def test_column_names_may_differ_in_case_and_blanks(tmp_path: Path) -> None:
    assert kept(reading(tmp_path, " NUMBER ;Customer;due;Total;currency", "1;C;2026-01-31;5;EUR", mapping=plain()).rows())


def test_details_that_are_none_are_refused_under_their_header(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency,m,l,c,z,p"
    good = "1,C,2026-01-31,5,EUR,ap@example.com,de,DE,Europe/Berlin,Sole trader"
    mapping = plain(email="m", language="l", country="c", zone="z", party="p")
    bad = list(
        starmap(good.replace, (("ap@", "ap"), (",de,", ",Deutsch,"), (",DE,", ",Germany,"), ("Berlin", "Bonn"), ("Sole trader", "dog")))
    )
    parsed = list(reading(tmp_path, head, good, *bad, mapping=mapping).rows())
    (row,) = kept(parsed)
    assert (row.email, row.language, row.country, row.zone, row.party) == ("ap@example.com", "de", "DE", "Europe/Berlin", "sole_trader")
    assert [column for _, column, _ in refused(parsed)] == ["m", "l", "c", "z", "p"]


def test_what_is_missing_or_unknown_is_refused_and_never_filled_in(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency"
    lines = (
        "1,,2026-01-31,5,EUR",
        "2,C,nan,5,EUR",
        "3,C,2026-01-31,,EUR",
        "4,C,2026-01-31,5,",
        "5,C,2026-01-31,5,XXX",
        f"{'9' * 201},C,2026-01-31,5,EUR",
    )
    assert refused(reading(tmp_path, head, *lines, mapping=plain()).rows()) == [
        (2, "customer", "The cell is empty."),
        (3, "due", "The cell is empty."),
        (4, "total", "The cell is empty."),
        (5, "currency", "The currency is missing."),
        (6, "currency", '"XXX" is not a currency code such as EUR.'),
        (7, "number", "The cell holds 201 characters; 200 is the most here."),
    ]


def test_a_currency_given_beside_the_file_is_for_rows_that_name_none(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency"
    rows = kept(reading(tmp_path, head, "1,C,2026-01-31,5,", "2,C,2026-01-31,5,USD", mapping=plain(), currency="CAD").rows())
    assert [row.total.currency for row in rows] == ["CAD", "USD"]
