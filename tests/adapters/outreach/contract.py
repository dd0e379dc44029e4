"""What every channel that sends e-mail must do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Protocol

import pytest

from workflows.domain.messages import Message
from workflows.errors import Rejected
from workflows.ports import Outreach

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SENDER = "reminders@northwind.example"
KEY = "notice:5f0c:2026-11-24:overdue"
TO = "ap@acme.example"


@dataclass
class StandingClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def message(
    *,
    to: tuple[str, ...] = (TO,),
    subject: str = "Invoice INV-2041 from Northwind GmbH",
    text: str = "€10,000.00 is open.\n.\nA line with a dot alone stands above.\n",
    html: str | None = "<p>€10,000.00 is open.</p>\n",
    sender_name: str = "Northwind GmbH",
    reply_to: str | None = "ana@northwind.example",
    language: str = "en",
) -> Message:
    return Message(to=to, subject=subject, text=text, html=html, sender_name=sender_name, reply_to=reply_to, language=language)


class Channel(Protocol):
    """A channel and what came out at its other end."""

    outreach: Outreach

    def left(self) -> list[EmailMessage]: ...


class OutreachContract:
    """Subclasses give a fixture `channel`."""

    async def test_both_parts_arrive_as_written_text_first(self, channel: Channel) -> None:
        await channel.outreach.send(message(), KEY)
        (mail,) = channel.left()
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()] == [message().text, message().html]

    async def test_a_message_without_html_is_plain_text(self, channel: Channel) -> None:
        await channel.outreach.send(message(html=None), KEY)
        assert channel.left()[0].get_content_type() == "text/plain"

    async def test_the_headers_say_who_writes_to_whom_when_and_that_a_machine_did(self, channel: Channel) -> None:
        await channel.outreach.send(message(language="de"), KEY)
        (mail,) = channel.left()
        assert mail["From"] == "Northwind GmbH <reminders@northwind.example>"
        assert mail["To"] == TO
        assert mail["Reply-To"] == "ana@northwind.example"
        assert mail["Subject"] == "Invoice INV-2041 from Northwind GmbH"
        assert mail["Date"].datetime == NOW
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == "de"

    async def test_the_message_id_follows_from_the_key_alone(self, channel: Channel) -> None:
        await channel.outreach.send(message(), KEY)
        await channel.outreach.send(message(subject="Another"), KEY + "2")
        first, second = (mail["Message-ID"] for mail in channel.left())
        assert first != second
        assert first.endswith("@northwind.example>")
        assert "5f0c" not in first

    async def test_several_people_of_a_customer_get_one_message_together(self, channel: Channel) -> None:
        await channel.outreach.send(message(to=(TO, "boss@acme.example", TO)), KEY)
        (mail,) = channel.left()
        assert mail["To"] == "ap@acme.example, boss@acme.example"

    async def test_an_address_that_is_none_is_left_out(self, channel: Channel) -> None:
        await channel.outreach.send(message(to=("nobody", "x@y\r\nBcc: z@z.example", TO)), KEY)
        assert channel.left()[0]["To"] == TO

    @pytest.mark.parametrize("to", [(), ("nobody",), ("a b@acme.example",), ("jürgen@acme.example",)])
    async def test_without_any_address_it_is_refused(self, channel: Channel, to: tuple[str, ...]) -> None:
        with pytest.raises(Rejected, match=r"e-mail address$"):
            await channel.outreach.send(message(to=to), KEY)
        assert channel.left() == []

    async def test_a_domain_with_an_umlaut_is_written_as_servers_know_it(self, channel: Channel) -> None:
        await channel.outreach.send(message(to=("ap@bücher.example",)), KEY)
        assert channel.left()[0]["To"] == "ap@xn--bcher-kva.example"

    async def test_umlauts_in_names_and_subjects_arrive(self, channel: Channel) -> None:
        await channel.outreach.send(message(sender_name="Köhler & Söhne, “Büro”", subject="Rechnung Nr. 7 — 1.234,56 €"), KEY)
        (mail,) = channel.left()
        assert mail["From"].addresses[0].display_name == "Köhler & Söhne, “Büro”"
        assert mail["Subject"] == "Rechnung Nr. 7 — 1.234,56 €"
