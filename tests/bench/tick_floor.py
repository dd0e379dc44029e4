"""The rows a tick writes about accounts that all come to their first step, as statements alone: one per table, no wording rendered.

Per due account its notice, outbox row, two entries of the trail and its hints; per due item its place in the notice and that staff were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

WRITTEN = ("notices", "notice_items", "raised", "outbox", "audit")
_NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "uuidv7()"}
_CODES = {
    "sqlite": "(SELECT json_group_array(DISTINCT i.currency) FROM items i WHERE i.customer_id = c.id)",
    "postgresql": "(SELECT jsonb_agg(DISTINCT i.currency) FROM items i WHERE i.customer_id = c.id)",
}
_KEY = {"sqlite": "json_object('notice', c.id)", "postgresql": "jsonb_build_object('notice', c.id)"}
_SAID = {
    "sqlite": """json_object('customer', c.id, 'step', 'first', 'because', 'The step first is due.',
                    'items', (SELECT json_group_array(i.id) FROM items i WHERE i.customer_id = c.id))""",
    "postgresql": """jsonb_build_object('customer', c.id, 'step', 'first', 'because', 'The step first is due.',
                    'items', (SELECT jsonb_agg(i.id) FROM items i WHERE i.customer_id = c.id))""",
}


def statements(kind: str, now: datetime) -> Sequence[str]:
    """For all accounts whose time has come by `now`; the key of a notice is the account and the day, its id here the account's."""
    at, day = f"{now:%Y-%m-%d %H:%M:%S}.000000", f"{now:%Y-%m-%d}"
    due = f"FROM customers c WHERE c.next_look_at <= '{at}'"
    items = f"FROM items i JOIN customers c ON c.id = i.customer_id WHERE c.next_look_at <= '{at}'"
    nth = "row_number() OVER (PARTITION BY c.id ORDER BY i.due_on, i.number)"
    new = _NEW_ID[kind]
    return (
        f"""INSERT INTO notices (id, customer_id, key, day, at, step, state, counts, channel, currencies, because)
            SELECT c.id, c.id, 'notice:' || c.id || ':{day}', '{day}', '{at}', 'first', 'queued', true, 'email', {_CODES[kind]}, '' {due}""",
        f"""INSERT INTO notice_items (id, notice_id, item_id, step, occurrence, leads, counts, position)
            SELECT {new}, c.id, i.id, 'first', 0, {nth} = 1, true, {nth} - 1 {items}""",
        f"INSERT INTO raised (id, customer_id, item_id, step, occurrence, at) SELECT {new}, c.id, i.id, 'first', 0, '{at}' {items}",
        f"""INSERT INTO outbox (id, kind, channel, key, payload, state, attempts, not_before, error)
            SELECT {new}, 'notice', 'email', 'notice:' || c.id, {_KEY[kind]}, 'queued', 0, '{at}', '' {due}""",
        f"""INSERT INTO audit (actor, at, type, data)
            SELECT 'policy:standard@1', '{at}', kind.word, {_SAID[kind]}
            FROM customers c, (SELECT 'notice.queued' AS word UNION ALL SELECT 'alert.raised') kind WHERE c.next_look_at <= '{at}'""",
        f"""UPDATE customers SET next_look_at = '{day} 23:00:00.000000', policy_name = 'standard', policy_version = 1, changes = changes + 1,
                oldest_due_on = (SELECT min(i.due_on) FROM items i WHERE i.customer_id = customers.id)
            WHERE next_look_at <= '{at}'""",
    )
