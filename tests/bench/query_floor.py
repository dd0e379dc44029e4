"""What the answers of `balance` and `overdue` show, each as one statement that reads no more than it must, and the words it is shown in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString

from cards.answers import STATE_WORDS
from cards.format import age, amounts, cell, money
from workflows.domain.decision import State
from workflows.domain.money import Money, totals

# Worked out once a line: without OFFSET it is put in wherever it is named.
_OPEN: LiteralString = """LATERAL (SELECT i.total
    - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.item_id = i.id AND p.currency = i.currency AND p.reversed_on IS NULL), 0)
    - coalesce((SELECT sum(k.amount) FROM credits k WHERE k.item_id = i.id AND k.currency = i.currency AND k.reversed_on IS NULL), 0)
    + coalesce((SELECT sum(f.amount) FROM fees f WHERE f.item_id = i.id AND f.currency = i.currency AND f.waived_at IS NULL), 0)
    AS open OFFSET 0) l"""
_WAITS: LiteralString = """
    WHEN EXISTS (SELECT FROM holds h WHERE h.customer_id = i.customer_id AND (h.item_id = i.id OR h.item_id IS NULL)
        AND h.ended_at IS NULL AND (h.until IS NULL OR h.until > %(day)s)) THEN 'held'
    WHEN EXISTS (SELECT FROM disputes d WHERE d.item_id = i.id AND d.ended_at IS NULL) THEN 'disputed'
    WHEN EXISTS (SELECT FROM plan_items y JOIN plans x ON x.id = y.plan_id WHERE y.item_id = i.id AND x.state = 'active') THEN 'on_plan'
    WHEN EXISTS (SELECT FROM escalations e WHERE e.item_id = i.id AND e.ended_at IS NULL) THEN 'escalated'
    WHEN EXISTS (SELECT FROM promise_items w JOIN promises o ON o.id = w.promise_id
        WHERE w.item_id = i.id AND o.ended_at IS NULL AND o.until >= %(day)s) THEN 'promised'
    WHEN EXISTS (SELECT FROM snoozes s WHERE s.item_id = i.id AND s.ended_at IS NULL AND s.until > %(day)s) THEN 'snoozed'"""
_SEEN: LiteralString = "(SELECT count(*) FROM acts a WHERE a.item_id = i.id) AS seen"

# A row for each open item of the customer. `reached` is the last due day for which a step of the policy has come.
BALANCE: LiteralString = f"""
SELECT i.number, i.currency, i.due_on, l.open, CASE {_WAITS} WHEN i.due_on <= %(reached)s THEN 'chasing' ELSE 'open' END AS state,
    i.id, {_SEEN}, c.name, b.language, b.country, b.zone,
    (SELECT jsonb_object_agg(m.currency, m.amount) FROM (
        SELECT currency, sum(amount) AS amount FROM (
            SELECT currency, amount FROM payments WHERE customer_id = c.id AND item_id IS NULL AND reversed_on IS NULL
            UNION ALL SELECT currency, amount FROM credits WHERE customer_id = c.id AND item_id IS NULL AND reversed_on IS NULL
        ) each GROUP BY currency
    ) m) AS on_account
FROM customers c JOIN books b ON b.id = c.book_id JOIN items i ON i.customer_id = c.id AND i.kind = 'invoice', {_OPEN}
WHERE (c.folded = %(name)s OR c.number = %(name)s) AND l.open > 0 ORDER BY i.due_on, i.number"""

# A row for each customer on the page that a first answer shows and each of their currencies, and with each how many customers there are.
OVERDUE: LiteralString = f"""
WITH late AS MATERIALIZED (
    SELECT c.id, c.name, c.oldest_due_on FROM customers c
    WHERE c.book_id = (SELECT id FROM books WHERE slug = 'main') AND c.oldest_due_on < %(day)s AND c.oldest_due_on > '0001-01-01'
    ORDER BY c.oldest_due_on, c.id LIMIT %(page)s
), summed AS (
    SELECT late.id AS customer_id, late.name, late.oldest_due_on, i.currency, sum(l.open) AS open, min(i.due_on) AS due_on,
        (array_agg(i.id ORDER BY i.due_on, i.number))[1] AS oldest
    FROM late JOIN items i ON i.customer_id = late.id AND i.kind = 'invoice' AND i.due_on < %(day)s, {_OPEN}
    WHERE l.open > 0 GROUP BY late.id, late.name, late.oldest_due_on, i.currency
)
SELECT s.name, s.currency, s.open, s.due_on, CASE {_WAITS} END AS state, last.step, last.state, i.id, {_SEEN},
    (SELECT count(*) FROM customers c
     WHERE c.book_id = (SELECT id FROM books WHERE slug = 'main') AND c.oldest_due_on < %(day)s AND c.oldest_due_on > '0001-01-01') AS among
FROM summed s JOIN items i ON i.id = s.oldest
LEFT JOIN LATERAL (
    SELECT n.step, n.state FROM notices n JOIN notice_items z ON z.notice_id = n.id
    WHERE n.customer_id = s.customer_id AND z.item_id = s.oldest AND n.counts ORDER BY n.at DESC LIMIT 1
) last ON true ORDER BY s.oldest_due_on, s.customer_id"""

Told = Sequence[tuple[str, ...]]


def told_of_balance(rows: Iterable[Sequence[Any]]) -> Told:
    """The invoice, what is open, and the state, as the answer's lines have them."""
    return [(cell(row[0]), money(Money(int(row[3]), row[1]), "en"), STATE_WORDS[State(row[4])]) for row in rows]


def told_of_overdue(rows: Iterable[Sequence[Any]], day: date) -> Told:
    """The customer, the sums, and how late."""
    lines = []
    for name, group in groupby(rows, key=itemgetter(0)):
        mine = list(group)
        sums = amounts(totals(Money(int(row[2]), row[1]) for row in mine), "en")
        lines.append((cell(name), sums, age((day - min(row[3] for row in mine)).days)))
    return lines
