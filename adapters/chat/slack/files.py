"""Files into a thread: an address for each, its bytes there, then all of them shared at once.

Slack shares asynchronously: an answer without `shares` is an ordinary one (bolt-js#2115), so nothing is read from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.protocol import File
from adapters.chat.slack.faults import translated
from workflows.errors import Rejected, Unavailable, UnexpectedPayload

MOST, LONGEST_ALT = 14, 1_000  # files at once: 15 failed (python-slack-sdk#1653); characters of a description


async def share(client: AsyncWebClient, channel: str, thread: str, files: Sequence[File]) -> Sequence[str]:
    """Their ids. Raises the errors of `workflows.errors`; a repeat shares them again."""
    ids = [await _upload(client, file) for file in files[:MOST]]
    shared: list[dict[str, str | None]] = [{"id": one, "title": file.name} for one, file in zip(ids, files, strict=False)]
    with translated(repeatable=True):
        await client.files_completeUploadExternal(files=shared, channel_id=channel, thread_ts=thread)
    return ids


async def _upload(client: AsyncWebClient, file: File) -> str:
    described = {"alt_txt": file.alt[:LONGEST_ALT]} if file.alt else {}
    with translated(repeatable=True):
        place = await client.files_getUploadURLExternal(filename=file.name, length=len(file.content), **described)
    url, identity = place.get("upload_url"), place.get("file_id")
    if not isinstance(url, str) or not isinstance(identity, str):
        raise UnexpectedPayload("Slack named no place for a file.")
    if not _slacks(url, client.base_url):
        raise Rejected("Slack named a place for a file that is not its own.")
    if client.session is None:
        raise Unavailable("The connection to Slack is not open.")
    with translated(repeatable=True):
        async with client.session.post(url, data=file.content, headers={"Content-Type": "application/octet-stream"}) as answer:
            if answer.status != 200:
                raise Unavailable(f"Slack did not take a file ({answer.status}).")
    return identity


def _slacks(url: str, base: str) -> bool:
    """Slack's own upload host, or the server that stands for Slack in the settings."""
    asked, known = urlsplit(url), urlsplit(base)
    if asked.netloc == known.netloc:
        return asked.scheme == known.scheme
    return asked.scheme == "https" and (asked.hostname or "").endswith(".slack.com") and (known.hostname or "").endswith("slack.com")
