"""What the widget asks, keeps and moves before anybody has touched it: next to nothing."""

import pytest
from playwright.async_api import BrowserContext, Request, expect

from tests.browser.widget.answers import requested
from tests.browser.widget.guest import Guest
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

SETTLED = 1_500  # a page view is told after half a second
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifts.push({ value: entry.value, of: entry.sources.map(({ node }) => node?.nodeName ?? '?') });
}).observe({ type: 'layout-shift', buffered: true })"""
DO_NOT_TRACK = "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })"
PRIVACY_CONTROL = (
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
)
KEPT = """async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...(await indexedDB.databases()).map(({ name }) => name), document.cookie].filter(Boolean)"""


async def looks(street: Street, context: BrowserContext, attributes: str = "") -> Guest:
    """Come to a page, look at it and touch nothing."""
    guest = await street.tab(context, attributes=attributes)
    await guest.sees_the_launcher()
    await guest.page.wait_for_timeout(SETTLED)
    return guest


def of_the_widget(requests: list[Request], street: Street) -> list[str]:
    """Give what was asked of the server, as method and path."""
    ours = [request for request in requests if request.url.startswith(street.address)]
    return [f"{each.method} {each.url.removeprefix(street.address)}" for each in ours]


async def test_a_page_view_costs_the_script_and_one_report(street: Street) -> None:
    context = await street.context()
    seen = requested(context)
    await looks(street, context)
    assert of_the_widget(seen, street) == ["GET /widget.js", "POST /v1/widget/events"]


async def test_no_other_address_is_ever_asked(street: Street) -> None:
    context = await street.context()
    seen = requested(context)
    guest = await looks(street, context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    known = (street.address, street.site.address, "blob:", "data:")
    assert [each.url for each in seen if not each.url.startswith(known)] == []


@pytest.mark.parametrize("signal", [DO_NOT_TRACK, PRIVACY_CONTROL])
async def test_who_does_not_want_to_be_tracked_is_not(street: Street, signal: str) -> None:
    context = await street.context()
    await context.add_init_script(signal)
    seen = requested(context)
    guest = await looks(street, context, 'data-consent="granted"')
    assert of_the_widget(seen, street) == ["GET /widget.js"]
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    assert not [each for each in seen if each.url.endswith("/events")]


async def test_without_the_consent_that_is_required_nothing_is_told(street: Street) -> None:
    context = await street.context()
    seen = requested(context)
    guest = await looks(street, context, 'data-consent="required"')
    assert of_the_widget(seen, street) == ["GET /widget.js"]
    async with guest.page.expect_response("**/v1/widget/events") as told:
        await guest.page.evaluate("Hotline('consent', true)")
    assert (await told.value).ok


async def test_nothing_is_kept_before_the_first_act(street: Street) -> None:
    context = await street.context()
    guest = await looks(street, context)
    assert await guest.page.evaluate(KEPT) == []
    assert await context.cookies() == []


async def test_no_cookie_is_ever_set(street: Street) -> None:
    context = await street.context()
    guest = await looks(street, context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    assert await context.cookies() == []


async def test_nothing_is_kept_without_the_consent_that_is_required(street: Street) -> None:
    context = await street.context()
    guest = await looks(street, context, 'data-consent="required"')
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    assert await guest.page.evaluate(KEPT) == []


async def test_what_was_kept_goes_when_the_visitor_signs_out(street: Street) -> None:
    context = await street.context()
    guest = await looks(street, context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    assert await guest.page.evaluate("Object.keys(localStorage).length") > 0
    await guest.page.evaluate("Hotline('shutdown')")
    await expect(guest.launcher).to_have_count(0)
    assert await guest.page.evaluate("Object.keys(localStorage)") == []


async def test_the_token_is_in_no_address(street: Street) -> None:
    context = await street.context()
    seen = requested(context)
    guest = await looks(street, context)
    await guest.opens()
    async with guest.page.expect_response("**/v1/conversations") as opened:
        await guest.says("Does it work offline?")
    token = (await (await opened.value).json())["visitor_token"]
    await guest.hears("works offline")
    assert [each.url for each in seen if token in each.url] == []


async def test_the_page_does_not_move_when_the_widget_comes_and_opens(street: Street) -> None:
    context = await street.context()
    await context.add_init_script(SHIFTS)
    guest = await looks(street, context)
    assert await guest.page.evaluate("window.shifts") == []
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    shifts = await guest.page.evaluate("window.shifts")
    assert not [shift for shift in shifts if set(shift["of"]) - {"HOTLINE-WIDGET", "?"}]
