"""A sample book, filled once for the whole run and copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from bot.app import App
from tests.bot.web.asking import browser
from tests.conftest import CopyOf, Fresh
from tests.e2e.sample import fill, sample_app


@pytest.fixture(scope="session")
def filled_url(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Nobody connects to it once it is filled: it is copied."""
    with fresh() as url:

        async def make() -> None:
            async with sample_app(url, tmp_path_factory.mktemp("sample")) as app:
                await fill(app)

        asyncio.run(make())
        yield url


@pytest.fixture
async def app(filled_url: str, copy_of: CopyOf, tmp_path: Path) -> AsyncIterator[App]:
    with copy_of(filled_url) as url:
        async with sample_app(url, tmp_path) as running:
            yield running


@pytest.fixture
async def web(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        yield client
