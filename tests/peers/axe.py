"""axe-core inside a page: what a screen reader or weak eyes would stumble over.

found = await serious(page)       # empty when there is nothing of weight
"""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.paths import missing

SOURCE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`)"""


async def serious(page: Page) -> list[str]:
    """One line per rule that is broken, with the first places; the page's own rules about scripts stay in force."""
    if not SOURCE.exists():
        missing("axe-core (tests/peers/setup)")
    await page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(_RUN)
    return found
