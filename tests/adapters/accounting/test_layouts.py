"""Exports in the six layouts met in practice, small and made up: known by their header, and no trap of theirs sprung."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.accounting.ledger_file import Reading, read_ledger
from tests.adapters.accounting.files import kept, refused, written
from workflows.import_ledger import Entry, NeedsAnswers
from workflows.records import LedgerRow


def _said(row: LedgerRow) -> tuple[str, str, str, str | None, str | None]:
    paid = None if row.paid is None else row.paid.plain
    return row.number, row.customer_number, str(row.total), paid, row.due_on.isoformat() if row.due_on else None


def _known_as(read: Reading, name: str) -> None:
    assert read.mapping is not None
    assert read.mapping.name == name
    assert read.doubts == ()


FRESHBOOKS = (
    "Client Name,Invoice #,Date Issued,Invoice Status,Date Paid,Item Name,Rate,Quantity,Line Total,Currency",
    "Harbour Bakery,0000001,2026-01-28,sent,,Ovens,65.00,10,650.00,CAD",
    "Mill & Co,0000002,2026-01-29,paid,2026-02-03,Flour,9.50,2,19.00,CAD",
    "Harbour Bakery,0000001,2026-01-28,sent,,Delivery,49.00,1,49.00,CAD",
    "Harbour Bakery,0000001,2026-01-28,sent,,Discount,-9.00,1,-9.00,CAD",
    "Mill & Co,0000003,2026-01-30,draft,,Flour,9.50,2,19.00,CAD",
    "Mill & Co,0000004,2026-01-30,partial,,Flour,9.50,2,19.00,CAD",
    "Mill & Co,0000005,2026-01-30,void,,Flour,9.50,2,19.00,CAD",
)


def test_freshbooks_lines_add_up_wherever_they_stand_and_the_terms_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, *FRESHBOOKS)
    asked = read_ledger(path)
    _known_as(asked, "freshbooks")
    assert [question.split("?")[0] for question in asked.questions] == ["When are the invoices due"]
    with pytest.raises(NeedsAnswers, match="--terms-days"):
        asked.rows()
    read = read_ledger(path, terms_days=30)
    assert read.certain
    parsed = list(read.rows())
    assert [_said(row) for row in kept(parsed)] == [
        ("0000001", "Harbour Bakery", "690.00 CAD", "0.00", "2026-02-27"),
        ("0000002", "Mill & Co", "19.00 CAD", "19.00", "2026-02-28"),
        ("0000005", "Mill & Co", "0.00 CAD", None, "2026-03-01"),
    ]
    assert sorted(refused(parsed)) == [
        (6, "Invoice Status", 'The invoice is "draft"; what is not final is not owed.'),
        (7, "Invoice Status", "The invoice is partly paid, and no column says how much."),
    ]
    assert [one.rows for one in parsed if isinstance(one, Entry)] == [3, 1, 1]
    assert [row.product for row in kept(parsed)] == ["Ovens", "Flour", "Flour"]


def test_an_invoice_with_a_bad_line_is_left_out_whole_and_every_line_is_told(tmp_path: Path) -> None:
    lines = (*FRESHBOOKS[:4], FRESHBOOKS[4].replace("-9.00,CAD", "many,CAD"))
    read = read_ledger(written(tmp_path, *lines), terms_days=30)
    parsed = list(read.rows())
    assert [row.number for row in kept(parsed)] == ["0000002"]
    assert [(line, column) for line, column, _ in sorted(refused(parsed))] == [(2, None), (4, None), (5, "Line Total")]
    assert refused(parsed)[1][2] == "Line 5 of the same invoice was refused, and an invoice is kept whole or not at all."


@pytest.mark.parametrize(
    ("was", "now", "word"), [("Harbour Bakery", "Other", "customer"), ("CAD", "USD", "currency"), ("01-28", "01-27", "due date")]
)
def test_lines_that_disagree_make_no_invoice(tmp_path: Path, was: str, now: str, word: str) -> None:
    read = read_ledger(written(tmp_path, *FRESHBOOKS[:2], FRESHBOOKS[3].replace(was, now)), terms_days=30)
    assert refused(read.rows()) == [(line, "Invoice #", f"The lines of the invoice do not have the same {word}.") for line in (2, 3)]


def test_a_line_that_says_the_same_in_every_cell_is_counted_and_told(tmp_path: Path) -> None:
    (entry,) = read_ledger(written(tmp_path, *FRESHBOOKS[:2], FRESHBOOKS[1]), terms_days=30).rows()
    assert isinstance(entry, Entry)
    assert (entry.row.total.plain, entry.rows, entry.repeated) == ("1300.00", 2, (3,))


def test_zoho_totals_stand_once_however_many_lines_repeat_them_and_long_ids_stay_text(tmp_path: Path) -> None:
    head = (
        "Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Customer ID,Due Date,PurchaseOrder,Currency Code,Exchange Rate,"
        "Item Name,Item Total,Total,Balance,Payment Terms,Last Payment Date,LateFee Name,WriteOff Date"
    )
    start = "2026-01-28,2520018000000073144,INV-000001,{},Highland Ltd,2520018000000073035,2026-02-27,,USD,1.00"
    read = read_ledger(
        written(
            tmp_path,
            head,
            start.format("Overdue") + ",Pens,25.50,489.75,389.75,30,2026-02-05,,",
            start.format("Overdue") + ",Ink,464.25,489.75,389.75,30,2026-02-05,,",
            start.format("Overdue") + ",Oil,1.00,500.00,400.00,30,2026-02-05,,",
            start.format("Void").replace("000001", "000002") + ",Pens,25.50,25.50,25.50,30,,,",
            start.format("Paid").replace("000001", "000003") + ",Pens,25.50,25.50,5.50,30,,,",
            start.format("Sent").replace("INV-000001", "") + ",Pens,25.50,25.50,5.50,30,,,",
        )
    )
    _known_as(read, "zoho")
    assert read.certain
    parsed = list(read.rows())
    assert [_said(row) for row in kept(parsed)] == [
        ("INV-000001", "2520018000000073035", "489.75 USD", "100.00", "2026-02-27"),
        ("INV-000002", "2520018000000073035", "0.00 USD", None, "2026-02-27"),
    ]
    assert (kept(parsed)[0].customer_name, kept(parsed)[0].product) == ("Highland Ltd", "Pens")
    assert str(kept(parsed)[0].paid_on) == "2026-02-05"
    bad = refused(parsed)
    assert sum(entry.rows for entry in parsed if isinstance(entry, Entry)) + len(bad) == read.count == 6
    assert {(line, column) for line, column, _ in bad} == {(4, "Invoice Number"), (6, "Invoice Status"), (7, "Invoice Number")}


def test_zoho_without_ids_of_customers_goes_by_their_names(tmp_path: Path) -> None:
    head = "Invoice Date,Invoice Number,Invoice Status,Customer Name,Due Date,Currency Code,Total,Balance"
    read = read_ledger(written(tmp_path, head, "2026-01-28,INV-1,Sent,Highland Ltd,2026-02-27,USD,5,5"))
    _known_as(read, "zoho")
    assert [_said(row) for row in kept(read.rows())] == [("INV-1", "Highland Ltd", "5.00 USD", "0.00", "2026-02-27")]


WAVE = (
    (
        "Transaction ID,Transaction Date,Account Name,Amount (One column), ,Debit Amount (Two Column Approach),"
        "Credit Amount (Two Column Approach),Customer,Vendor,Invoice Number,Bill Number,Account Group,Account Type"
    ),
    "1131801267438479900,2026-01-28,Sales,294.00,,,294.00,Ann Ray,,,2,Income,Income",
    "1131801267438479900,2026-01-28,Accounts Receivable,294.00,,294.00,,Ann Ray,,,2,Asset,System Receivable Invoice",
    "1131801934970350312,2026-01-29,Services,590.50,,,590.50,Luke Way,,3,,Income,Income",
    "1131801934970350312,2026-01-29,Accounts Receivable,590.50,,590.50,,Luke Way,,3,,Asset,System Receivable Invoice",
    "1131802355113782011,2026-02-10,Accounts Receivable,-90.50,,,90.50,Luke Way,,3,,Asset,System Receivable Invoice",
    "1131802355113782011,2026-02-10,Cash on Hand,90.50,,90.50,,,,,,Asset,Cash and Bank",
    "1131802355113782012,2026-02-10,Accounts Receivable,-7.00,,,7.00,Luke Way,,1,,Asset,System Receivable Invoice",
    "1131802355113782013,2026-02-10,Accounts Payable,40.00,,,40.00,,Paper Ltd,,B-7,Liability,System Payable Bill",
)


def test_wave_bookings_on_receivables_raise_and_pay_invoices_and_the_others_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, *WAVE)
    asked = read_ledger(path)
    _known_as(asked, "wave")
    assert ["--terms-days" in asked.questions[0], "--currency" in asked.questions[1]] == [True, True]
    read = read_ledger(path, currency="USD", terms_days=14)
    assert read.certain
    parsed = list(read.rows())
    assert [_said(row) for row in kept(parsed)] == [
        ("2", "Ann Ray", "294.00 USD", "0.00", "2026-02-11"),
        ("3", "Luke Way", "590.50 USD", "90.50", "2026-02-12"),
    ]
    assert str(kept(parsed)[1].paid_on) == "2026-02-10"
    assert [one.rows for one in parsed if isinstance(one, Entry)] == [2, 3]
    assert sorted(refused(parsed)) == [
        (7, "Invoice Number", "The line names no invoice."),
        (8, "Invoice Number", "The file has payments of this invoice and not the invoice itself."),
        (9, "Invoice Number", "No line of this number is on an account of receivables."),
    ]


INVOICE2GO = (
    (
        "\ufeffId,State,DocumentDate,DocumentNumber,Name,EmailRecipient,DocumentStatus,PartPayment,DatePaid,Taxes,TermsOld,Items,"
        "CurrencyCode,TotalAmount,BalanceDueAmount,AmountPaidAmount"
    ),
    (
        'a693,synced,2026-01-28,1,Gordon & Co,"a@g.example; b@g.example",sent,false,,"name,rate;VAT,17,""default,value;true,17""",30,'
        '"code,qty;,4;,10",ILS,953.55,853.55,100'
    ),
    "a694,synced,2026-01-28,2,James Ltd,,paid,false,2026-02-02,,0,,USD,70.2,0,70.2",
    "a695,synced,2026-01-28,3,James Ltd,,unsent,false,,,0,,USD,70.2,70.2,0",
    "a696,synced,2026-01-28,4,James Ltd,,sent,false,,,,,USD,70.2,70.2,0",
)


