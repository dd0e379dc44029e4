"""A real IMAP server, Dovecot, out of a folder of its own and without any rights.

with running_dovecot(folder) as server:
    server.put(b"Subject: Re: Invoice ...")
    ... read from 127.0.0.1:server.port as server.user with server.password ...
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.paths import missing

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20
_USER, _GROUP = ("nobody", "nogroup") if os.geteuid() == 0 else (str(os.geteuid()), str(os.getegid()))

_SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    port: int
    folder: Path
    user: str = "receivables"
    password: str = "sésame"  # one that LOGIN, which is ASCII alone, cannot say

    def of(self, user: str) -> Dovecot:
        """Another mailbox of the same server; whoever asks has one."""
        return replace(self, user=user)

    def put(self, *letters: bytes) -> None:
        """Into the mailbox, as if they had just arrived."""
        with self._session() as imap:
            for letter in letters:
                imap.append("INBOX", "", "", letter)

    def make(self, folder: str) -> None:
        """A folder, its name as the wire has it."""
        with self._session() as imap:
            imap.create(f'"{folder}"')

    def flags(self) -> list[bytes]:
        """Of every letter: what a look that was only a look leaves empty but for `\\Recent`."""
        with self._session() as imap:
            imap.select("INBOX", readonly=True)
            return [line for line in imap.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]

    def number_anew(self) -> None:
        """As after a restored backup: the same letters under another UIDVALIDITY.

        What Dovecot keeps of the numbers it gave out before stays, or it would give out the same within a second.
        """
        home = self.folder / "mail" / self.user
        for file in (*home.glob("dovecot-uidlist*"), *home.glob("dovecot.index*")):
            file.unlink()

    @contextmanager
    def _session(self) -> Generator[imaplib.IMAP4, None, None]:
        with imaplib.IMAP4(HOST, self.port, timeout=PATIENCE_SECONDS) as imap:
            imap.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
            yield imap


@contextmanager
def running_dovecot(folder: Path) -> Generator[Dovecot, None, None]:
    """Skips, or fails under REQUIRE_PEERS=1, where the package dovecot-imapd is not installed."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None or (os.geteuid() == 0 and shutil.which("setpriv") is None):
        missing("Dovecot (package dovecot-imapd)")
        return
    server = Dovecot(_free_port(), folder)
    _prepare(server)
    drop = ["setpriv", f"--reuid={_USER}", f"--regid={_GROUP}", "--clear-groups"] if os.geteuid() == 0 else []
    process = subprocess.Popen([*drop, program, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _prepare(server: Dovecot) -> None:
    folder = server.folder
    (folder / "dovecot.conf").write_text(
        _SETTINGS.format(folder=folder, user=_USER, group=_GROUP, port=server.port, password=server.password)
    )
    for name in ("run", "mail"):
        (folder / name).mkdir()
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, _USER, _GROUP)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, server.port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"Dovecot did not start:\n{(server.folder / 'log').read_text() if (server.folder / 'log').exists() else ''}")
