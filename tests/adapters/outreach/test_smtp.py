"""Mail over SMTP against a real server: what arrives, and what each kind of trouble is called."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.outreach.smtp import TLS, SMTPMail, SMTPSettings
from tests.adapters.outreach.contract import KEY, SENDER, TO, OutreachContract, StandingClock, message
from tests.peers.smtp import HOST, HangUp, MailServer, mail_server
from workflows.errors import AddressRefused, NeedsReconnect, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable


@dataclass
class Server:
    outreach: SMTPMail
    peer: MailServer

    def left(self) -> list[EmailMessage]:
        return [mail.message for mail in self.peer.mailbox]


def smtp_to(
    port: int, *, tls: TLS = TLS.NONE, user: str | None = None, password: str | None = None, timeout_seconds: float = 5.0
) -> SMTPMail:
    settings = SMTPSettings(HOST, SENDER, port=port, tls=tls, user=user, password=password, timeout_seconds=timeout_seconds)
    return SMTPMail(settings, StandingClock())


async def once(outreach: SMTPMail) -> None:
    await outreach.send(message(), KEY)
    await outreach.rest()


@pytest.fixture
async def channel() -> AsyncGenerator[Server, None]:
    async with mail_server() as peer:
        outreach = smtp_to(peer.port)
        yield Server(outreach, peer)
        await outreach.rest()


class TestSMTPMail(OutreachContract):
    async def test_the_envelope_carries_sender_and_every_recipient(self, channel: Server) -> None:
        receipt = await channel.outreach.send(message(to=(TO, "boss@acme.example")), KEY)
        (mail,) = channel.peer.mailbox
        assert (mail.sender, mail.recipients) == (SENDER, (TO, "boss@acme.example"))
        assert receipt.reference == mail.message["Message-ID"]

    async def test_the_same_key_is_the_same_message_id_another_day(self, channel: Server) -> None:
        first = await channel.outreach.send(message(), KEY)
        assert await channel.outreach.send(message(subject="Later"), KEY) == first

    async def test_one_connection_serves_message_after_message(self, channel: Server) -> None:
        for key in ("a", "b", "c"):
            await channel.outreach.send(message(), key)
        assert channel.peer.connections == 1
        assert len(channel.peer.mailbox) == 3

    async def test_what_hangs_is_alone_on_its_connection(self, channel: Server) -> None:
        await asyncio.gather(*(channel.outreach.send(message(), key) for key in ("a", "b", "c")))
        assert channel.peer.connections == 3

    async def test_a_connection_the_server_has_closed_meanwhile_costs_no_message(self, channel: Server) -> None:
        await channel.outreach.send(message(), "a")
        channel.peer.cut_all()
        await channel.outreach.send(message(), "b")
        assert channel.peer.connections == 2
        assert len(channel.peer.mailbox) == 2

    async def test_a_sender_refused_on_a_kept_connection_is_heard_on_a_new_one(self, channel: Server) -> None:
        await channel.outreach.send(message(), "a")
        channel.peer.refuse_sender = "550 5.7.1 not you"
        with pytest.raises(NeedsReconnect, match="not you"):
            await channel.outreach.send(message(), "b")

    async def test_after_trouble_with_a_message_the_next_one_begins_anew(self, channel: Server) -> None:
        channel.peer.refuse_recipient = {TO: "550 5.1.1 unknown"}
        with pytest.raises(AddressRefused):
            await channel.outreach.send(message(), "a")
        channel.peer.refuse_recipient = {}
        await channel.outreach.send(message(), "b")
        assert len(channel.peer.mailbox) == 1

    async def test_nothing_is_kept_open_while_nothing_leaves(self, channel: Server) -> None:
        await channel.outreach.send(message(), "a")
        await channel.outreach.rest()
        await channel.outreach.send(message(), "b")
        assert channel.peer.connections == 2

    async def test_it_cannot_be_asked_whether_a_message_left(self, channel: Server) -> None:
        assert await channel.outreach.was_sent(KEY) is None

    async def test_some_refused_addresses_do_not_hold_up_the_others(self, channel: Server) -> None:
        channel.peer.refuse_recipient = {"boss@acme.example": "550 5.1.1 <boss@acme.example> unknown here"}
        receipt = await channel.outreach.send(message(to=(TO, "boss@acme.example")), KEY)
        assert channel.peer.mailbox[0].recipients == (TO,)
        assert receipt.reference.endswith("; 1 of 2 addresses refused: 550 5.1.1 <(address)> unknown here")
        assert receipt.refused == ("boss@acme.example",)

    async def test_one_address_that_may_work_later_keeps_the_whole_message_for_later(self, channel: Server) -> None:
        channel.peer.refuse_recipient = {"boss@acme.example": "550 5.1.1 unknown", TO: "450 4.2.1 mailbox busy"}
        with pytest.raises(Unavailable, match="mailbox busy"):
            await channel.outreach.send(message(to=("boss@acme.example", TO)), KEY)

    @pytest.mark.parametrize(
        ("answer", "kind", "words"),
        [
            ("550 5.1.1 <ap@acme.example>: no such user", Rejected, r"550 5.1.1 <\(address\)>: no such user"),
            ("450 4.2.1 mailbox busy", Unavailable, "mailbox busy"),
            ("450 4.7.1 greylisted, try again in 2 minutes", RateLimited, "greylisted"),
            ("530 5.7.0 authentication required", NeedsReconnect, "wants a login"),
        ],
    )
    async def test_a_refused_recipient(self, channel: Server, answer: str, kind: type[OutsideError], words: str) -> None:
        channel.peer.refuse_recipient = {TO: answer}
        with pytest.raises(kind, match=words) as trouble:
            await channel.outreach.send(message(), KEY)
        assert "ap@acme" not in str(trouble.value)
        assert channel.left() == []

    @pytest.mark.parametrize(
        ("answer", "itself"),
        [
            ("550 5.1.1 no such user", True),
            ("556 5.1.10 the host takes no mail", True),
            ("550 5.1.7 a bad sender", False),
            ("550 5.7.1 looks like spam", False),
            ("550 no such user", False),  # some say so to everybody they do not trust
        ],
    )
    async def test_only_what_is_said_of_the_address_itself_speaks_against_it(self, channel: Server, answer: str, itself: bool) -> None:
        channel.peer.refuse_recipient = {TO: answer, "boss@acme.example": "550 5.7.1 not for you"}
        with pytest.raises(Rejected) as trouble:
            await channel.outreach.send(message(to=(TO, "boss@acme.example")), KEY)
        assert (isinstance(trouble.value, AddressRefused) and trouble.value.addresses == (TO,)) is itself

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            ("554 5.7.1 looks like spam", Rejected),
            ("451 4.3.0 disk full", Unavailable),
            ("421 4.7.28 too many messages, slow down", RateLimited),
            ("299 strange but taken", None),
        ],
    )
    async def test_the_answer_to_the_body_decides(self, channel: Server, answer: str, kind: type[OutsideError] | None) -> None:
        channel.peer.answer = answer
        if kind is None:
            await channel.outreach.send(message(), KEY)
            return
        with pytest.raises(kind):
            await channel.outreach.send(message(), KEY)
        assert channel.left() == []

    @pytest.mark.parametrize(
        ("hang_up", "kind"),
        [
            (HangUp.AT_GREETING, Unavailable),
            (HangUp.AT_DATA, Unavailable),
            (HangUp.IN_BODY, OutcomeUnknown),
            (HangUp.BEFORE_ANSWER, OutcomeUnknown),
        ],
    )
    async def test_a_lost_connection_is_unknown_only_from_the_body_on(
        self, channel: Server, hang_up: HangUp, kind: type[OutsideError]
    ) -> None:
        channel.peer.hang_up = hang_up
        with pytest.raises(kind):
            await channel.outreach.send(message(), KEY)
        assert len(channel.left()) == (1 if hang_up is HangUp.BEFORE_ANSWER else 0)

    async def test_a_server_that_never_answers_the_body_leaves_it_unknown(self, channel: Server) -> None:
        channel.peer.silent = True
        with pytest.raises(OutcomeUnknown):
            await once(smtp_to(channel.peer.port, timeout_seconds=0.1))

    @pytest.mark.parametrize(("answer", "kind"), [("554 5.5.1 no valid recipients", Rejected), ("451 4.3.0 later", Unavailable)])
    async def test_a_refused_go_ahead_took_nothing(self, channel: Server, answer: str, kind: type[OutsideError]) -> None:
        channel.peer.go_ahead = answer
        with pytest.raises(kind):
            await channel.outreach.send(message(), KEY)

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [("553 5.7.1 not your domain", NeedsReconnect), ("552 5.3.4 too big", Rejected), ("451 4.3.0 later", Unavailable)],
    )
    async def test_a_sender_refused_for_good_is_for_the_administrator(self, channel: Server, answer: str, kind: type[OutsideError]) -> None:
        channel.peer.refuse_sender = answer
        with pytest.raises(kind):
            await channel.outreach.send(message(), KEY)

    async def test_a_login_is_used_when_there_is_one(self, channel: Server) -> None:
        channel.peer.passwords = {"duebot": "open sesame"}
        await once(smtp_to(channel.peer.port, user="duebot", password="open sesame"))
        assert channel.peer.logins == ["duebot"]
        assert len(channel.left()) == 1

    async def test_a_wrong_password_is_for_the_administrator(self, channel: Server) -> None:
        with pytest.raises(NeedsReconnect, match="refused user or password") as trouble:
            await once(smtp_to(channel.peer.port, user="duebot", password="wrong"))
        assert "wrong" not in str(trouble.value)

    async def test_a_login_that_cannot_be_checked_now_passes(self, channel: Server) -> None:
        channel.peer.refuse_login = "454 4.7.0 temporary authentication failure"
        with pytest.raises(Unavailable):
            await once(smtp_to(channel.peer.port, user="duebot", password="open sesame"))

    async def test_a_server_without_starttls_gets_no_message_in_the_clear(self, channel: Server) -> None:
        with pytest.raises(NeedsReconnect, match="STARTTLS"):
            await once(smtp_to(channel.peer.port, tls=TLS.STARTTLS))
        assert channel.left() == []

    @pytest.mark.parametrize("tls", [TLS.STARTTLS, TLS.TLS])
    async def test_mail_travels_encrypted_to_a_server_with_a_known_certificate(
        self, tls: TLS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context, certificate = _own_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with mail_server(tls=context, tls_from_start=tls is TLS.TLS) as peer:
            await once(smtp_to(peer.port, tls=tls))
            assert peer.encrypted == [True]

    @pytest.mark.parametrize("tls", [TLS.STARTTLS, TLS.TLS])
    async def test_a_stranger_s_certificate_gets_no_message(self, tls: TLS, tmp_path: Path) -> None:
        context, _ = _own_certificate(tmp_path)
        async with mail_server(tls=context, tls_from_start=tls is TLS.TLS) as peer:
            with pytest.raises(Unavailable, match=r"(?i)certificate"):
                await once(smtp_to(peer.port, tls=tls))
            assert peer.mailbox == []


async def test_nobody_listening_is_trouble_that_passes() -> None:
    async with mail_server() as peer:
        port = peer.port
    with pytest.raises(Unavailable, match="no connection"):
        await once(smtp_to(port))


async def test_a_server_that_says_how_long_is_believed_within_a_day() -> None:
    async with mail_server() as peer:
        peer.refuse_recipient = {TO: "450 4.7.1 greylisted, try again in 7 minutes"}
        with pytest.raises(RateLimited) as trouble:
            await once(smtp_to(peer.port))
    assert trouble.value.retry_after == 420


def test_the_password_is_not_shown() -> None:
    assert "sesame" not in repr(SMTPSettings("mail.example", SENDER, password="open sesame"))


def _own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1, and the file a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem
