"""axe-core inside a page: what a screen reader or weak eyes would stumble over.

found = await serious(page)       # empty when there is nothing of weight
"""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.paths import missing

SOURCE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (only) => (await axe.run(document, {resultTypes: ["violations"], ...(only ? {runOnly: [only]} : {})})).violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`)"""


async def serious(page: Page) -> list[str]:
    """One line per rule that is broken, with the first places, in light; then of colours in dark. The page's own rules about scripts hold."""
    if not SOURCE.exists():
        missing("axe-core (tests/peers/setup)")
    await page.evaluate(SOURCE.read_text(encoding="utf-8"))
    await page.emulate_media(color_scheme="light")
    found: list[str] = await page.evaluate(_RUN)
    await page.emulate_media(color_scheme="dark")
    dark: list[str] = await page.evaluate(_RUN, "color-contrast")
    return [*found, *(f"dark: {words}" for words in dark)]
