"""The folder of `.eml` files keeps the promise of the port, and can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from adapters.outreach.eml_folder import EmlFolder
from tests.adapters.outreach.contract import KEY, SENDER, OutreachContract, StandingClock, message
from workflows.errors import Unavailable


@dataclass
class Folder:
    outreach: EmlFolder
    path: Path

    def left(self) -> list[EmailMessage]:
        return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(self.path.glob("*"))]


@pytest.fixture
def channel(tmp_path: Path) -> Folder:
    return Folder(EmlFolder(tmp_path / "mail", sender=SENDER, clock=StandingClock()), tmp_path / "mail")


class TestEmlFolder(OutreachContract):
    async def test_a_key_is_written_once_whatever_comes_after(self, channel: Folder) -> None:
        first = await channel.outreach.send(message(), KEY)
        again = await channel.outreach.send(message(subject="Changed"), KEY)
        assert first == again
        assert [mail["Subject"] for mail in channel.left()] == [message().subject]

    async def test_it_answers_truly_whether_a_key_was_sent(self, channel: Folder) -> None:
        assert await channel.outreach.was_sent(KEY) is False
        await channel.outreach.send(message(), KEY)
        assert await channel.outreach.was_sent(KEY) is True
        assert await channel.outreach.was_sent(KEY.upper()) is False

    async def test_a_half_written_message_was_not_sent(self, channel: Folder) -> None:
        receipt = await channel.outreach.send(message(), KEY)
        file = channel.path / receipt.reference
        file.rename(file.with_suffix(".4711.part"))
        assert await channel.outreach.was_sent(KEY) is False

    @pytest.mark.parametrize("key", ["../../etc/passwd", "a/b\\c:d*e?", "k" * 500, "...", "ключ"])
    async def test_any_key_is_a_file_of_the_folder(self, channel: Folder, key: str) -> None:
        receipt = await channel.outreach.send(message(), key)
        assert [file.name for file in channel.path.iterdir()] == [receipt.reference]
        assert len(receipt.reference) < 100

    async def test_a_folder_that_cannot_be_written_is_trouble_that_passes(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("a file", encoding="utf-8")
        with pytest.raises(Unavailable, match="cannot be written"):
            await EmlFolder(tmp_path / "taken" / "mail", sender=SENDER, clock=StandingClock()).send(message(), KEY)
