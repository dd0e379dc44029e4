"""A sample book, filled once for the whole run and copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import App
from tests.bot.web.asking import browser
from tests.e2e.sample import fill, sample_app


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    path = folder / "filled.db"
    shutil.copyfile(sqlite_template, path)

    async def make() -> None:
        async with sample_app(f"sqlite+aiosqlite:///{path}", folder) as app:
            await fill(app)

    asyncio.run(make())
    return path


@pytest.fixture
async def app(filled_template: Path, tmp_path: Path) -> AsyncIterator[App]:
    path = tmp_path / "duebot.db"
    shutil.copyfile(filled_template, path)
    async with sample_app(f"sqlite+aiosqlite:///{path}", tmp_path) as running:
        yield running


@pytest.fixture
async def web(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        yield client