def test_invoice2go_lists_in_cells_do_no_harm_and_terms_stand_in_each_row(tmp_path: Path) -> None:
    read = read_ledger(written(tmp_path, *INVOICE2GO))
    _known_as(read, "invoice2go")
    assert read.certain
    parsed = list(read.rows())
    rows = kept(parsed)
    assert [_said(row) for row in rows] == [
        ("1", "Gordon & Co", "953.55 ILS", "100.00", "2026-02-27"),
        ("2", "James Ltd", "70.20 USD", "70.20", "2026-01-28"),
    ]
    assert (rows[0].email, rows[0].more_emails) == ("a@g.example", ("b@g.example",))
    assert [(line, column) for line, column, _ in refused(parsed)] == [(4, "DocumentStatus"), (5, "TermsOld")]
    assert len(kept(read_ledger(tmp_path / "ledger.csv", terms_days=7).rows())) == 3


def test_invoicely_keeps_the_number_under_details_and_writes_months_as_words(tmp_path: Path) -> None:
    lines = ('"Date","Due","Details","Client","Status","Total"', '"Jan 28 2026","Feb 3 2026","INV-1","Bruno Wayland","Due","1,020.00"')
    asked = read_ledger(written(tmp_path, *lines))
    _known_as(asked, "invoicely")
    assert len(asked.questions) == 1
    read = read_ledger(tmp_path / "ledger.csv", currency="GBP")
    assert [_said(row) for row in kept(read.rows())] == [("INV-1", "Bruno Wayland", "1020.00 GBP", "0.00", "2026-02-03")]
    other = read_ledger(written(tmp_path, lines[0] + ',"Number"', lines[1] + ',"7"'), currency="GBP")
    assert other.mapping is not None
    assert (other.mapping.name, [row.number for row in kept(other.rows())]) == (None, ["7"])


