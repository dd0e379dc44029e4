"""Microsoft's own local Teams client, the Agents Playground, and its page in Chromium.

async with playground("http://127.0.0.1:8081/api/messages") as client:
    await client.say("help")
    await client.press("Flag")

It knows no dialogs (`task/fetch`), which it says itself; forms that are typed for stand in a message and work.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Error, Locator, Page, expect

from tests.paths import missing
from tests.peers.chromium import chromium

HOST = "127.0.0.1"
PERSON = "alexw@example.com"  # as its roster has the one who types
_PEERS = Path(__file__).resolve().parent
_NODE, _PROGRAM = _PEERS / "node_modules/node/bin/node", _PEERS / "node_modules/.bin/agentsplayground"
_STARTING = 30  # seconds
_SHOWN = 15_000  # milliseconds an answer may take to be seen
_TRIES = 3  # of a button


@dataclass(slots=True)
class Client:
    """What one person sees and does."""

    page: Page

    async def go_to(self, chat: str) -> None:
        """Personal Chat, Group Chat, or a channel by its name."""
        await self.page.get_by_role("treeitem", name=chat).first.click()

    async def say(self, text: str, *, mention: bool = False) -> None:
        await self.page.locator("[contenteditable=true][role=textbox]").first.click()
        if mention:
            await self.page.keyboard.type("@")
            await self.page.get_by_role("menuitem", name="Test Bot").click()
        await self.page.keyboard.type(f" {text}" if mention else text)
        await self.page.keyboard.press("Enter")

    async def press(self, label: str) -> None:
        """The newest button of that label."""
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def sees(self, words: str) -> None:
        await expect(self.page.get_by_text(words).last).to_be_visible(timeout=_SHOWN)

    def card(self, words: str) -> Locator:
        """The newest card that says so."""
        return self.cards().filter(has_text=words).last

    async def press_on(self, words: str, label: str) -> None:
        """A button of that card; one that is folded is unfolded first, once more where the card was changed meanwhile."""
        card = self.card(words)
        button = card.get_by_role("button", name=label, exact=True).last
        for _ in range(_TRIES):
            if not await button.is_visible():
                await card.get_by_role("button", name="More", exact=True).click()
            with suppress(Error):
                await button.click(timeout=_SHOWN / _TRIES)
                return
        raise AssertionError(f"no {label} on the card of {words}")

    def cards(self) -> Locator:
        return self.page.locator(".ac-adaptiveCard")


@asynccontextmanager
async def playground(endpoint: str) -> AsyncGenerator[Client]:
    if not (_NODE.exists() and _PROGRAM.exists()):
        missing("the Agents Playground (tests/peers/setup)")
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with _running("-e", endpoint, "-c", "msteams", "--dt", "-p", str(port)):
        await _answers(f"http://{HOST}:{port}/")
        async with chromium() as browser:
            page = await browser.new_page(viewport={"width": 1300, "height": 1000})
            await page.goto(f"http://{HOST}:{port}/")
            yield Client(page)


@contextmanager
def _running(*arguments: str) -> Generator[None]:
    quiet = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()} | {"BROWSER": "none"}
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [str(_NODE), str(_PROGRAM), *arguments],
            cwd=folder,
            env=quiet | {"HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


async def _answers(url: str) -> None:
    async with asyncio.timeout(_STARTING), httpx.AsyncClient(trust_env=False) as web:
        while True:
            try:
                if (await web.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
