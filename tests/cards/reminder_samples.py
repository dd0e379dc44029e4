"""The forms of a reminder: seen, seen with what goes along, and changed by hand."""

from __future__ import annotations

from datetime import date
from functools import partial

from cards.elements import Form
from cards.reminder import reminder_edit, reminder_preview
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision

TO = ("ap@acme.example",)
LINES = tuple(f"INV-{number}: €{number}.00, issued 1 September 2026, due 1 October 2026, open" for number in range(1_001, 1_072))
LETTER = "\n".join(("Dear Ms Berg,", "", "these invoices are open:", *LINES, "", "Kind regards"))  # longer than a chat's text may be


def reminder_forms(plain: Account, leader: ItemDecision, second: ItemDecision, today: date, text: str) -> dict[str, Form]:
    subject = "INV-2041 of Northwind GmbH: €12,400.00 open since 30 October"
    seen = partial(
        reminder_preview,
        plain,
        leader,
        today,
        to=TO,
        sender="Northwind GmbH <ar@northwind.example>",
        subject=subject,
        text=text,
        asked=(leader.open,),
    )
    return {
        "form_reminder": seen(data={"step": "second", "shown": "5f2c"}),
        "form_reminder_warning": seen(
            language="de",
            listed=(leader, second),
            asked=(leader.open + second.open,),
            warning="Acme GmbH was reminded yesterday; the policy leaves 3 days between messages.",
        ),
        "form_reminder_language": seen(language="de", languages=("de", "en", "fr"), data={"print": "5f2c", "language": "de"}),
        "form_reminder_channel": seen(channel="sms", channels=("email", "sms"), to=(), data={"print": "5f2c", "channel": "sms"}),
        "form_reminder_long": seen(text=LETTER, listed=(leader, second) * 35, data={"print": "5f2c"}),
        "form_reminder_documents": seen(documents=("INV-2041.pdf", "INV-2042.pdf")),
        "form_reminder_edit": reminder_edit(plain, leader, to=TO, subject="INV-2041", text=text),
        "form_reminder_edit_warning": reminder_edit(
            plain,
            leader,
            to=TO,
            subject="<b>*INV*</b> @here",
            text="Dear Ms Berg,\n\n<script>alert(1)</script> {{ 7*7 }}",
            warning="The text no longer names the amount, 12400.00 EUR.",
            errors={"": "The text no longer names INV-2041. Give a reason to send it all the same."},
        ),
    }
