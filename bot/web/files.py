"""Files of cards for whoever has their link: nothing is listed, kept by anybody in between, or made for a link that is not ours."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from adapters.chat.protocol import File
from bot.file_links import FILES_PATH, Expired, FileLinks
from bot.file_making import FileMaker
from bot.web.figures import KINDS
from bot.web.words_page import words_page
from cards.elements import FileKind
from workflows.errors import NotKnown

AT_ONCE = 2  # files that are made at the same time
_TYPES = {
    FileKind.CHART: KINDS["png"],
    FileKind.SHEET: KINDS["xlsx"],
    FileKind.EVIDENCE: "application/zip",
}
_UNKNOWN = "There is no such file, or not any more. Ask for its card again in the chat."
_EXPIRED = "This link has expired. Ask again in the chat for what you need."
_STOPPED = "Duebot is being looked after and gives out nothing at the moment. Try again in a few minutes."


def file_routes(links: FileLinks, maker: FileMaker) -> APIRouter:
    router, turn = APIRouter(), asyncio.Semaphore(AT_ONCE)

    @router.get(FILES_PATH + "/{token}")
    async def opened(token: str) -> Response:
        try:
            file = links.read(token)
            if await _stopped(maker):
                return words_page(_STOPPED, 503)
            async with turn:
                return _answer(await maker.opened(file), file.kind)
        except Expired:
            return words_page(_EXPIRED, 410)
        except NotKnown:
            return words_page(_UNKNOWN, 404)

    return router


async def _stopped(maker: FileMaker) -> bool:
    """A copy that was put back gives out no more than it sends, and during maintenance nothing is written."""
    async with maker.packing.store.reading() as work:
        return bool(await work.stops(maker.packing.clock.now()))


def _answer(file: File, kind: FileKind) -> Response:
    """Of a picture the name is only a proposal; everything else is to be kept, not shown."""
    shown = "inline" if kind is FileKind.CHART else "attachment"
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in " ._-") else "_" for letter in file.name)
    headers = {
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return Response(file.content, media_type=_TYPES[kind], headers=headers)
