"""`duebot check` names what is missing, what follows from it, and what to do; and is quiet when all is well."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.bot.cli_place import SAMPLE, Place
from tests.peers.smtp import mail_server

MAIL = {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example", "DUEBOT_SMTP__FOLDER": "mails"}
NORA = ("user", "add", "nora@b.example", "--name", "Nora", "--role", "administrator")


@pytest.fixture
def place(sqlite_place: Place) -> Place:
    """What is said of workers and clocks on PostgreSQL, tests of health are about."""
    return sqlite_place


@pytest.fixture
def ready_place(filled_place: Place) -> Place:
    assert filled_place.duebot(*NORA).code == 0
    return filled_place


def names(place: Place, env: dict[str, str]) -> list[str]:
    told = place.duebot("check", "--offline", "--json", env=env)
    assert told.json["ok"] is (not told.json["findings"])
    assert told.code == (0 if told.json["ok"] else 1)
    for one in told.json["findings"]:
        assert set(one) == {"name", "what", "fix"}
        assert one["what"].endswith((".", "?"))
    return [one["name"] for one in told.json["findings"]]


def test_when_all_is_well_it_says_so(ready_place: Place) -> None:
    told = ready_place.duebot("check", "--offline", env=MAIL)
    assert (told.code, told.out, told.err) == (0, "Everything is in order.\n", "")
    assert names(ready_place, MAIL) == []


def test_a_fresh_database_lacks_mail_an_administrator_and_invoices(place: Place) -> None:
    assert names(place, {}) == ["smtp.host", "users.administrator", "book.main.empty"]
    told = place.duebot("check", "--offline")
    assert told.code == 1
    assert "Run: duebot import FILE --book main" in told.out


def test_no_database_is_a_finding_and_makes_none(empty_place: Place) -> None:
    assert names(empty_place, MAIL) == ["migrations"]
    assert list(empty_place.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({"DUEBOT_SMTP__FOLDER": "mails"}, "smtp.sender"),
        ({"DUEBOT_SMTP__FOLDER": "mails", "DUEBOT_SMTP__SENDER": "nobody"}, "smtp.sender"),
        (MAIL | {"DUEBOT_INBOX_USER": "nobody@b.example"}, "users.inbox"),
        (
            MAIL
            | {
                "DUEBOT_DATABASE_URL": "postgresql+psycopg://u:hunter2@127.0.0.1:1/x",
                "DUEBOT_SECRET_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            },
            "database",
        ),
    ],
)
def test_one_thing_wrong_is_one_finding(ready_place: Place, env: dict[str, str], name: str) -> None:
    assert names(ready_place, env) == [name]
    assert "hunter2" not in ready_place.duebot("check", "--offline", env=env).out


def test_two_administrators_need_to_say_who_sits_at_the_inbox(ready_place: Place) -> None:
    ready_place.duebot("user", "add", "tom@b.example", "--name", "Tom", "--role", "administrator")
    assert names(ready_place, MAIL) == ["users.inbox"]
    assert names(ready_place, MAIL | {"DUEBOT_INBOX_USER": "tom@b.example"}) == []


def test_a_slack_token_without_a_way_in_and_a_book_without_a_channel_are_found(ready_place: Place) -> None:
    env = MAIL | {"DUEBOT_SLACK__BOT_TOKEN": "xoxb-1"}
    assert names(ready_place, env) == ["slack.app_token", "book.main.channel"]
    ready_place.duebot("book", "--channel", "C0123456789")
    over_http = env | {"DUEBOT_SLACK__SIGNING_SECRET": "s"}
    assert names(ready_place, over_http) == ["public_url"]
    assert names(ready_place, over_http | {"DUEBOT_PUBLIC_URL": "https://duebot.example"}) == []


def test_cards_of_a_webhook_without_a_link_are_found(ready_place: Place) -> None:
    ready_place.duebot("book", "--channel", "https://hooks.slack.com/services/T1/B1/secret")
    assert names(ready_place, MAIL) == ["inbox_url"]
    assert names(ready_place, MAIL | {"DUEBOT_INBOX_URL": "https://duebot.example/inbox"}) == []


def test_a_file_too_old_to_send_on_is_found(place: Place) -> None:
    place.duebot(*NORA)
    place.duebot("import", str(SAMPLE), "--as-of", "2020-01-01")
    assert names(place, MAIL) == ["book.main.stale"]


def test_a_mail_server_that_is_not_there_is_a_finding_unless_nobody_is_to_be_asked(ready_place: Place) -> None:
    out = {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example", "DUEBOT_SMTP__HOST": "127.0.0.1"}
    back = {"DUEBOT_IMAP__HOST": "127.0.0.1", "DUEBOT_IMAP__USER": "u", "DUEBOT_IMAP__PASSWORD": "p"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])  # nobody listens there once it is closed
    ports = {"DUEBOT_SMTP__PORT": port, "DUEBOT_IMAP__PORT": port}
    told = ready_place.duebot("check", env=out | back | ports)
    assert told.code == 1
    assert "Messages to customers cannot leave: no connection to the mail server" in told.out
    assert "Answers of customers cannot be read: no connection to the mailbox" in told.out
    assert names(ready_place, out | back | ports) == []


async def test_a_mail_server_that_takes_the_sender_is_in_order_and_gets_nothing(ready_place: Place) -> None:
    async with mail_server() as server:
        env = {"DUEBOT_SMTP__HOST": "127.0.0.1", "DUEBOT_SMTP__PORT": str(server.port), "DUEBOT_SMTP__SECURITY": "none"}
        env |= {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example"}
        told = await asyncio.to_thread(ready_place.duebot, "check", env=env)
        assert (told.code, told.out) == (0, "Everything is in order.\n")
        server.refuse_sender = "550 5.7.1 not you"
        told = await asyncio.to_thread(ready_place.duebot, "check", env=env)
    assert told.code == 1
    assert "Messages to customers cannot leave" in told.out
    assert "not you" in told.out
    assert server.mailbox == []
