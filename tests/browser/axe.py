"""axe-core on a page: what somebody with a disability would stumble over."""

from pathlib import Path

import pytest
from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "integrations/web/widget/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}"""


async def stumbles(page: Page) -> list[str]:
    """Name each rule that is broken, and where."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: `make setup-dev` fetches it")
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(RUN, RULES)
    return found
