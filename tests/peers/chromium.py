"""The distribution's Chromium, driven by Playwright. One browser per test; a page is a fresh profile.

async with chromium() as browser:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.paths import missing

PROGRAM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser, None]:
    program = _program()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


def _program() -> Path:
    if not PROGRAM.exists():
        missing(f"Chromium ({PROGRAM})")
    return PROGRAM