def test_invoice_ninja_has_three_banner_lines_and_what_was_paid_in_dollars_of_somebody(tmp_path: Path) -> None:
    head = "Client,Email,Invoice Number,Amount,Paid,PO Number,Status,Invoice Date,Due Date,Discount,Partial/Deposit,Partial Due Date,Item Product"
    lines = (
        '"Export of January 5, 2026",,,,,,,,,,,,',
        ",,,,,,,,,,,,",
        "INVOICES,,,,,,,,,,,,",
        head,
        "Kit Ltd,kit@example.org,1,$13.50,$5.01,PO-9,Partial,2025-11-25,2025-12-20,,$0.00,,pens",
        'Kit Ltd,kit@example.org,2,"$1,026.67",$0.00,,Sent,2025-11-25,2025-12-20,,$0.00,,pens',
        'Kit Ltd,kit@example.org,2,"$1,026.67",$0.00,,Sent,2025-11-25,2025-12-20,,$0.00,,ink',
    )
    asked = read_ledger(written(tmp_path, *lines))
    _known_as(asked, "invoice-ninja")
    assert len(asked.questions) == 1
    assert "--currency" in asked.questions[0]
    parsed = list(read_ledger(tmp_path / "ledger.csv", currency="CAD").rows())
    assert [_said(row) for row in kept(parsed)] == [
        ("1", "Kit Ltd", "13.50 CAD", "5.01", "2025-12-20"),
        ("2", "Kit Ltd", "1026.67 CAD", "0.00", "2025-12-20"),
    ]
    assert [entry.line for entry in parsed] == [5, 6]
    assert [row.product for row in kept(parsed)] == ["pens", "pens"]
    assert {reason for _, _, reason in refused(read_ledger(tmp_path / "ledger.csv", currency="EUR").rows())} >= {
        "The amount is in $ and its row in EUR."
    }
