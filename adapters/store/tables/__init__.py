"""Every table, in three files: what is known of customers and their invoices, what was said about it, what we do about it."""

from __future__ import annotations

from adapters.store.tables.chats import approved_channels
from adapters.store.tables.kept import erasures, snapshots
from adapters.store.tables.ledger import books, contacts, credits_, customers, identities, items, payments, plan_items, plans, users
from adapters.store.tables.said import (
    acts,
    approvals,
    approvals_given,
    disputes,
    escalations,
    fees,
    flags,
    holds,
    opt_outs,
    promise_items,
    promises,
    replies,
    snoozes,
    tasks,
)
from adapters.store.tables.stops import stops
from adapters.store.tables.work import (
    arrivals,
    audit,
    audit_head,
    cards,
    inbound,
    notice_items,
    notices,
    outbox,
    policies,
    raised,
    read_marks,
)

__all__ = [
    "acts",
    "approvals",
    "approvals_given",
    "approved_channels",
    "arrivals",
    "audit",
    "audit_head",
    "books",
    "cards",
    "contacts",
    "credits_",
    "customers",
    "disputes",
    "erasures",
    "escalations",
    "fees",
    "flags",
    "holds",
    "identities",
    "inbound",
    "items",
    "notice_items",
    "notices",
    "opt_outs",
    "outbox",
    "payments",
    "plan_items",
    "plans",
    "policies",
    "promise_items",
    "promises",
    "raised",
    "read_marks",
    "replies",
    "snapshots",
    "snoozes",
    "stops",
    "tasks",
    "users",
]
