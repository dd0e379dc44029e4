"""What the answers of `balance` and `overdue` are made of, each as one statement that reads no more than it must."""

from __future__ import annotations

from typing import LiteralString

_OPEN: LiteralString = """i.total
    - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.item_id = i.id AND p.currency = i.currency AND p.reversed_on IS NULL), 0)
    - coalesce((SELECT sum(k.amount) FROM credits k WHERE k.item_id = i.id AND k.currency = i.currency AND k.reversed_on IS NULL), 0)
    + coalesce((SELECT sum(f.amount) FROM fees f WHERE f.item_id = i.id AND f.currency = i.currency AND f.waived_at IS NULL), 0)"""
_WAITS: LiteralString = """CASE
    WHEN EXISTS (SELECT FROM disputes d WHERE d.item_id = i.id AND d.ended_at IS NULL) THEN 'disputed'
    WHEN EXISTS (SELECT FROM holds h WHERE h.customer_id = i.customer_id AND h.ended_at IS NULL) THEN 'held'
    WHEN EXISTS (SELECT FROM snoozes s WHERE s.item_id = i.id AND s.ended_at IS NULL) THEN 'snoozed'
    WHEN EXISTS (SELECT FROM promise_items w JOIN promises o ON o.id = w.promise_id WHERE w.item_id = i.id AND o.ended_at IS NULL)
        THEN 'promised'
    WHEN EXISTS (SELECT FROM escalations e WHERE e.item_id = i.id AND e.ended_at IS NULL) THEN 'escalated'
    WHEN EXISTS (SELECT FROM plan_items l JOIN plans x ON x.id = l.plan_id WHERE l.item_id = i.id AND x.state = 'active') THEN 'on a plan'
    WHEN EXISTS (SELECT FROM notice_items z JOIN notices n ON n.id = z.notice_id WHERE z.item_id = i.id AND n.counts) THEN 'chasing'
    ELSE 'open' END"""

# One row for each open item of the customer.
BALANCE: LiteralString = f"""
SELECT c.name, i.number, i.currency, i.due_on, {_OPEN} AS open, {_WAITS} AS state,
    (SELECT count(*) FROM acts a WHERE a.item_id = i.id) AS seen,
    (SELECT sum(p.amount) FROM payments p WHERE p.customer_id = c.id AND p.item_id IS NULL) AS free
FROM customers c JOIN items i ON i.customer_id = c.id AND i.kind = 'invoice'
WHERE c.folded = %(name)s AND {_OPEN} > 0 ORDER BY i.due_on"""

# A row for each of the customers a first answer lists and each of their currencies, and with each how many customers there are in all.
OVERDUE: LiteralString = f"""
WITH late AS (
    SELECT c.id, c.name, c.oldest_due_on FROM customers c JOIN books b ON b.id = c.book_id AND b.slug = 'main'
    WHERE c.oldest_due_on < %(day)s AND c.oldest_due_on > '0001-01-01' ORDER BY c.oldest_due_on, c.id LIMIT 50
), lines AS (
    SELECT late.id AS customer_id, late.name, late.oldest_due_on, i.id, i.currency, i.due_on, i.number, {_OPEN} AS open
    FROM late JOIN items i ON i.customer_id = late.id AND i.kind = 'invoice' AND i.due_on < %(day)s
), summed AS (
    SELECT customer_id, name, oldest_due_on, currency, sum(open) AS open, count(*) AS items,
        (array_agg(id ORDER BY due_on, number))[1] AS oldest
    FROM lines WHERE open > 0 GROUP BY customer_id, name, oldest_due_on, currency
)
SELECT s.*, {_WAITS} AS state, last.step, last.state, (SELECT count(*) FROM acts a WHERE a.item_id = i.id) AS seen,
    (SELECT count(*) FROM customers c JOIN books b ON b.id = c.book_id AND b.slug = 'main'
     WHERE c.oldest_due_on < %(day)s AND c.oldest_due_on > '0001-01-01') AS among
FROM summed s JOIN items i ON i.id = s.oldest
LEFT JOIN LATERAL (
    SELECT n.step, n.state FROM notices n JOIN notice_items z ON z.notice_id = n.id
    WHERE n.customer_id = s.customer_id AND z.item_id = s.oldest AND n.counts ORDER BY n.at DESC LIMIT 1
) last ON true ORDER BY s.oldest_due_on, s.customer_id"""
