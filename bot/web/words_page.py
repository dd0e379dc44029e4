"""A public page that only says something."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

_BODY = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Duebot</title><main><h1>Duebot</h1><p>{}</p></main></html>'


def words_page(words: str, status: int) -> HTMLResponse:
    return HTMLResponse(_BODY.format(escape(words)), status)
